"""Compiles and runs the tests of the native reference on interpreters: what the API says, seed.c, minigreenlet, whether greenlet behaves alike where it is installed; instrumentation
that changes while a context is suspended; and, where there is a JIT, contexts suspended in what it compiled.

    python3 reference/native/tests/run.py PYTHON...        PYTHON as in ../build.py

Prints a line a test, and exits with 1 where one fails.
"""
import pathlib
import subprocess
import sys

sys.dont_write_bytecode = True
HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent))
import build

EXAMPLES = HERE.parent / "examples"
IMPLEMENTATIONS = HERE.parent.parent.parent / "conformance" / "implementations"
LIVES = "6"  # of jit_test, whose own 15 take more than a minute on 3.15
JIT = "import sys; print(hasattr(sys, '_jit') and sys._jit.is_available())"
API = "import api_test; kept = api_test.until_the_end(); api_test.run(); print('ok')"


class Results:
    def __init__(self):
        self.failed = self.passed = 0

    def add(self, python, name, done, *conditions):
        ok = done.returncode == 0 and all(conditions)
        self.passed += ok
        self.failed += not ok
        print("%s  %s: %s" % ("ok  " if ok else "FAIL", python.name, name), flush=True)
        if not ok:
            print(done.stdout + done.stderr, flush=True)


def completed(ok, done):
    """As if done had ended well, where it ended as it should."""
    return subprocess.CompletedProcess(done.args, 0 if ok else done.returncode or 1, done.stdout, done.stderr)


def test(python, results):
    for module in "seed", "minigreenlet", "_pystate", "api_test":
        python.build(module)
    done = python.run("-c", API)
    results.add(python, "api_test", done, done.stdout == "ok\nfinalization: ok\n")
    results.add(python, "seed_test", python.run(python.put(EXAMPLES / "seed_test.py")))
    results.add(python, "copies_test", python.run(python.put(HERE / "copies_test.py")))
    switcher, control = (python.put(IMPLEMENTATIONS / name / "switcher.py", name + "_switcher.py") for name in ("cpython", "threads"))
    results.add(python, "instrumentation_test", python.run(python.put(HERE / "instrumentation_test.py"), switcher, control))
    if python.run("-c", JIT).stdout == "True\n":
        jit_test = python.put(HERE / "jit_test.py")
        results.add(python, "jit_test", python.run(jit_test, switcher, LIVES, PYTHON_JIT="1"))
        # Not optimized as one program: with the faults that takes more than a minute, and nothing here needs it.
        python.build("_pystate", "-O1", "-fno-lto", "-DPYSTATE_FAULTS", *map(str, HERE.glob("fault*.c")))
        dies = python.run(jit_test, switcher, LIVES, PYTHON_JIT="1", PYSTATE_FAULT="borrowed:executor")
        results.add(python, "jit_test convicts who does not own the executor", completed(dies.returncode in (-11, 139, -6, 134), dies))
    behaviour, hub = python.put(EXAMPLES / "minigreenlet" / "greenlet_test.py"), python.put(EXAMPLES / "hub.py")
    results.add(python, "greenlet_test minigreenlet", python.run(behaviour, "minigreenlet"))
    mine = python.run(hub, "minigreenlet")
    results.add(python, "hub.py minigreenlet", mine, "the hub has ended: True" in mine.stdout)
    if python.run("-c", "import greenlet").returncode == 0:
        results.add(python, "greenlet_test greenlet", python.run(behaviour, "greenlet"))
        theirs = python.run(hub, "greenlet")
        results.add(python, "hub.py greenlet, the same output", theirs, theirs.stdout == mine.stdout)


def main():
    if len(sys.argv) < 2 or sys.argv[1].startswith("-"):
        raise SystemExit(__doc__)
    results = Results()
    for argument in sys.argv[1:]:
        python = build.Python(argument)
        try:
            test(python, results)
        finally:
            python.close()
    print("%d passed, %d failed" % (results.passed, results.failed))
    raise SystemExit(1 if results.failed else 0)


main()
