"""The native reference against greenlet: one command, one table, ratios measured side by side.

    python3 reference/native/benchmarks/run.py [--write] [--rounds N] PYTHON...

PYTHON is an interpreter with its headers, and with greenlet to compare with; or PYTHON@ROOT, one in another root (run with chroot, which
needs /proc in it). The modules are compiled for each with $CC or cc; Boost.Context's static library has to be installed. --write puts the table into
docs/native-benchmarks.md.
"""
import json
import os
import pathlib
import shutil
import statistics
import subprocess
import sys
import tempfile

HERE = pathlib.Path(__file__).resolve().parent
NATIVE = HERE.parent
CORE = ["pystate.c", "flow.c", "handles.c", "cstack.c", "cstack_memory.c"]
MODULES = {
    "minigreenlet": ["examples/minigreenlet/%s.c" % f for f in ("module", "object", "switch", "thread")],
    "_pystate": ["module/*.c"],
    "_save_restore": ["benchmarks/_save_restore.c"],
}
GOALS = {"switch": 0.25, "deep": 0.25, "life": 0.05, "memory": 1.0}
COMMAND = "python3 reference/native/benchmarks/run.py --write PYTHON..."


class Python:
    def __init__(self, argument):
        self.program, _, root = argument.partition("@")
        self.root = root.rstrip("/")
        self.folder = tempfile.mkdtemp(prefix="pystate-", dir=(self.root or "") + "/tmp")

    def run(self, *arguments):
        command = (["chroot", self.root] if self.root else []) + [self.program] + list(arguments)
        environment = dict(os.environ, PYTHONPATH=self.folder[len(self.root):], PYTHONDONTWRITEBYTECODE="1")
        return json.loads(subprocess.run(command, env=environment, check=True, stdout=subprocess.PIPE, text=True).stdout)

    def build(self):
        code = "import json, sysconfig; print(json.dumps([sysconfig.get_path(n) for n in ('include', 'platinclude')]))"
        command = (["chroot", self.root] if self.root else []) + [self.program, "-c", code]
        folders = json.loads(subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout)
        headers = [self.root + folder for folder in dict.fromkeys(folders)]
        if self.root:
            headers.append("-idirafter" + self.root + "/usr/include")
        for module, sources in MODULES.items():
            files = [str(f) for pattern in CORE + sources for f in sorted(NATIVE.glob(pattern))]
            flags = ["-std=c11", "-O2", "-shared", "-fPIC", "-fwrapv", "-DNDEBUG", "-DPy_BUILD_CORE_MODULE", "-w"]
            include = [h if h.startswith("-") else "-I" + h for h in headers]
            output = "%s/%s.so" % (self.folder, module)
            subprocess.run([os.environ.get("CC", "cc"), *flags, *include, *files, "-o", output, "-l:libboost_context.a", "-lpthread"], check=True)
        shutil.copy(str(HERE / "measure.py"), self.folder)

    def measure(self, rounds):
        script = self.folder[len(self.root):] + "/measure.py"
        result = self.run(script, "times", str(rounds))
        names = [n for n in result["rounds"][0] if n != "save+restore"]
        result["memory"] = {n: self.run(script, "memory", n) for n in names}
        return result


def spread(values, form):
    return "%s (%s–%s)" % tuple(form % v for v in (statistics.median(values), min(values), max(values)))


def table(result):
    rounds, memory = result["rounds"], result["memory"]
    lines = ["| what | greenlet | minigreenlet | ratio | _pystate | ratio | goal |", "| --- | --- | --- | --- | --- | --- | --- |"]
    labels = {
        "switch": "switch, round trip, ns",
        "deep": "the same, 50 frames below, ns",
        "life": "create, start, finish, ns",
    }
    for what, label in labels.items():
        cells = [label, spread([r["greenlet"][what] for r in rounds], "%.0f")]
        for name in "minigreenlet", "_pystate":
            cells.append(spread([r[name][what] for r in rounds], "%.0f"))
            cells.append(spread([r[name][what] / r["greenlet"][what] for r in rounds], "%.3f"))
        lines.append("| %s | %s |" % (" | ".join(cells), "≤ %s" % GOALS[what]))
    cells = ["resident memory of a suspended context, bytes", "%.0f" % memory["greenlet"]]
    for name in "minigreenlet", "_pystate":
        cells += ["%.0f" % memory[name], "%.2f" % (memory[name] / memory["greenlet"])]
    lines.append("| %s | ≤ 1 |" % " | ".join(cells))
    own = [r["save+restore"] for r in rounds]
    lines += [
        "",
        "Save + Restore alone: %s ns, with 50 Python frames %s ns; with New and Drop %s ns."
        % (spread([o["switch"] for o in own], "%.0f"), spread([o["deep"] for o in own], "%.0f"), spread([o["cycle"] for o in own], "%.0f")),
    ]
    return "\n".join(lines)


def main():
    arguments = sys.argv[1:]
    write = "--write" in arguments
    rounds = 15
    if "--rounds" in arguments:
        at = arguments.index("--rounds")
        rounds = int(arguments[at + 1])
        del arguments[at:at + 2]
    pythons = [a for a in arguments if a != "--write"]
    if not pythons or any(a.startswith("-") for a in pythons):
        raise SystemExit(__doc__)
    parts = []
    for argument in pythons:
        python = Python(argument)
        try:
            python.build()
            result = python.measure(rounds)
        finally:
            shutil.rmtree(python.folder)
        if result["greenlet"] is None:
            raise SystemExit("%s has no greenlet to compare with: install it, or name another interpreter" % argument)
        parts.append("## CPython %s, greenlet %s\n\n%s\n" % (result["python"], result["greenlet"], table(result)))
        print(parts[-1], flush=True)
    if write:
        page = NATIVE.parent.parent / "docs" / "native-benchmarks.md"
        page.write_text((HERE / "page.md").read_text().replace("COMMAND", COMMAND).replace("ROUNDS", str(rounds)).rstrip() + "\n\n" + "\n".join(parts))


main()
