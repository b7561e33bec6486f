"""Executes scripts of the API's alphabet on CPython, against the functions of reference/native/pystate.h.

    python api_driver.py FILE [--path FOLDER] [--progress FILE]

FILE is this file: the suite asks it whether the interpreter can run it at all. The command loop is the extension module _pystate_api
(reference/native/apidriver/apidriver.h says why); what is here is what it calls: the bodies of blocks that have a frame, which
are those of the driver of switchers, and everything that is easier to observe in Python. All of it returns before the next command.
"""

import contextvars
import gc
import os
import sys

if "--path" in sys.argv:
    sys.path.insert(0, sys.argv[sys.argv.index("--path") + 1])
sys.path.insert(1, os.path.join(os.path.dirname(os.path.abspath(__file__)), os.pardir, "python"))

import driver  # noqa: E402
import _pystate_api as native  # noqa: E402

name = "pystate"
version = "1"
LIMITS = driver.LIMITS

PARAMETERS = {
    "call": ((0, 7),), "leave": (), "except": ((1, 7),), "reraise": (), "generator": ((0, 1),), "yield": (), "var": ((0, 1), (1, 3)),
    "context": ((0, 1),), "trace": ((0, 2),), "profile": ((0, 2),), "callback": ((0, 1),), "ctrace": (), "finalizer": (), "repr": (),
    "trashcan": (), "native": (), "recovering": (), "limit": ((0, 2),), "local": ((0, 3),), "headroom": (), "census": (), "collect": (),
    "exit-thread": (), "thread": ((0, 2),), "detach": (), "attach": (), "new": ((0, 3), (0, 1)), "save": ((0, 3), (0, 2)),
    "restore": ((0, 3),), "discard": ((0, 3),), "drop": ((0, 3),), "top": ((0, 3),), "get-context": ((0, 3), (0, 1)),
    "set-context": ((0, 3), (0, 3)), "traverse": ((0, 3),), "clear": ((0, 3),), "abandoned": (), "pending": ((0, 7),),
}
NUMBERS = {operation: number for number, operation in enumerate(native.OPERATIONS)}

# Known to the script language, never offered here: always inapplicable.
ELSEWHERE = {
    "jit": ((0, 7),), "walk": ((0, 4),), "async": ((1, 7),), "fork": (), "finalize": (), "spawn": ((1, 3),), "switch": ((0, 4),),
    "throw": ((0, 4), (1, 7)), "finish": (), "fail": ((1, 7),), "kill": ((0, 4),),
}

# Block kinds by the numbers that spec/model/Block.cs and the command loop give them; 0 stands for a handler in the body of a generator.
KINDS = {"generatorHandler": 0, "call": 1, "generator": 2, "callback": 3, "finalizer": 4, "repr": 5, "trashcan": 6, "handler": 8, "context": 9,
         "native": 10, "recovering": 11}

CALLBACK_LEAF = driver.CALLBACK_LEAF
BODIES = driver.BODIES + [driver.Bodies(slot) for slot in range(5, 8)]  # for four saved states and two threads
RUNS_CODE = sys.version_info >= (3, 10)  # before, any call resets `overflowed`
HAS_TRACEBACK_WORD = sys.version_info < (3, 11)  # beside the exception that is handled
PROBE = 9  # the place of this channel in an observation
script = None
forgotten = []
has_given_up = False  # on a thread, which stands there for ever


class Script:
    """What the driver's bodies know as `now`, and what is seen."""

    def __init__(self):
        self.observations = []
        self.variables = contextvars.ContextVar("v0"), contextvars.ContextVar("v1")
        self.local = driver.Local()
        self.seen_trace = self.seen_profile = self.returned = 0
        self.entering = self.signal = None
        self.armed = -1
        self.baseline = driver.frames_alive()
        self.held = []  # what is released once too often does not go: its count says so at the end


# ---- Called by the command loop --------------------------------------------------------------------------------------------------

def observe(status, running, shown, leaving, probe, raw):
    script.seen_trace = script.seen_profile = 0
    driver.leaf()
    trace, profile = sys.gettrace(), sys.getprofile()
    _, exception, where = sys.exc_info()
    if HAS_TRACEBACK_WORD and (exception is None) != (where is None):
        handled = ["traceback", None]  # left behind, or lost
    elif exception is None:
        handled = []
    elif isinstance(exception, driver.Marked):
        handled = [exception.label, exception.link]
    else:
        handled = [type(exception).__name__, None]
    first, second = script.variables
    observation = [
        status,
        running,
        driver.chain(sys._getframe()) if shown is None else shown,
        handled,
        [first.get(0), second.get(0)],
        [driver.TRACER_IDS.get(trace, 9), script.seen_trace],
        [driver.PROFILER_IDS.get(profile, 9), script.seen_profile],
        script.returned if leaving else 0,
        script.local.value,
        probe,
    ]
    observation.append(raw_values(*raw))
    script.observations.append(observation)
    script.returned = 0


def observe_end(running, abandoned_frames):
    observe("ok", running, None, False, census() - abandoned_frames, (None, None, {}))  # raw values mean nothing then


def raw_values(context, pending, values):
    """The values of the channel raw; the Context object is read past the cache that a ContextVar has."""
    first, second = script.variables
    values["context-object"] = 0 if context is None else 1 + context.get(first, 0) + 4 * context.get(second, 0)
    values["pending-exception"] = 0 if pending is None else getattr(pending, "number", 8)
    return values


def body(slot, kind, n):
    bodies = BODIES[slot]
    if kind == "call":
        return bodies.calls[n]
    if kind == "generator":
        return driver.Generator(bodies.generators[n])
    if kind == "callback":
        return driver.callback_leaf
    return getattr(bodies, kind)()


def arm(kind, argument):
    script.signal = None
    script.armed = argument if kind == "callback" else -1


def begin_thread():
    """Values in the fields of a thread that nothing else here sets: taken away, they are missed."""
    sys.set_coroutine_origin_tracking_depth(1)
    sys.set_asyncgen_hooks(firstiter=hook, finalizer=hook)


def hook(generator):
    pass


def traceback():
    """Any."""
    try:
        raise KeyError
    except KeyError:
        return sys.exc_info()[2]


def disarm():
    script.armed = -1
    return script.signal


def exception(number):
    made = driver.EXCEPTIONS[number]()
    hold(made)
    return made


def hold(thing):
    if thing is not None and not any(thing is one for one in script.held):
        script.held.append(thing)


def released_too_often():
    """How many references are missing of what is held; gives it up."""
    held, script.held = script.held, []
    held.append([])
    whole = sys.getrefcount(held[-1])
    missing = sum(max(0, whole - sys.getrefcount(held[i])) for i in range(len(held)))
    if missing:
        forgotten.append(held)  # what is no longer ours must not be given back
    return missing


settle = driver.settle
reraise = driver.reraise


def collect():
    driver.ambient()
    gc.collect()


class Value(int):
    """Of a variable. Runs code when it goes, wherever that is: inside of Restore, Discard, Drop, Clear and SetContext too, and none of it must be seen."""

    __slots__ = ()

    def __del__(self):
        if RUNS_CODE:
            driver.ambient()
            gc.collect(0)  # all generations would take most of the time of a run


value = Value


def variable(v):
    return script.variables[v]


def set_trace(f):
    sys.settrace(driver.TRACERS[f])


def set_profile(f):
    sys.setprofile(driver.PROFILERS[f])


def set_limit(k):
    sys.setrecursionlimit(LIMITS[k])


def set_local(value):
    script.local.value = value


def headroom():
    return sys.getrecursionlimit() - driver.depth() + depth_of_probe


def census():
    return driver.frames_alive() - script.baseline


def labels_of(frame):
    return driver.chain(frame)


def quiet():
    driver.quiet()


def close(slot):
    if not slot.body.gi_running:
        next(slot.body, None)


# ---- The protocol ----------------------------------------------------------------------------------------------------------------

depth_of_probe = 0  # how deep headroom() is when it asks
decoded = {}


def decode(command):
    """A command as three bytes. ValueError when it is none."""
    key = tuple(command)
    found = decoded.get(key)
    if found is None:
        operation = key[0] if key else None
        parameters = PARAMETERS.get(operation, ELSEWHERE.get(operation)) if isinstance(operation, str) else None
        if parameters is None or len(key) - 1 != len(parameters):
            raise ValueError("not a command: %s" % driver.json.dumps(command))
        for value, (low, high) in zip(key[1:], parameters):
            if type(value) is not int or not low <= value <= high:
                raise ValueError("argument out of range: %s" % driver.json.dumps(command))
        number = NUMBERS["inapplicable"] if operation not in offered() else NUMBERS[operation]
        found = decoded[key] = bytes(((number,) + key[1:] + (0, 0))[:3])
    return found


def run_script(number, commands):
    global script, has_given_up
    driver.now = script = Script()
    limit = sys.getrecursionlimit()
    sys.setrecursionlimit(LIMITS[0])
    before = objects_alive()
    answer, abandoned, chunks = native.run(number, b"".join(commands))
    if answer is not None:  # a wrong one, and the rest of the script was not executed: nothing but this answer is compared
        has_given_up = True
        missing = len(commands) + 1 - len(script.observations)
        script.observations += [[answer] + script.observations[-1][1:]] * missing
    elif not abandoned:  # what such a flow holds leaks on purpose
        chunks = abs(chunks) + released_too_often()
        left = objects_alive() - before
        if left > 0:
            gc.collect()
            left = objects_alive() - before
        for _ in range(3 if HAS_JIT else 0):  # what is compiled is given up by the first, and freed a little later
            if left > 0:
                sys._clear_internal_caches()
                left = objects_alive() - before
        script.observations[-1][PROBE] += abs(left) + abs(chunks)
    sys.setrecursionlimit(limit)
    return script.observations


# What 3.15's JIT has compiled holds objects that it saw when it did, a Context among them, for as long as it is there: the interpreter's, no leak.
HAS_JIT = hasattr(sys, "_jit") and sys._jit.is_enabled()


COUNTED = (contextvars.Context, *driver.EXCEPTIONS)


def objects_alive():
    """Context objects and exceptions of scripts. What was there before the first one the driver has frozen, and it is not looked at."""
    return native.count(gc.get_objects(), COUNTED)


def offered():
    return PARAMETERS


def measured(*commands):
    """The Python depth, the C depth and the trashcan's nesting at the end of a script."""
    last = run_script(0, [decode(command) for command in commands + (("headroom",),)])[len(commands)]
    return [LIMITS[0] - last[9], last[10]["c-depth"], last[10]["trash-nesting"]]


def calibrate():
    """What each kind of block costs of the recursion depth. What it adds to other counters beyond what the model counts is not shown: C calls
    of the interpreter's own, and that deallocating an instance of a class counts as a nested deallocation."""
    global depth_of_probe
    depth_of_probe = measured()[0]
    costs = {kind: measured(*commands) for kind, commands in (
        ("call", (("call", 0),)), ("generator", (("generator", 0),)), ("handler", (("except", 1),)), ("context", (("context", 0),)),
        ("callback", (("trace", 1), ("callback", 0))), ("finalizer", (("finalizer",),)), ("repr", (("repr",),)),
        ("trashcan", (("trashcan",),)), ("native", (("native",),)), ("recovering", (("recovering",),)),
        ("generatorHandler", (("generator", 0), ("except", 1))),
    )}
    costs["generatorHandler"] = [both - generator for both, generator in zip(costs["generatorHandler"], costs["generator"])]
    minor = sys.version_info[1]
    for kind, (_, c_depth, trash) in costs.items():
        native.set_cost(KINDS[kind], c_depth - (kind in ("repr", "native") and 12 <= minor <= 13), trash - (kind == "trashcan" and minor <= 12))
    return dict({kind: levels for kind, (levels, _, _) in costs.items()}, base=0)


def raw_shown():
    """The values of the channel raw that this version has."""
    shown = ["depth", "tracing-nesting", "overflow-state", "context-object", "pending-exception", "recursion-limit", "wide", "allocations"]
    for value, first, last in (
        ("c-depth", 12, 13), ("trace-event", 11, 99), ("data-stack", 11, 99), ("trash-nesting", 8, 12), ("cframe", 10, 12),
        ("c-stack-bounds", 14, 99), ("use-tracing", 8, 11),
    ):
        if first <= sys.version_info[1] <= last:
            shown.append(value)
    return shown


if sys.version_info[:2] == (3, 11):
    # There the event of a call has the number that stands for no event as well: a callback that fires at another one is told apart.
    def trace_body(frame, event, argument, identity=0):
        code = frame.f_code
        if event == "call":
            if code is LEAF:
                now.seen_trace = identity
            elif code is CALLBACK_LEAF and now.armed == 0:
                return TRACERS[identity]
        elif code is CALLBACK_LEAF and event == "line" and now.armed == 0:
            canary = Canary()
            now.armed = -1
            now.signal = loop(now.entering)

    def profile_body(frame, event, argument, identity=0):
        code = frame.f_code
        if event == "call":
            if code is LEAF:
                now.seen_profile = identity
        elif event == "return":
            if code is CALLBACK_LEAF:
                if now.armed == 1:
                    canary = Canary()
                    now.armed = -1
                    now.signal = loop(now.entering)
            elif code.co_filename in calls:
                now.returned = identity

    driver.TRACERS = (None,) + tuple(driver.callback_function(trace_body, "trace", i) for i in (1, 2))
    driver.PROFILERS = (None,) + tuple(driver.callback_function(profile_body, "profile", i) for i in (1, 2))
    driver.TRACER_IDS = {function: i for i, function in enumerate(driver.TRACERS)}
    driver.PROFILER_IDS = {function: i for i, function in enumerate(driver.PROFILERS)}


def hello():
    driver.loop = native.loop
    native.setup(sys.modules[__name__], driver.progress_map)
    levels = calibrate()
    return {
        "op": "hello", "protocol": driver.PROTOCOL,
        "implementation": {"name": name, "version": version},
        "interpreter": {"name": "CPython", "version": "%d.%d.%d" % sys.version_info[:3], "language": "%d.%d.%d" % sys.version_info[:3],
                        "build": driver.build()},
        "alphabets": ["api"],
        "commands": list(offered()),
        "channels": driver.CHANNELS + ["raw"],
        "raw": raw_shown(),
        "choices": {"freshContext": "empty", "finishTo": "spawner", "freshDepth": "zero"},
        "topology": "mesh",
        "threads": 2,
        "limits": list(LIMITS),
        "levels": levels,
    }


def main(arguments):
    """The protocol is the other driver's; what it calls is this one's."""
    driver.load_switcher = lambda path: sys.modules[__name__]
    driver.decode, driver.run_script, driver.offered, driver.hello = decode, run_script, offered, hello
    if "--path" in arguments:
        at = arguments.index("--path")
        del arguments[at:at + 2]
    code = driver.main(arguments)
    if has_given_up:
        sys.stdout.flush()
        os._exit(code or 0)
    return code


if __name__ == "__main__":
    sys.exit(main(sys.argv))
