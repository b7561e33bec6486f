"""greenlet, every release and every CPython tried: after a switch out of a trace function no context of the thread is traced until that function returns.

    python3 nesting_shared.py               prints "in force: True, traced: False"
    python3 nesting_shared.py control       prints "in force: True, traced: True": a thread in its place, without greenlet"""

import sys

called = []


def leaf():
    pass


def enter():
    pass


def trace(frame, event, argument):
    if event == "call":
        called.append(frame.f_code.co_name)
        if frame.f_code is enter.__code__:
            go()  # out of the trace function


def body():
    if len(sys.argv) > 1:
        sys.settrace(trace)
    leaf()
    print("in force: %s, traced: %s" % (sys.gettrace() is trace, "leaf" in called))


def go():
    if len(sys.argv) > 1:
        import threading

        thread = threading.Thread(target=body)
        thread.start()
        thread.join()
    else:
        other.switch()


if len(sys.argv) < 2:
    import greenlet

    other = greenlet.greenlet(body)
sys.settrace(trace)
enter()
sys.settrace(None)
