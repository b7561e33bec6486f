"""greenlet on CPython 3.12 and later: a frame that was suspended while a profile function was set loses its events.

    python3 lost_events.py                  prints "False": the return of started_before was not seen
    python3 lost_events.py control          prints "True": a generator suspended in its place, without greenlet"""

import sys

seen = []


def profile(frame, event, argument):
    if event == "return":
        seen.append(frame.f_code.co_name)


def started_before():
    other.switch()
    return 1


def suspended():
    yield
    return 1


if len(sys.argv) < 2:
    import greenlet

    other = greenlet.greenlet(lambda: sys.setprofile(profile))
    started_before()
    sys.setprofile(None)
    print("started_before" in seen)
else:
    generator = suspended()
    next(generator)
    sys.setprofile(profile)
    next(generator, None)
    sys.setprofile(None)
    print("suspended" in seen)
