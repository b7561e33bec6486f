"""Executes scripts of the switcher alphabet on a real Python interpreter and observes after every command.

    python driver.py SWITCHER_FILE [--path FOLDER] [--progress FILE]

One file, standard library only, for CPython 3.8 and later, PyPy and Pyodide. What it speaks on standard input and output is
docs/protocol.md; what a switcher file has to offer is switcher_contract.md beside this file.

How it works. Every block of a script (a call, a handler, a generator, __del__, ...) is a real Python frame that runs the command loop
again inside itself, so that a script is a tree of nested loops. No exception ever travels through a block, because __del__ would swallow
it and a trace function would be removed by it: blocks end by return codes. An exception that arrives where a context is suspended is
caught right there, and a fresh one is raised and handled by the code that the command `except` uses.
"""

import contextvars
import functools
import gc
import importlib
import importlib.util
import json
import os
import re
import signal
import struct
import sys
import threading
import types
import warnings
import weakref

PROTOCOL = 1
MAXIMUM_BLOCKS = 12
MAXIMUM_GENERATOR_HANDLERS = 3
# The deepest script, twelve blocks of the dearest kind in each of four contexts, stays below the lowest of these.
LIMITS = (1000, 800, 600)
FLOOR = 20
MAGIC = b"PYSTATE1"
PYPY = sys.implementation.name == "pypy"

# What a command loop returns to the block that runs it.
LEAVE, UNWIND, YIELD, HANDLER, LEAVE_TRACING = 1, 2, 3, 4, 5
YIELDED, ENDED = object(), object()

# Kinds of blocks, in the high four bits of what `Context.blocks` holds.
CALL, GENERATOR, CALLBACK, FINALIZER, REPR, TRASHCAN, HANDLER_BLOCK, CONTEXT = (kind << 4 for kind in (1, 2, 3, 4, 5, 6, 8, 9))

TRACING_IN_C = CALLBACK | 2

NONE, BORN, SUSPENDED, RUNNING, FINISHED, ABANDONED = range(6)

switcher = switcher_file = greeting = None
progress_map = None  # the file in which the next command is noted, where it could be mapped
refusal = ()
now = None  # the script that runs
fields = None  # a Fields, where the switcher shows the fields of the thread state


# ---- Labelled frames -------------------------------------------------------------------------------------------------------------
# A frame is known by its code object, and every context has code objects of its own: since 3.12 CPython instruments code, not frames,
# and code shared between contexts would hide that a suspended context's frames were missed. The label is the code's file name, because
# the hash of a string is cached and that of a code object is not.

labels = {}
calls = set()


def labelled(function, label, slot):
    file = "<%s of c%d>" % (label, slot)
    labels[file] = label
    if label.startswith("call"):
        calls.add(file)
    code = function.__code__.replace(co_filename=file, co_name=label)
    return types.FunctionType(code, globals(), label, function.__defaults__)


class Canary:
    """Lives as long as the frame that holds it. Each one owns a reference to its class: to count those runs no code, and is not
    confused by a frame's f_locals, a second reference to the instance that trace events leave behind up to 3.10."""

    __slots__ = ()


def frames_alive():
    return sys.getrefcount(Canary)


def call_body(me):
    canary = Canary()
    return loop(me)


def generator_body(slot):
    canary = Canary()
    signal = loop(slot.me)
    while True:
        if signal == YIELD:
            yield YIELDED
            signal = loop(slot.me)
        elif signal == HANDLER:
            signal = yield from generator_handler(slot, slot.exception)
            if signal == LEAVE:
                signal = loop(slot.me)
        else:
            slot.signal = signal
            return


def generator_handler(slot, exception):
    """A handler that belongs to a generator and travels with it."""
    try:
        raise EXCEPTIONS[exception]()
    except Marked as raised:
        settle(raised)
        signal = loop(slot.me)
        while True:
            if signal == YIELD:
                yield YIELDED
                signal = loop(slot.me)
            elif signal == HANDLER:
                signal = yield from generator_handler(slot, slot.exception)
                if signal == LEAVE:
                    signal = loop(slot.me)
            else:
                return signal


def handler(me, exception):
    try:
        raise EXCEPTIONS[exception]()
    except Marked as raised:
        settle(raised)
        return loop(me)


def del_body(self):
    canary = Canary()
    now.signal = loop(now.entering)


def repr_body(self):
    canary = Canary()
    now.signal = loop(now.entering)
    return ""


def trace_body(frame, event, argument, identity=0):
    if event == "call":
        code = frame.f_code
        if code is LEAF:
            now.seen_trace = identity
        elif code is CALLBACK_LEAF and now.armed == 0:
            canary = Canary()
            now.armed = -1
            now.signal = loop(now.entering)


def profile_body(frame, event, argument, identity=0):
    if event == "call":
        code = frame.f_code
        if code is LEAF:
            now.seen_profile = identity
        elif code is CALLBACK_LEAF and now.armed == 1:
            canary = Canary()
            now.armed = -1
            now.signal = loop(now.entering)
    elif event == "return" and frame.f_code.co_filename in calls:
        now.returned = identity


def callback_function(body, label, identity):
    function = labelled(body, label, identity)
    function.__defaults__ = (identity,)
    return function


def leaf():
    pass


def callback_leaf():
    pass


LEAF, CALLBACK_LEAF = leaf.__code__, callback_leaf.__code__
TRACERS = (None,) + tuple(callback_function(trace_body, "trace", i) for i in (1, 2))
PROFILERS = (None,) + tuple(callback_function(profile_body, "profile", i) for i in (1, 2))
TRACER_IDS = {function: i for i, function in enumerate(TRACERS)}
PROFILER_IDS = {function: i for i, function in enumerate(PROFILERS)}


class Bodies:
    """The labelled functions of one context slot."""

    def __init__(self, slot):
        self.calls = [labelled(call_body, "call%d" % n, slot) for n in range(8)]
        self.generators = [labelled(generator_body, "gen%d" % g, slot) for g in range(2)]
        # Without a dictionary and without slots these are no GC types: subtype_dealloc enters the trashcan only for those.
        self.finalizer = type("Finalizer", (), {"__slots__": (), "__del__": labelled(del_body, "del", slot)})
        self.trash = type("Trash", (), {"__slots__": (), "__del__": labelled(del_body, "trash", slot)})
        self.repr = type("Repr", (), {"__slots__": (), "__repr__": labelled(repr_body, "repr", slot)})


BODIES = [Bodies(slot) for slot in range(5)]


# ---- Exceptions ------------------------------------------------------------------------------------------------------------------

class Marked(Exception):
    """An exception of a script, known by its label."""

    label = "e?"
    number = 0
    link = None


EXCEPTIONS = [None] + [type("E%d" % n, (Marked,), {"label": "e%d" % n, "number": n}) for n in range(1, 8)]


def settle(raised):
    """Notes what was handled when it was raised, and lets go of everything else that it holds."""
    context = raised.__context__
    if context is not None:
        raised.link = label_of(context)
        raised.__context__ = None
    raised.__traceback__ = None


def label_of(exception):
    return getattr(exception, "label", None) or type(exception).__name__


# ---- What a script works on ------------------------------------------------------------------------------------------------------

class Local(threading.local):
    value = 0


class Generator:
    def __init__(self, body):
        self.me = None
        self.handlers = []
        self.signal = self.exception = None
        self.body = body(self)


class Context:
    """What the driver knows of a context. It decides from this what is inapplicable, never what is ok."""

    def __init__(self, number, thread, parent, state):
        self.number = number
        self.thread = thread
        self.parent = self.resumer = parent
        self.state = state
        self.handle = None
        self.blocks = []
        self.bodies = BODIES[number]
        self.killing = False
        self.failure = 0

    def handlers_in_generator(self):
        """The handlers open directly in the body of the innermost generator, or -1 when the innermost other block is none."""
        handlers = 0
        for block in reversed(self.blocks):
            if block < HANDLER_BLOCK or block >= CONTEXT:
                return handlers if block & 0xF0 == GENERATOR else -1
            handlers += 1
        return -1

    def has_room_for_handler(self):
        return len(self.blocks) < MAXIMUM_BLOCKS and self.handlers_in_generator() < MAXIMUM_GENERATOR_HANDLERS

    def is_tracing(self):
        return any(block & 0xF0 == CALLBACK for block in self.blocks)


class Thread:
    """A thread of the script, and the lock on which it waits for the baton."""

    def __init__(self, number):
        self.number = number
        self.wake = threading.Lock()
        self.wake.acquire()
        self.system = None
        self.exception = 0  # an asynchronous one that waits for room
        self.exiting = self.unwound = False


class Script:
    def __init__(self, number, commands):
        self.number = number
        self.commands = commands
        self.position = 0
        self.count = len(commands)
        self.observations = []
        self.status, self.probe, self.shown, self.leaving, self.returned = "ok", 0, None, False, 0
        self.seen_trace = self.seen_profile = 0
        self.entering = self.signal = None
        self.armed = -1
        self.arrived = 0  # the exception that reached a suspended context and is yet to be handled there
        self.ending = False
        self.relayed = self.crashed = False
        self.pipe = None
        self.variables = contextvars.ContextVar("v0"), contextvars.ContextVar("v1")
        self.tokens = []
        self.local = Local() if has_local else None
        self.user_contexts = [None, None]
        self.generators = [None, None]
        self.threads = [Thread(0), Thread(1)]
        self.contexts = [Context(0, self.threads[0], None, RUNNING), None, None, None, Context(4, self.threads[1], None, RUNNING)]
        self.stranded = []
        self.async_waits = self.astray = False
        self.collects_inside = False  # a collection inside of the next switch


# ---- The command loop and the observation ----------------------------------------------------------------------------------------

def loop(me):
    while True:
        script = now
        if script.ending:
            return UNWIND
        if script.arrived:
            signal = arrive(me)
            if signal:
                return signal
            continue
        if script.async_waits and me.thread.exception and me.has_room_for_handler():
            signal = deliver(me)
            if signal:
                return signal
            continue
        try:
            observe(me)
        except RecursionError:
            script.status = "recursion-error"
            me.blocks.pop()
            return LEAVE
        command = following(me)
        if command is None:
            return UNWIND
        operation, a, b = command
        signal = operation(me, a, b)
        if signal:
            if signal != LEAVE_TRACING:
                return signal
            # Here and nowhere deeper: from 3.12 on a frame that was entered under tracing was not brought up to the instrumentation
            # in force, and debug builds abort when it goes on after tracing has been left.
            leave_tracing(thread_state())


def following(me):
    """The next command, noted before it is carried out, or None at the end of the script."""
    script = now
    if script.astray:
        take_back()
    if script.position == script.count:
        return end(me)
    if progress is not None:
        progress(script.number, script.position)
    script.position += 1
    script.status = "ok"
    return script.commands[script.position - 1]


def observe(me):
    script = now
    script.seen_trace = script.seen_profile = 0
    leaf()
    trace, profile = sys.gettrace(), sys.getprofile()
    exception = sys.exc_info()[1]
    if exception is None:
        handled = []
    elif isinstance(exception, Marked):
        handled = [exception.label, exception.link]
    else:
        handled = [type(exception).__name__, None]
    first, second = script.variables
    frames = script.shown
    observation = [
        script.status,
        me.number,
        chain(sys._getframe(1)) if frames is None else frames,
        handled,
        [first.get(0), second.get(0)],
        [TRACER_IDS.get(trace, 9), script.seen_trace],
        [PROFILER_IDS.get(profile, 9), script.seen_profile],
        script.returned if script.leaving else 0,
        script.local.value if script.local is not None else None,
        script.probe,
    ]
    if fields is not None:
        observation.append(fields.values(me))
    script.observations.append(observation)
    if script.pipe is not None:
        os.write(script.pipe, json.dumps(observation).encode() + b"\n")
    if script.probe or script.leaving or frames is not None:
        script.probe, script.leaving, script.shown = 0, False, None


def chain(frame):
    """The labels of a chain of frames, innermost first, to wherever it leads: frames of other contexts would be seen."""
    result = []
    find = labels.get
    left = 80  # more than twelve blocks and the driver's own frames
    start = frame
    while frame is not None:
        label = find(frame.f_code.co_filename)
        if label is not None:
            result.append(label)
        frame = frame.f_back
        left -= 1
        if not left:
            return long_chain(start)
    return result


def long_chain(frame):
    """The same for a chain that runs on into other contexts; one that is cyclic ends where it begins to repeat."""
    result, seen = [], set()
    while frame is not None and frame not in seen and len(seen) < 1000:
        seen.add(frame)
        label = labels.get(frame.f_code.co_filename)
        if label is not None:
            result.append(label)
        frame = frame.f_back
    return result


# ---- The fields of the thread state ----------------------------------------------------------------------------------------------

class Fields:
    """The values of the channel raw, from the fields that a switcher's raw() shows by their names in SPEC.md, 6.1. Not shown: the Context
    object, which a thread keeps from one script to the next; the trace event, which tracing in C does not set; what only C can tell from the fields."""

    def __init__(self, raw, thread_wide):
        self.raw = raw
        self.thread_wide = thread_wide
        self.left = None  # what belongs to the thread, as a context left it
        self.depth_offset = 0  # calibration makes it such that the depth is the one that `headroom` has seen
        self.trash = {}  # what a kind of block adds to the trashcan's nesting and the model does not count
        shown = raw()
        self.limit, self.remaining, self.nesting, self.use_tracing = (
            next((name for name in names if name in shown), None) for names in (
                ("py_recursion_limit", "recursion_limit"), ("py_recursion_remaining", "recursion_remaining"),
                ("trash.delete_nesting", "trash_delete_nesting"), ("cframe->use_tracing", "use_tracing")))
        self.has_bounds = "c_stack_top" in shown

    def names(self):
        names = ["depth", "tracing-nesting", "recursion-limit"]
        for name, has in (("trash-nesting", self.nesting), ("use-tracing", self.use_tracing), ("c-stack-bounds", self.has_bounds),
                          ("wide", self.thread_wide)):
            if has:
                names.append(name)
        return names

    def leave(self):
        """Called last before control leaves a context: what belongs to the thread has to be the same where it arrives."""
        fields = self.raw()
        self.left = [fields[name] for name in self.thread_wide]

    def values(self, me):
        fields = self.raw()
        limit = fields[self.limit] if self.limit else sys.getrecursionlimit()
        depth = limit - fields[self.remaining] if self.remaining else fields["recursion_depth"]
        tracing = fields["tracing"]
        values = {"depth": depth + self.depth_offset, "tracing-nesting": tracing, "recursion-limit": limit}
        if self.nesting:
            values["trash-nesting"] = fields[self.nesting] - sum(self.trash.get(block & 0xF0, 0) for block in me.blocks)
        if self.use_tracing:
            # Up to 3.10 sys.settrace switches it on inside a callback too (PyEval_SetTrace), where nothing looks at it (call_trace).
            values["use-tracing"] = int(fields[self.use_tracing] != 0 and (tracing == 0 or sys.version_info >= (3, 11)))
        if self.has_bounds:
            values["c-stack-bounds"] = int(fields["c_stack_hard_limit"] < fields["stack-pointer"] < fields["c_stack_top"])
        if self.thread_wide:
            values["wide"] = self.changed(fields)
        return values

    def changed(self, fields):
        left, self.left = self.left, None
        if left is not None:
            for place, name in enumerate(self.thread_wide):
                if fields[name] != left[place]:
                    return 1 + place
        return 0

    def calibrate(self, base):
        def at_the_end(*commands):
            return run_script(0, [decode(command) for command in commands])[-2][10]

        self.depth_offset = base - at_the_end(("collect",))["depth"]
        if self.nesting:
            for kind, block, commands in (
                ("callback", CALLBACK, (("trace", 1), ("callback", 0))), ("finalizer", FINALIZER, (("finalizer",),)), ("repr", REPR, (("repr",),)),
                ("trashcan", TRASHCAN, (("trashcan",),)),
            ):
                self.trash[block] = at_the_end(*commands)["trash-nesting"] - (kind == "trashcan")


# ---- Structural commands ---------------------------------------------------------------------------------------------------------

def inapplicable(me=None, a=0, b=0):
    now.status = "inapplicable"
    return 0


def ended(signal):
    """What a block's loop returned, seen from the loop around the block."""
    return 0 if signal == LEAVE else signal


def op_call(me, n, _):
    if len(me.blocks) == MAXIMUM_BLOCKS:
        return inapplicable()
    me.blocks.append(CALL | n)
    signal = me.bodies.calls[n](me)
    return 0 if signal == LEAVE else signal


def op_leave(me, *_):
    if not me.blocks:
        return inapplicable()
    block = me.blocks.pop()
    if block == TRACING_IN_C:
        return LEAVE_TRACING
    if block & 0xF0 == CALL:
        now.leaving, now.returned = True, 0
    return LEAVE


def op_except(me, exception, _):
    if not me.has_room_for_handler():
        return inapplicable()
    return push_handler(me, exception)


def push_handler(me, exception):
    in_generator = me.handlers_in_generator() >= 0
    me.blocks.append(HANDLER_BLOCK | exception)
    if in_generator:
        innermost = next(block for block in reversed(me.blocks) if block & 0xF0 == GENERATOR)
        now.generators[innermost & 0xF].exception = exception
        return HANDLER
    return ended(handler(me, exception))


def arrive(me):
    exception, now.arrived = now.arrived, 0
    return push_handler(me, exception)


def op_reraise(me, *_):
    now.probe = reraise()


def reraise():
    try:
        raise
    except Marked as raised:
        raised.__traceback__ = None
        return raised.number
    except RuntimeError:
        return 0


def op_generator(me, g, _):
    slot = now.generators[g]
    handlers = slot.handlers if slot is not None else []
    if len(me.blocks) + 1 + len(handlers) > MAXIMUM_BLOCKS:
        return inapplicable()
    if slot is not None and slot.body.gi_running:
        try:
            next(slot.body)
        except ValueError:
            now.status = "busy"
        return 0
    if slot is None:
        slot = now.generators[g] = Generator(me.bodies.generators[g])
    me.blocks.append(GENERATOR | g)
    me.blocks.extend(handlers)
    slot.me, slot.handlers = me, []
    # Calls of C functions that enter a block are starred: 3.11 specializes the plain form, and that saves a level of recursion depth.
    if next(*(slot.body, ENDED)) is YIELDED:
        return 0
    now.generators[g] = None
    return ended(slot.signal)


def op_yield(me, *_):
    handlers = me.handlers_in_generator()
    if handlers < 0:
        return inapplicable()
    at = len(me.blocks) - handlers - 1
    slot = now.generators[me.blocks[at] & 0xF]
    slot.handlers = me.blocks[at + 1:]
    del me.blocks[at:]
    return YIELD


def op_var(me, v, x):
    now.tokens.append((v, now.variables[v].set(x)))


def op_context(me, k, _):
    if len(me.blocks) == MAXIMUM_BLOCKS:
        return inapplicable()
    if now.user_contexts[k] is None:
        now.user_contexts[k] = contextvars.Context()
    now.signal = None
    me.blocks.append(CONTEXT | k)
    try:
        return ended(now.user_contexts[k].run(*(context_body, me)))
    except RuntimeError:
        me.blocks.pop()
        now.status = "entered"
    return 0


def context_body(me):
    return loop(me)


def op_trace(me, f, _):
    sys.settrace(TRACERS[f])


def op_profile(me, f, _):
    sys.setprofile(PROFILERS[f])


def op_callback(me, p, _):
    if me.is_tracing() or len(me.blocks) == MAXIMUM_BLOCKS:
        return inapplicable()
    now.armed = p
    return hidden_call(me, CALLBACK | p, callback_leaf)


def op_ctrace(me, *_):
    """A trace function written in C nests and shows no frame, so the same loop goes on."""
    if me.is_tracing() or len(me.blocks) == MAXIMUM_BLOCKS:
        return inapplicable()
    enter_tracing(thread_state())
    me.blocks.append(TRACING_IN_C)
    return 0


def hidden_call(me, block, function):
    """Enters a block whose loop the interpreter calls on its own, where it does."""
    me.blocks.append(block)
    now.entering, now.signal = me, None
    function()
    signal, now.armed = now.signal, -1
    if signal is None:  # the interpreter did not call it
        me.blocks.pop()
        return inapplicable()
    return 0 if signal == LEAVE else signal


def op_finalizer(me, *_):
    if len(me.blocks) == MAXIMUM_BLOCKS:
        return inapplicable()
    return hidden_call(me, FINALIZER, me.bodies.finalizer)


def op_repr(me, *_):
    if len(me.blocks) == MAXIMUM_BLOCKS:
        return inapplicable()
    return hidden_call(me, REPR, lambda: repr(*([me.bodies.repr()],)))


def op_trashcan(me, *_):
    if len(me.blocks) == MAXIMUM_BLOCKS:
        return inapplicable()
    return hidden_call(me, TRASHCAN, lambda: (me.bodies.trash(),) and None)


def op_limit(me, k, _):
    try:
        sys.setrecursionlimit(LIMITS[k])
    except RecursionError:
        now.status = "limit-too-low"


def op_local(me, x, _):
    now.local.value = x


def op_headroom(me, *_):
    now.probe = sys.getrecursionlimit() - depth()


def depth():
    """The recursion depth here, read from the refusal of a limit that is below it: nothing is left changed, tracing included."""
    try:
        sys.setrecursionlimit(1)
    except RecursionError as refused:
        return int(re.search(r"depth (\d+)", str(refused)).group(1))


def op_census(me, *_):
    now.probe = frames_alive() - baseline


def op_collect(me, *_):
    ambient()
    gc.collect()
    now.collects_inside = CAN_COLLECT_INSIDE


class Gone:
    """Something with a weak reference to it."""


def on_ambient(*_):
    """Python code where none was expected: what it does and undoes must not be seen."""
    try:
        raise KeyError
    except KeyError:
        pass


SIGNAL = getattr(signal, "SIGUSR1", None) if hasattr(signal, "raise_signal") and sys.platform != "emscripten" else None


def ambient():
    """A weak reference's callback, and a signal's handler where this is the main thread: with the collection, what can come between any two steps."""
    gone = Gone()
    reference = weakref.ref(gone, on_ambient)
    del gone
    if SIGNAL is not None and threading.current_thread() is threading.main_thread():
        before = signal.signal(SIGNAL, on_ambient)
        try:
            signal.raise_signal(SIGNAL)
            reference()  # it is handled by now: before a call at the latest
        finally:
            signal.signal(SIGNAL, before)


CAN_COLLECT_INSIDE = hasattr(gc, "callbacks") and hasattr(gc, "set_threshold")


def collect_inside():
    """From here on every allocation of a container collects, up to 3.11 where it stands, then as soon as Python code goes on; the callbacks of the
    collector are Python code. A switcher that allocates has both inside of its switch (gevent issue 1985)."""
    now.collects_inside = False
    gc.callbacks.append(on_ambient)
    gc.set_threshold(1, 1, 1)
    gc.enable()


def collect_no_more():
    gc.disable()
    gc.callbacks.remove(on_ambient)


def op_async(me, exception, _):
    me.thread.exception = exception
    now.async_waits = True


def deliver(me):
    exception = delivered(me)
    return push_handler(me, exception) if exception else 0


def delivered(me):
    """Sends the asynchronous exception that waits; which one has arrived, or 0."""
    exception, me.thread.exception = me.thread.exception, 0
    arrived = 0
    try:
        set_async(threading.get_ident(), EXCEPTIONS[exception])
        for _ in range(10000):
            pass
    except Marked as raised:
        raised.__context__ = raised.__traceback__ = None
        arrived = raised.number
    now.astray = not arrived
    return arrived


def take_back():
    """An asynchronous exception that had not arrived when the command was observed is not let arrive later, wherever that is: in a trace function
    CPython would clear it for that, and the process may be another script's by then. Not on 3.11, which takes its eval breaker for set until one arrives."""
    now.astray = False
    if sys.version_info[:2] != (3, 11):
        set_async(threading.get_ident(), NO_EXCEPTION)


# ---- Switcher commands -----------------------------------------------------------------------------------------------------------

def op_spawn(me, c, _):
    context = now.contexts[c]
    if context is not None and context.state != FINISHED:
        return inapplicable()
    context = now.contexts[c] = Context(c, me.thread, me, BORN)
    context.handle = switcher.spawn(lambda: run(context))


def run(me):
    if gc.isenabled():
        collect_no_more()
    me.state = RUNNING
    loop(me)
    if TRACING_IN_C in me.blocks and leave_tracing is not None:
        leave_tracing(thread_state())
    bury(me, me.parent)
    if fields is not None:
        fields.leave()
    if me.failure:
        raise EXCEPTIONS[me.failure]()


def bury(context, heir):
    context.state = FINISHED
    del context.blocks[:]
    for other in now.contexts:
        if other is not None:
            if other.parent is context:
                other.parent = heir
            if other.resumer is context:
                other.resumer = root_of(other)


def root_of(context):
    return now.contexts[4 if context.thread.number else 0]


def transfer(me, target, call, *arguments):
    """Calls something that moves control away, and returns once it is back here."""
    before, me.state = me.state, SUSPENDED
    resumer, target.resumer = target.resumer, me
    arrived = None
    if fields is not None:
        fields.leave()
    if now.collects_inside:
        collect_inside()
    try:
        call(*arguments)
    except BaseException as raised:
        raised.__traceback__ = raised.__context__ = None
        arrived = raised
    if gc.isenabled():
        collect_no_more()
    me.state = before
    if arrived is None or now.ending:
        return 0
    if isinstance(arrived, Marked):
        now.arrived = arrived.number
        return 0
    if me.killing and not isinstance(arrived, refusal):
        return UNWIND
    if not isinstance(arrived, refusal):
        note("unexpected from the switcher: " + one_line(arrived))
    target.resumer = resumer
    now.status = "refused"
    return 0


def reachable(target):
    """A context with a handle; the root of the second thread gets one when that thread starts."""
    if target.handle is None:
        start(target.thread)
    return target.handle


def op_switch(me, c, _):
    target = now.contexts[c]
    if target is None or target.state == FINISHED:
        return inapplicable()
    return transfer(me, target, switcher.switch, reachable(target))


def elsewhere(me, target):
    return target.thread is not me.thread or target.state in (ABANDONED, RUNNING)


def op_throw(me, c, exception):
    target = now.contexts[c]
    if target is None or target is me or target.state == FINISHED:
        return inapplicable()
    if not elsewhere(me, target) and (target.state == BORN or not target.has_room_for_handler()):
        return inapplicable()
    return transfer(me, target, switcher.throw, reachable(target), EXCEPTIONS[exception]())


def op_finish(me, *_):
    if me.number in (0, 4):
        return inapplicable()
    return UNWIND


def op_fail(me, exception, _):
    if me.number in (0, 4) or not receiver(me).has_room_for_handler():
        return inapplicable()
    me.failure = exception
    return UNWIND


def receiver(context):
    to = switcher.choices["finishTo"]
    candidate = context.parent if to == "spawner" else context.resumer if to == "resumer" else root_of(context)
    waits = candidate is not None and candidate.state == SUSPENDED and candidate.thread is context.thread
    return candidate if waits else root_of(context)


def op_kill(me, c, _):
    target = now.contexts[c]
    if target is None or target is me or target.state == FINISHED:
        return inapplicable()
    if not elsewhere(me, target) and is_ancestor(target, me):
        return inapplicable()
    parent = target.parent
    target.killing, target.parent = True, me
    signal = transfer(me, target, switcher.kill, reachable(target))
    if now.status == "refused":
        target.killing, target.parent = False, parent
    elif target.state == BORN:
        bury(target, me)
    return signal


def is_ancestor(context, of):
    while of is not None:
        if of is context:
            return True
        of = of.parent
    return context.number in (0, 4)


def op_walk(me, c, _):
    target = now.contexts[c]
    if target is None or target.state != SUSPENDED:
        return inapplicable()
    try:
        now.shown = chain(switcher.frames(target.handle))
    except AttributeError as broken:  # what a frame's f_back leads to is no frame
        note("the frames of a suspended context cannot be walked: " + one_line(broken))
        now.status = "refused"


# ---- Threads and fork ------------------------------------------------------------------------------------------------------------

def start(thread):
    """Starts the second thread and waits until its root context has a handle; it then waits for the baton."""
    ready = threading.Lock()
    ready.acquire()
    options = {}
    if getattr(sys.flags, "thread_inherit_context", 0):
        options["context"] = contextvars.Context()
    thread.system = threading.Thread(target=thread_main, args=(thread, now.contexts[4], ready), daemon=True, **options)
    thread.system.start()
    ready.acquire()


def thread_main(thread, root, ready):
    root.handle = switcher.current()
    ready.release()
    thread.wake.acquire()
    padded(floor(), root)
    if TRACING_IN_C in root.blocks and leave_tracing is not None:
        leave_tracing(thread_state())
    del root.blocks[:]
    if now.ending:
        finish_contexts(root)
        thread.unwound = True
        now.threads[0].wake.release()
        thread.wake.acquire()  # until the first thread has unwound too
        quiet()
    else:
        now.threads[0].wake.release()


def floor():
    """So many calls more and a root loop begins at the same depth everywhere: on both threads, in the calibration and in a run."""
    return 0 if PYPY else FLOOR - depth()


def padded(levels, root):
    return padded(levels - 1, root) if levels > 0 else loop(root)


def op_thread(me, t, _):
    if t > 1:
        return inapplicable()
    other = now.threads[t]
    if other is me.thread:
        return 0
    pass_baton(me.thread, other)
    return 0


def pass_baton(mine, other):
    if other.system is None and other.number:
        start(other)
    other.wake.release()
    mine.wake.acquire()
    if mine.number == 0 and now.threads[1].exiting:
        strand(now.threads[1], join=True)


def op_exit_thread(me, *_):
    if me.number != 4:
        return inapplicable()
    me.thread.exiting = True
    return UNWIND


def strand(thread, join):
    """A thread is gone: what it has suspended is nobody's, and a fresh thread takes its place."""
    if join:
        thread.system.join()
    for context in now.contexts:
        if context is not None and context.thread is thread and context.state in (BORN, SUSPENDED, RUNNING):
            context.state = ABANDONED
            now.stranded.append(context)
    now.threads[1] = Thread(1)
    now.contexts[4] = Context(4, now.threads[1], None, RUNNING)


def op_fork(me, *_):
    if me.thread.number:
        return inapplicable()
    reader, writer = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(reader)
        die_with_parent()
        now.pipe = writer
        strand(now.threads[1], join=False)
        return 0
    os.close(writer)
    with os.fdopen(reader, "rb") as pipe:
        lines = pipe.read().splitlines(True)
    status = os.waitpid(child, 0)[1]
    if status:
        note("the child of a fork ended with wait status %d" % status)
        lines = [line for line in lines if line.endswith(b"\n")]
        if not lines or not lines[-1].startswith(b'["crashed"'):
            lines.append(b'["crashed", 0, [], [], [0, 0], [0, 0], [0, 0], 0, 0, 0%s]\n' % (b"" if fields is None else b", {}"))
    now.observations.extend(json.loads(line) for line in lines)
    if now.pipe is not None:
        os.write(now.pipe, b"".join(lines))
    now.crashed = status != 0
    now.relayed = True
    end(me)
    return UNWIND


# ---- The end of a script ---------------------------------------------------------------------------------------------------------

def end(me):
    """From here on every loop that gets control ends, and so every context."""
    if progress is not None:
        progress(now.number, now.count)
    now.ending = True


def quiet():
    """Only when nothing is suspended any more: the teardown shall not be what provokes a deviation."""
    if sys.gettrace() is not None:
        sys.settrace(None)
    if sys.getprofile() is not None:
        sys.setprofile(None)
    if sys.platform == "emscripten" and sys.version_info >= (3, 12):
        # Pyodide keeps thread states for tasks to come, in 0.26.2 to 314.0.4 with the functions that they had: those are the next script's then.
        threading.settrace_all_threads(None)
        threading.setprofile_all_threads(None)


def finish_contexts(root):
    """Lets the suspended contexts of this thread unwind."""
    for context in now.contexts:
        attempts = 0
        while context is not None and context.thread is root.thread and context.state == SUSPENDED and context is not root and attempts < 5:
            transfer(root, context, switcher.switch, context.handle)
            attempts += 1


def nothing_held():
    return 0


def run_script(number, commands):
    global now, baseline
    now = script = Script(number, commands)
    if not PYPY:
        baseline = frames_alive()
    held = getattr(switcher, "held", nothing_held)
    before = held()
    limit = sys.getrecursionlimit()
    root = script.contexts[0]
    root.handle = switcher.current()
    sys.setrecursionlimit(LIMITS[0])
    padded(floor(), root)
    if TRACING_IN_C in root.blocks and leave_tracing is not None:
        leave_tracing(thread_state())
    del root.blocks[:]
    finish_contexts(root)
    second = script.threads[1]
    if second.system is not None:
        if not second.unwound:
            pass_baton(script.threads[0], second)
        second.wake.release()
        second.system.join()
    quiet()
    clean(script, root)
    if not script.relayed:
        script.status = "ok"
        script.probe, script.shown, script.leaving = 0, None, False
        expected = sum(1 for context in script.stranded for block in context.blocks if block < HANDLER_BLOCK and block != TRACING_IN_C)
        script.probe = 0 if PYPY else frames_alive() - baseline - expected + held() - before  # counted where the command census is offered
        observe(root)
    sys.setrecursionlimit(limit)
    if script.pipe is not None:
        os._exit(1 if script.crashed else 0)
    for context in script.stranded:
        if hasattr(switcher, "reap") and context.handle is not None and context.number != 4:
            switcher.reap(context.handle)
    del script.observations[0]  # made before the first command
    return script.observations


def clean(script, root):
    for slot in script.generators:
        if slot is not None and not slot.body.gi_running:
            slot.me = root
            next(slot.body, None)
    for v, token in reversed(script.tokens):
        try:
            script.variables[v].reset(token)
        except (ValueError, RuntimeError):
            pass  # of another Context object
    if script.local is not None:
        script.local.value = 0
    for context in script.contexts:
        if context is not None and context not in script.stranded:
            context.handle = None


# ---- What this interpreter offers ------------------------------------------------------------------------------------------------

PARAMETERS = {
    "call": ((0, 7),), "leave": (), "except": ((1, 7),), "reraise": (), "generator": ((0, 1),), "yield": (), "var": ((0, 1), (1, 3)),
    "context": ((0, 1),), "trace": ((0, 2),), "profile": ((0, 2),), "callback": ((0, 1),), "ctrace": (), "finalizer": (), "repr": (), "trashcan": (),
    "limit": ((0, 2),), "local": ((0, 3),), "headroom": (), "census": (), "walk": ((0, 4),), "collect": (), "async": ((1, 7),),
    "exit-thread": (), "fork": (), "thread": ((0, 2),), "spawn": ((1, 3),), "switch": ((0, 4),), "throw": ((0, 4), (1, 7)),
    "finish": (), "fail": ((1, 7),), "kill": ((0, 4),),
}

# Known to the script language, never offered here: always inapplicable.
ELSEWHERE = {"native", "recovering", "jit", "finalize", "detach", "attach", "new", "save", "restore", "discard", "drop", "top",
             "get-context", "set-context", "traverse", "clear", "abandoned", "pending"}

CHANNELS = ["status", "running", "frames", "handled", "vars", "trace", "profile", "event", "local", "probe"]


def find_set_async():
    """PyThreadState_SetAsyncExc, and what it takes for no exception."""
    try:
        import ctypes
        function = ctypes.pythonapi.PyThreadState_SetAsyncExc
        function.argtypes = (ctypes.c_ulong, ctypes.py_object)
        return function, ctypes.py_object()
    except (ImportError, AttributeError):
        return None, None


def find_tracing():
    """What gives the thread state, nests trace callbacks by one, and ends that: PyThreadState_EnterTracing, before 3.11 the field itself."""
    try:
        import ctypes
        api = ctypes.pythonapi
        current = api.PyThreadState_Get
    except (ImportError, AttributeError):
        return None, None, None
    current.restype = ctypes.c_void_p
    if sys.version_info >= (3, 11):
        enter, leave = api.PyThreadState_EnterTracing, api.PyThreadState_LeaveTracing
        enter.argtypes = leave.argtypes = (ctypes.c_void_p,)
        enter.restype = leave.restype = None
        return current, enter, leave
    if ctypes.sizeof(ctypes.c_void_p) != 8:
        return None, None, None

    word, size = ctypes.c_int.from_address, ctypes.sizeof(ctypes.c_void_p)

    def nest(state, by):
        # As call_trace in ceval.c: use_tracing is off while a callback runs and on again after it where a function is set. `tracing` comes
        # after four pointers, recursion_depth, the state of an overflow, and stackcheck_counter (3.8 to 3.10); use_tracing, in 3.10 the
        # cframe that begins with it, and the profile and the trace function follow.
        tracing, after = word(state + 4 * size + 12), state + 4 * size + 16
        tracing.value += by
        pointers = (ctypes.c_void_p * 3).from_address(after)
        use_tracing = word(after if sys.version_info < (3, 10) else pointers[0])
        use_tracing.value = 1 if tracing.value == 0 and (pointers[1] or pointers[2]) else 0

    return current, lambda state: nest(state, 1), lambda state: nest(state, -1)


def interpret_only():
    """A verdict has to repeat in a fresh process, and what PyPy's JIT has compiled depends on every script that ran before: with it on,
    one script in some ten thousand loses a profile event and does not lose it alone."""
    import pypyjit

    pypyjit.set_param("off")


def die_with_parent():
    try:
        import ctypes
        ctypes.CDLL(None).prctl(1, 9)  # PR_SET_PDEATHSIG, SIGKILL
    except (ImportError, AttributeError, OSError):
        pass


def offered():
    missing = set(getattr(switcher, "without", ()))
    if set_async is None:
        missing.add("async")
    if enter_tracing is None:
        missing.add("ctrace")
    if not hasattr(os, "fork") or sys.platform == "emscripten":
        missing.add("fork")
    if not getattr(switcher, "threads", False):
        missing |= {"thread", "exit-thread"}
    for command, need in (("throw", "throw"), ("kill", "kill"), ("walk", "frames")):
        if not hasattr(switcher, need):
            missing.add(command)
    if PYPY:
        # No recursion depth is kept (the limit is one of C stack bytes), and __del__ waits for a collection.
        # A suspended generator there keeps frames alive that its handled exception was raised under, so a census counts those too.
        missing |= {"headroom", "limit", "finalizer", "trashcan", "census"}
    return missing


def measured_depth(*commands):
    """The depth at the end of a script, from its headroom probe."""
    script = [decode(command) for command in commands + (("headroom",),)]
    return LIMITS[0] - run_script(0, script)[len(commands)][9]


def calibrate():
    """The levels that each kind of block costs, or None where they are not always the same."""
    base = measured_depth()
    levels = {"base": base}
    for kind, commands in (
        ("call", (("call", 0),)), ("generator", (("generator", 0),)), ("handler", (("except", 1),)), ("context", (("context", 0),)),
        ("callback", (("trace", 1), ("callback", 0))), ("finalizer", (("finalizer",),)), ("repr", (("repr",),)),
        ("trashcan", (("trashcan",),)),
    ):
        levels[kind] = measured_depth(*commands) - base
    levels["generatorHandler"] = measured_depth(("generator", 0), ("except", 1)) - base - levels["generator"]
    fresh = measured_depth(("spawn", 1), ("switch", 1))
    levels["spawn"] = fresh - (base if switcher.choices["freshDepth"] == "inherit" else 0)
    if fields is not None:
        fields.calibrate(base)
    return levels


def build():
    debug, jit = hasattr(sys, "gettotalrefcount"), getattr(sys, "_jit", None)
    if jit is None or not jit.is_enabled():
        return "debug" if debug else "release"
    return "debug-jit" if debug else "jit"


def hello():
    name = "PyPy" if PYPY else "CPython"
    version = sys.pypy_version_info if PYPY else sys.version_info
    missing = offered()
    levels = None if "headroom" in missing else calibrate()
    return {
        "op": "hello", "protocol": PROTOCOL,
        "implementation": {"name": switcher.name, "version": switcher.version},
        "interpreter": {"name": name, "version": "%d.%d.%d" % tuple(version[:3]), "language": "%d.%d.%d" % sys.version_info[:3],
                        "build": build()},
        "alphabets": ["switcher"],
        "commands": [command for command in PARAMETERS if command not in missing],
        "channels": [channel for channel in CHANNELS + (["raw"] if fields is not None else []) if channel not in missing],
        "choices": switcher.choices,
        "topology": "mesh",
        "threads": 2 if getattr(switcher, "threads", False) else 1,
        "limits": list(LIMITS),
        "levels": levels,
        **({} if fields is None else {"raw": fields.names()}),
    }


# ---- The protocol ----------------------------------------------------------------------------------------------------------------

decoded = {}
PROGRESS = struct.Struct("<II")
progress = None
baseline = 0
has_local = True


def decode(command):
    """A command as the loop wants it. ValueError when it is none."""
    key = tuple(command)
    found = decoded.get(key)
    if found is None:
        name = key[0] if key else None
        arguments = key[1:]
        if name in ELSEWHERE:
            found = inapplicable, 0, 0
        elif not isinstance(name, str) or name not in PARAMETERS or len(arguments) != len(PARAMETERS[name]):
            raise ValueError("not a command: %s" % json.dumps(command))
        else:
            for value, (low, high) in zip(arguments, PARAMETERS[name]):
                if type(value) is not int or not low <= value <= high:
                    raise ValueError("argument out of range: %s" % json.dumps(command))
            operation = inapplicable if name in offered() else globals()["op_" + name.replace("-", "_")]
            found = (operation,) + arguments + (0,) * (2 - len(arguments))
        decoded[key] = found
    return found


def load_switcher(path):
    specification = importlib.util.spec_from_file_location("switcher", path)
    module = importlib.util.module_from_spec(specification)
    specification.loader.exec_module(module)
    for need in ("name", "version", "choices", "spawn", "switch", "current"):
        if not hasattr(module, need):
            raise AttributeError("%s has no %s" % (os.path.basename(path), need))
    return module


def find_fields():
    """What shows the fields of the thread state: the switcher, or the module _threadstate where its folder has been given (--path)."""
    shows = switcher if hasattr(switcher, "raw") else module_where("_threadstate")
    return None if shows is None or {"raw", "headroom"} & offered() else Fields(shows.raw, shows.thread_wide)


def module_where(name):
    try:
        return importlib.import_module(name)
    except ImportError:
        return None


def note(text):
    sys.stderr.write("driver: %s\n" % text)
    sys.stderr.flush()


def take_streams():
    """The protocol keeps the real standard streams; user code that prints reaches standard error."""
    requests = os.fdopen(os.dup(0), "r", encoding="utf-8")
    answers = os.fdopen(os.dup(1), "w", encoding="utf-8")
    nothing = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, 0)
    os.close(nothing)
    os.dup2(2, 1)
    sys.stdout = sys.stderr
    return requests, answers


def one_line(exception):
    return " ".join(("%s: %s" % (type(exception).__name__, exception)).split())


def mapped(path):
    """What writes down the command that comes next, so that it outlives a crash. No frame of Python's is entered for it."""
    global progress_map
    import mmap  # not everywhere

    with open(path, "r+b") as file:
        file.truncate(16)
        progress_map = mmap.mmap(file.fileno(), 16)
    progress_map[:] = b"\xff" * 8 + MAGIC
    return functools.partial(PROGRESS.pack_into, progress_map, 0)


def prepare(file, mark=None):
    """Makes this process ready to be asked. `mark(script, command)` is called before each command."""
    global switcher_file, progress, set_async, NO_EXCEPTION, thread_state, enter_tracing, leave_tracing
    warnings.simplefilter("ignore")
    switcher_file, progress = file, mark
    (set_async, NO_EXCEPTION), (thread_state, enter_tracing, leave_tracing) = find_set_async(), find_tracing()
    gc.disable()
    if PYPY:
        interpret_only()


def reply(line):
    """The answer to one line, None where there is none; and the exit code where this was the last line, otherwise None."""
    global switcher, refusal, has_local, fields, greeting
    try:
        request = json.loads(line)
        op = request["op"]
        if op == "hello" and request["protocol"] != PROTOCOL:
            raise ValueError("protocol %s is not spoken here, %d is" % (request["protocol"], PROTOCOL))
        if op == "run":
            if switcher is None:
                raise ValueError("run before hello")
            scripts = [[decode(command) for command in script] for script in request["scripts"]]
        elif op not in ("hello", "bye"):
            raise ValueError("unknown op %s" % json.dumps(op))
    except (ValueError, KeyError, TypeError) as malformed:
        return message({"op": "error", "message": one_line(malformed)}), None
    if op == "bye":
        return None, 0
    if op == "run":
        return message({"op": "ran", "id": request.get("id"), "results": [run_script(n, script) for n, script in enumerate(scripts)]}), None
    if switcher is None:
        try:
            switcher = load_switcher(switcher_file)
            if hasattr(switcher, "install"):
                switcher.install(sys.modules[__name__])
            refusal = getattr(switcher, "error", ())
            has_local = "local" not in offered()
            fields = find_fields()
            greeting = message(hello())
        except BaseException as broken:
            return message({"op": "error", "message": "the switcher cannot be used: " + one_line(broken)}), 3
        if hasattr(gc, "freeze"):
            gc.collect()
            gc.freeze()  # what a collection in a script has to look at is what that script made
    return greeting, None


def message(value):
    return json.dumps(value, separators=(",", ":"))


def main(arguments):
    requests, answers = take_streams()
    options = dict(zip(arguments[2::2], arguments[3::2]))
    if len(arguments) < 2 or len(arguments) % 2 or not set(options) <= {"--path", "--progress"}:
        note("usage: python driver.py SWITCHER_FILE [--path FOLDER] [--progress FILE]")
        return 2
    if "--path" in options:
        sys.path.insert(0, options["--path"])
    prepare(arguments[1], mapped(options["--progress"]) if "--progress" in options else None)
    for line in iter(requests.readline, ""):
        answer, code = reply(line)
        if answer is not None:
            answers.write(answer + "\n")
            answers.flush()
        if code is not None:
            return code
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv))
