"""What switching costs, for each module found here: greenlet, minigreenlet, _pystate. Started by run.py; prints one JSON object.

    python measure.py times ROUNDS         every measurement of every module in turn, round by round
    python measure.py memory MODULE        resident bytes for each suspended context, in a process of its own
"""
import gc
import importlib
import importlib.util
import json
import sys
import time

FRAMES = 50
SLICES = 20  # of which the best counts: each is shorter than what the scheduler gives a process, so that one of them is undisturbed
CONTEXTS = 5000
now = time.perf_counter


def greenlet_like(name):
    module = importlib.import_module(name)
    greenlet, getcurrent = module.greenlet, module.getcurrent

    def pair(frames):
        main = getcurrent()

        def body(n=frames):
            if n:
                return body(n - 1)
            back = main.switch
            while True:
                back()

        context = greenlet(body)
        context.switch()
        there = context.switch

        def trips(rounds):
            for _ in rounds:
                there()

        return trips

    def lives(rounds):
        for _ in rounds:
            greenlet(nothing).switch()

    def wait():
        main = getcurrent()
        context = greenlet(lambda: main.switch())
        context.switch()
        return context

    return pair, lives, wait


def pystate(name):
    module = importlib.import_module(name)
    spawn, switch, current = module.spawn, module.switch, module.current

    def pair(frames):
        main = current()

        def body(n=frames):
            if n:
                return body(n - 1)
            while True:
                switch(main)

        context = spawn(body)
        switch(context)

        def trips(rounds):
            for _ in rounds:
                switch(context)

        return trips

    def lives(rounds):
        for _ in rounds:
            switch(spawn(nothing))

    def wait():
        main = current()
        context = spawn(lambda: switch(main))
        switch(context)
        return context

    return pair, lives, wait


MODULES = {"greenlet": greenlet_like, "minigreenlet": greenlet_like, "_pystate": pystate}


def nothing():
    pass


def best(work, count):
    """Nanoseconds of one of `count`, in the best slice."""
    rounds = range(count)
    fastest = float("inf")
    for _ in range(SLICES):
        start = now()
        work(rounds)
        fastest = min(fastest, now() - start)
    return fastest / count * 1e9


def times(rounds):
    work = {}
    for name in MODULES:
        if importlib.util.find_spec(name):
            pair, lives, _ = MODULES[name](name)
            work[name] = {"switch": (pair(0), 1000), "deep": (pair(FRAMES), 1000), "life": (lives, 300)}
    import _bare
    import _save_restore

    def calls(rounds):
        for _ in rounds:
            _bare.nothing(None)

    def below(frames, f):
        return below(frames - 1, f) if frames else f(2560)

    measured = []
    gc.disable()
    for _ in range(rounds):
        one = {}
        for what in "switch", "deep", "life":
            for name in work:
                one.setdefault(name, {})[what] = best(*work[name][what])
        one["save+restore"] = {
            "switch": min(_save_restore.pair(2560) for _ in range(SLICES)),
            "deep": min(below(FRAMES, _save_restore.pair) for _ in range(SLICES)),
            "cycle": min(_save_restore.cycle(2560) for _ in range(SLICES)),
        }
        one["bare"] = 2 * best(calls, 1000) + min(_bare.jumps(2560) for _ in range(SLICES))
        measured.append(one)
    greenlet = sys.modules.get("greenlet")
    return {
        "python": "%d.%d.%d" % sys.version_info[:3],
        "greenlet": getattr(greenlet, "__version__", None),
        "rounds": measured,
    }


def resident():
    with open("/proc/self/statm") as f:
        return int(f.read().split()[1]) * 4096


def memory(name):
    _, _, wait = MODULES[name](name)
    kept = [wait() for _ in range(500)]
    before = resident()
    kept += [wait() for _ in range(CONTEXTS)]
    return (resident() - before) / CONTEXTS


print(json.dumps(times(int(sys.argv[2])) if sys.argv[1] == "times" else memory(sys.argv[2])))
