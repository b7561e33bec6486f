"""Contexts that are suspended inside JIT-compiled code, while what invalidates and collects that code happens (READY-10, RESTORE-10).

    PYTHON_JIT=1 python jit_test.py SWITCHER_FILE [LIVES]

Each context runs code of its own, until it is hot enough to be compiled and switches away from inside of it. Then somebody collects, sets and clears a trace or profile function or changes a builtin that
compiled code relies on, and has so much compiled code thrown away that CPython frees what no thread runs; and all go on in turn. A wrong executor is a crash or a wrong sum: where Save
does not own it, 3.14 and 3.15 die of SIGSEGV within the first lives. Exits with 1 where a sum is wrong, and with 3 where nothing was compiled: the JIT is off.
"""

import _opcode
import builtins
import gc
import importlib.util
import sys


def load(path):
    specification = importlib.util.spec_from_file_location("switcher", path)
    module = importlib.util.module_from_spec(specification)
    specification.loader.exec_module(module)
    return module


ROUNDS = 2000  # of 40 iterations with five switches each
HOT = 7500     # switches after which a loop has been compiled: 60,000 iterations

SOURCE = """
def step(n, switch, root):
    total = 0
    for i in range(n):
        total += i & 3
        if i % 8 == 7:
            switch(root)  # a C function, called by the loop itself: the executor is on the C stack
    return total

def work(rounds, switch, root, results):
    total = 0
    for r in range(rounds):
        total += len(name) + step(40, switch, root)
    results.append(total)
"""


def made(name):
    """Functions with code of their own, which is collected when they are."""
    namespace = {"name": name}
    exec(compile(SOURCE, name, "exec"), namespace)
    return namespace


def expected(rounds, name):
    return rounds * (len(name) + sum(i & 3 for i in range(40)))


CHURN = """
def churn(n):
    total = 0
    for i in range(n):
        total += i
    return total
"""


def churn():
    """Makes and drops so many compiled functions that CPython clears its list of executors to delete (a hundred, EXECUTOR_DELETE_LIST_MAX), and puts others where they were."""
    for _ in range(4):
        for _ in range(120):
            namespace = {}
            exec(compile(CHURN, "churn", "exec"), namespace)
            namespace["churn"](5000)
            namespace.clear()
        gc.collect()


def trace():
    sys.settrace(lambda *_: None)
    sys.settrace(None)


def profile():
    sys.setprofile(lambda *_: None)
    sys.setprofile(None)


def another_len():
    builtins.len, kept = builtins.max, builtins.len
    builtins.len = kept


DISTURBANCES = (trace, gc.collect, profile, another_len)


def is_compiled(code):
    """Whether some loop of it has an executor."""
    for offset in range(0, len(code.co_code), 2):
        try:
            return _opcode.get_executor(code, offset) is not None
        except (ValueError, RuntimeError, AttributeError):  # not there, no JIT in this build, or before 3.13
            pass
    return False


def main(arguments):
    if len(arguments) not in (2, 3):
        sys.stderr.write("usage: python jit_test.py SWITCHER_FILE [LIVES]\n")
        return 2
    switcher = load(arguments[1])
    lives = int(arguments[2]) if len(arguments) == 3 else 15
    root = switcher.current()
    contexts = switches = wrong = compiled = 0
    for life in range(lives):
        alive = []
        for c in range(1 + life % 3):
            namespace, results = made("f%d" % c), []
            context = switcher.spawn(lambda work=namespace["work"], results=results: work(ROUNDS, switcher.switch, root, results))
            for _ in range(HOT + c):
                switcher.switch(context)
            switches += HOT + c
            contexts += 1
            compiled += is_compiled(namespace["step"].__code__)
            alive.append((context, namespace["name"], results))
        DISTURBANCES[life % len(DISTURBANCES)]()
        churn()
        while alive:
            context, name, results = alive[switches % len(alive)]
            switcher.switch(context)
            switches += 1
            if results:
                wrong += results != [expected(ROUNDS, name)]
                alive.remove((context, name, results))
    print("%d switches, %d of %d contexts in compiled code, %d wrong" % (switches, compiled, contexts, wrong))
    return 1 if wrong else 0 if compiled else 3


if __name__ == "__main__":
    sys.exit(main(sys.argv))
