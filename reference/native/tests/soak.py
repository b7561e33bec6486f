"""Long runs of _pystate on interpreters, each strategy on each, and what a tool that watches memory says of them.

    python3 reference/native/tests/soak.py [--write] [--switches N] [--contexts N] [--watched N] PYTHON...

PYTHON is as in ../build.py; PYTHON,PYTHON_JIT=1 has its JIT on. On those of this root the same load runs, with --watched switches, under valgrind's
memcheck and with AddressSanitizer and UndefinedBehaviorSanitizer, where they are installed. --write puts the rows into the table of docs/native-soak.md, in place
of those that it has for the same interpreter and strategy; the others stay, because all of them together take hours.
Exits with 1 where a run fails, grew, or is complained of.
"""
import argparse
import pathlib
import re
import shutil
import subprocess
import sys

sys.dont_write_bytecode = True
HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent))
import build

STRATEGIES = ["separate", "shared", "evict", "mixed"]
LINE = re.compile(r"(\d+) switches, (\d+) contexts made, .*?; (\d+) throws, (\d+) dropped; (\d+) evictions; (\d+) contexts more grow it by (-?\d+) KiB")
# CPython's own reads of memory that it has not written are known to its makers and would drown what is ours.
VALGRIND = ["valgrind", "--quiet", "--error-exitcode=99", "--undef-value-errors=no"]


class Soak:
    def __init__(self, options):
        self.options = options
        self.rows = []
        self.failed = 0

    def run(self, python, label, strategy, switches, contexts, **how):
        done = python.run(python.put(HERE / "soak_load.py"), strategy, str(switches), str(contexts), **how)
        found = LINE.search(done.stdout)
        ok = done.returncode == 0 and found is not None and not re.search("ERROR|runtime error", done.stderr)
        self.failed += not ok
        self.rows.append([label, strategy, *(found.groups() if found else [""] * 7), "clean" if ok else "**FAILED**"])
        print(" | ".join(self.rows[-1]), flush=True)
        if not ok:
            print(done.stdout + done.stderr[-8000:], flush=True)

    def plain(self, python, name, variables):
        for strategy in STRATEGIES:
            self.run(python, name, strategy, self.options.switches, self.options.contexts, **variables)

    def watched(self, python, name):
        """Under valgrind, then with the sanitizers: one after the other builds the module anew."""
        few = self.options.watched
        if shutil.which("valgrind"):
            python.build("_pystate", "-DCSTACK_VALGRIND")
            for strategy in STRATEGIES:
                self.run(python, name + " under memcheck", strategy, few, few // 20, under=VALGRIND, PYTHONMALLOC="malloc")
        library = subprocess.run(["gcc", "-print-file-name=libasan.so"], stdout=subprocess.PIPE, universal_newlines=True).stdout.strip()
        if "/" in library:
            python.build("_pystate", "-fsanitize=address,undefined", "-fno-lto")
            # Leaks are counted by the load itself: the interpreter never frees all that it has.
            environment = {"LD_PRELOAD": library, "ASAN_OPTIONS": "detect_leaks=0:detect_stack_use_after_return=0", "PYTHONMALLOC": "malloc"}
            for strategy in STRATEGIES:
                self.run(python, name + " with ASan, UBSan", strategy, few, few // 20, **environment)


def write(rows):
    page = build.NATIVE.parent.parent / "docs" / "native-soak.md"
    before = [line.strip("| ").split(" | ") for line in page.read_text().splitlines() if line.startswith("| ")][2:]
    new = {tuple(row[:2]): row for row in rows}
    rows = [new.pop(tuple(row[:2]), row) for row in before] + list(new.values())
    heading = ["CPython", "strategy", "switches", "contexts", "throws", "dropped", "evictions", "contexts more", "grew it by, KiB", "verdict"]
    lines = ["| %s |" % " | ".join(row) for row in [heading, ["---"] * len(heading), *rows]]
    page.write_text((HERE / "soak.txt").read_text().rstrip() + "\n\n" + "\n".join(lines) + "\n")


def main():
    parser = argparse.ArgumentParser(usage=__doc__)
    parser.add_argument("--write", action="store_true")
    parser.add_argument("--switches", type=int, default=1_000_000)
    parser.add_argument("--contexts", type=int, default=100_000)
    parser.add_argument("--watched", type=int, default=20_000)
    parser.add_argument("python", nargs="+")
    options = parser.parse_args()
    soak = Soak(options)
    for argument in options.python:
        name, _, variables = argument.partition(",")
        python = build.Python(name)
        try:
            version = python.run("-c", "import sys; print('%d.%d.%d' % sys.version_info[:3] + ' debug' * hasattr(sys, 'gettotalrefcount'))").stdout.strip()
            python.build("_pystate")
            soak.plain(python, version + (", JIT" if variables else ""), dict(v.split("=") for v in variables.split(",") if v))
            if not python.root and not variables and options.watched:
                soak.watched(python, version)
        finally:
            python.close()
    if options.write:
        write(soak.rows)
    raise SystemExit(1 if soak.failed else 0)


main()
