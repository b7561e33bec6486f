"""Compiles extension modules of this folder for an interpreter, and runs that interpreter with them. Used by tests/run.py and benchmarks/run.py.

An interpreter is named PROGRAM, or PROGRAM@ROOT for one in another root: it is run with chroot, which needs /proc in it. Modules are compiled with $CC or
cc, against the headers that the interpreter itself names.
"""
import json
import os
import pathlib
import shutil
import subprocess
import tempfile

NATIVE = pathlib.Path(__file__).resolve().parent
CORE = ["pystate.c", "flow.c", "handles.c"]
MACHINE = ["cstack_machine.S"]
STACKS = ["cstack.c", "cstack_memory.c"] + MACHINE
MODULES = {
    "seed": ["examples/seed.c"] + CORE + MACHINE,
    "minigreenlet": ["examples/minigreenlet/%s.c" % f for f in ("module", "object", "switch", "thread")] + CORE + STACKS,
    "_pystate": ["module/*.c"] + CORE + STACKS,
    "api_test": ["tests/api_test.c"] + CORE,
    "_save_restore": ["benchmarks/_save_restore.c"] + CORE,
    "_bare": ["benchmarks/_bare.c"] + MACHINE,
}
FACTS = (
    "import json, sys, sysconfig\n"
    "print(json.dumps([hasattr(sys, 'gettotalrefcount')] + [sysconfig.get_path(n) for n in ('include', 'platinclude')]))"
)


class Python:
    """An interpreter with a folder of its own, which goes with close()."""

    def __init__(self, argument):
        self.name = argument
        self.program, _, root = argument.partition("@")
        self.root = root.rstrip("/")
        self.folder = tempfile.mkdtemp(prefix="pystate-", dir=self.root + "/tmp" if self.root else None)
        self.inside = self.folder[len(self.root):]
        debug, *include = json.loads(self.run("-c", FACTS).stdout)
        self.flags = ["-std=c11", "-O2", "-flto", "-fvisibility=hidden", "-g", "-shared", "-fPIC", "-fwrapv", "-w"]
        self.flags += [] if debug else ["-DNDEBUG"]
        self.flags += ["-I" + self.root + folder for folder in dict.fromkeys(include)]
        self.flags += ["-idirafter", self.root + "/usr/include"] if self.root else []

    def build(self, module, *flags):
        sources = [str(f) for pattern in MODULES[module] for f in sorted(NATIVE.glob(pattern))]
        output = "%s/%s.so" % (self.folder, module)
        subprocess.run([os.environ.get("CC", "cc"), *self.flags, *flags, *sources, "-o", output, "-lpthread"], check=True)

    def put(self, path, name=""):
        """Copies a file to where the interpreter sees it, by that name or its own; the path there."""
        return self.inside + "/" + os.path.basename(shutil.copy(str(path), self.folder + "/" + name))

    def run(self, *arguments, under=(), **variables):
        """under: a program that runs the interpreter; it exists in the interpreter's root."""
        command = (["chroot", self.root] if self.root else []) + [*under, self.program, *arguments]
        environment = dict(os.environ, PYTHONPATH=self.inside, PYTHONDONTWRITEBYTECODE="1", **variables)
        return subprocess.run(command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, universal_newlines=True)

    def close(self):
        shutil.rmtree(self.folder)
