"""Two extension modules, each with PyState compiled in, in one process: neither takes the other's thread for gone.

    python copies_test.py        needs minigreenlet and _pystate on sys.path
"""
import _pystate
import minigreenlet


def suspended_in_both():
    main, outer = minigreenlet.getcurrent(), _pystate.current()
    waits = minigreenlet.greenlet(lambda: main.switch("suspended"))
    assert waits.switch() == "suspended"  # minigreenlet's PyState knows this thread
    other = _pystate.spawn(lambda: _pystate.switch(outer))
    _pystate.switch(other)  # and now _pystate's does
    assert waits.gr_frame is not None, "abandoned"
    assert waits.switch("back") == "back"
    assert _pystate.frames(other) is not None
    _pystate.switch(other)


suspended_in_both()
print("ok")
