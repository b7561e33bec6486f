"""Contexts that are suspended inside JIT-compiled code, while what invalidates and collects that code happens (READY-10, RESTORE-10).

    PYTHON_JIT=1 python jit_test.py SWITCHER_FILE [ROUNDS]

Each context runs a loop that is hot enough to be compiled and switches away from inside it. Between two switches somebody collects, sets and clears a trace function, changes a builtin that compiled code relies on, or lets another
context's function be garbage. A wrong executor is a crash or a wrong sum. Says whether the JIT was on at all.
"""

import builtins
import gc
import importlib.util
import sys


def load(path):
    specification = importlib.util.spec_from_file_location("switcher", path)
    module = importlib.util.module_from_spec(specification)
    specification.loader.exec_module(module)
    return module


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
    return namespace["work"]


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
    """Makes and drops so many compiled functions that CPython clears its list of executors to delete (a hundred, EXECUTOR_DELETE_LIST_MAX)."""
    for _ in range(150):
        namespace = {}
        exec(compile(CHURN, "churn", "exec"), namespace)
        namespace["churn"](5000)


def disturb(n):
    kind = n % 7
    if kind == 0:
        gc.collect()
    elif kind == 1:
        sys.settrace(lambda *_: None)
        sys.settrace(None)
    elif kind == 2:
        builtins.len, kept = builtins.max, builtins.len
        builtins.len = kept
    elif kind == 3:
        gc.collect(0)
    elif kind == 4:
        sys.setprofile(lambda *_: None)
        sys.setprofile(None)
    elif n % 70 == 5:
        sys.settrace(lambda *_: None)
        sys.settrace(None)
        churn()


def main(arguments):
    if len(arguments) not in (2, 3):
        sys.stderr.write("usage: python jit_test.py SWITCHER_FILE [ROUNDS]\n")
        return 2
    switcher = load(arguments[1])
    rounds = int(arguments[2]) if len(arguments) == 3 else 2000
    root = switcher.current()
    alive, results, switches, wrong = [], [], 0, 0
    for generation in range(6):
        for c in range(4):
            name = "f%d" % c
            alive.append((switcher.spawn(lambda work=made(name): work(rounds, switcher.switch, root, results)), name))
        while alive:
            context, name = alive[switches % len(alive)]
            before = len(results)
            switcher.switch(context)
            switches += 1
            if len(results) > before:
                wrong += results[-1] != expected(rounds, name)
                alive.remove((context, name))
            if switches % 11 == 0:
                disturb(switches // 11)
    jit = getattr(sys, "_jit", None)
    print("%d switches, %d results, %d wrong; JIT %s" % (switches, len(results), wrong, "on" if jit is not None and jit.is_enabled() else "off"))
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv))
