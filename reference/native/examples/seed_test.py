"""The flow of seed.c, seen from Python: each function finds what it left, and nothing of the other's.

    python seed_test.py      prints what happened, in order, and "ok"; needs the module seed on sys.path
"""
import contextvars
import sys

import seed

variable = contextvars.ContextVar("variable", default="nothing")
seen = []


def frames():
    frame, names = sys._getframe(1), []
    while frame is not None:
        names.append(frame.f_code.co_name)
        frame = frame.f_back
    return names


def deep(levels, then):
    """C code between Python frames: sorted() calls back, so that there is C stack to copy and to come back to."""
    return then() if levels == 0 else sorted([levels], key=lambda _: deep(levels - 1, then))


def first():
    variable.set("first's")
    try:
        raise KeyError("first")
    except KeyError as e:
        seen.append(("first suspends in a handler", variable.get()))
        deep(5, seed.switch)
        assert sys.exc_info()[1] is e
        seen.append(("first is back", variable.get()))
    seed.switch()
    seen.append(("first ends", frames()))


def second():
    assert sys.exc_info() == (None, None, None)
    seen.append(("second begins", variable.get(), frames()))

    def generator():
        for number in range(2):
            deep(20, seed.switch)
            yield number

    seen.append(("second ends", list(generator()), variable.get()))


try:
    raise ValueError("outside")
except ValueError as outside:
    variable.set("the caller's")
    seed.run(first, second)
    assert sys.exc_info()[1] is outside
    assert variable.get() == "the caller's"

for line in seen:
    print(*line)
assert seen == [
    ("first suspends in a handler", "first's"),
    ("second begins", "nothing", ["second"]),
    ("first is back", "first's"),
    ("first ends", ["first"]),
    ("second ends", [0, 1], "nothing"),
], seen


def fails():
    seed.switch()
    raise ArithmeticError("out of a flow")


for pair in (fails, second), (second, fails):
    try:
        seed.run(*pair)
    except ArithmeticError as error:
        assert str(error) == "out of a flow"
    else:
        raise AssertionError("the exception got lost")


def nests():
    for arguments, error in ((print, print), RuntimeError), ((print,), TypeError):
        try:
            seed.run(*arguments)
        except error:
            seed.switch()
        else:
            raise AssertionError("run() inside run()")
    seen.append("nests ends")


seed.run(nests, second)
assert "nests ends" in seen, seen
print("ok")
