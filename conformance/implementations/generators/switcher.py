"""A second control: every context is a generator, and a loop says which one goes on. Nothing here saves or restores interpreter state, and there is one
thread, so that what belongs to the thread (trace function, threading.local) need not be carried along. The contract is ../python/switcher_contract.md.

A generator is suspended in its own frame only, not in what it has called. The driver's blocks are therefore generators too, each waiting for the one inside it
by `yield from`, up to the loop. Where C code calls Python there can be none: __del__, __repr__, trace functions and Context.run are not offered,
and neither are the script's own generators. A generator that waits has no f_back, so that there is nothing to walk. It has no Context object either
(PEP 567; PEP 568, which would give it one, was deferred): context variables are not offered."""

import sys
import types

name = "generators"
version = "1"
choices = {"freshContext": "shared", "finishTo": "spawner", "freshDepth": "zero"}
without = ("var", "context", "generator", "yield", "callback", "ctrace", "finalizer", "repr", "trashcan")

if (3, 10) <= sys.version_info < (3, 12) and sys.implementation.name == "cpython":
    without += ("headroom",)  # one script in thousands sees three levels more after a trace function was set; why is not known

driver = None  # the module whose blocks are replaced


KILLED = object()  # sent instead of an exception, to make a context end


def current():
    return None


def spawn(run):
    raise NotImplementedError("contexts are made by op_spawn")


switch = throw = kill = spawn  # offered, and done by the commands below


def install(module):
    """Puts the blocks that are generators in place of the driver's."""
    global driver
    driver = module
    for operation in (op_call, op_except, op_spawn, op_switch, op_throw, op_kill):
        setattr(module, operation.__name__, operation)
    module.loop = conduct
    module.finish_contexts = finish_contexts
    for slot, bodies in enumerate(module.BODIES):
        bodies.calls = [labelled("call%d" % n, slot) for n in range(8)]


def labelled(label, slot):
    file = "<%s of c%d>" % (label, slot)
    code = call_body.__code__.replace(co_filename=file, co_name=label)
    return types.FunctionType(code, globals(), label)


# ---- What conducts them ----------------------------------------------------------------------------------------------------------

def conduct(root):
    """Runs the root context and whichever it switches to, until it ends. Called where the driver calls its own loop. An exception is handed over, and
    raised by who gets it: throw() of a generator left out the frames between it and the innermost one up to 3.9."""
    root.handle = loop(root)
    context, exception = root, None
    while True:
        try:
            context, exception = context.handle.send(exception)
        except StopIteration:
            if context is root:
                return driver.UNWIND
            context, exception = context.parent, None
        except driver.Marked as failure:
            failure.__traceback__ = None
            context, exception = context.parent, failure


def finish_contexts(root):
    """Lets the suspended contexts unwind."""
    for context in driver.now.contexts:
        while context is not None and context is not root and context.state == driver.SUSPENDED:
            try:
                context.handle.send(None)
            except (StopIteration, driver.Marked):
                pass


def run(me):
    me.state = driver.RUNNING
    yield from loop(me)
    driver.bury(me, me.parent)
    if me.failure:
        raise driver.EXCEPTIONS[me.failure]()


def loop(me):
    """As the driver's: observes, and carries out the next command, to the end of the block."""
    while True:
        script = driver.now
        if script.ending:
            return driver.UNWIND
        if script.arrived:
            exception, script.arrived = script.arrived, 0
            signal = yield from handler_block(me, exception)
        elif script.async_waits and me.thread.exception and me.has_room_for_handler():
            exception = driver.delivered(me)
            signal = (yield from handler_block(me, exception)) if exception else 0
        else:
            try:
                driver.observe(me)
            except RecursionError:
                script.status = "recursion-error"
                me.blocks.pop()
                return driver.LEAVE
            command = driver.following(me)
            if command is None:
                return driver.UNWIND
            operation, a, b = command
            signal = operation(me, a, b)
            if type(signal) is types.GeneratorType:
                signal = yield from signal
        if signal:
            return signal


# ---- Blocks ----------------------------------------------------------------------------------------------------------------------

def call_body(me):
    canary = driver.Canary()
    return (yield from loop(me))


def op_call(me, n, _):
    if len(me.blocks) == driver.MAXIMUM_BLOCKS:
        return driver.inapplicable()
    me.blocks.append(driver.CALL | n)
    return driver.ended((yield from me.bodies.calls[n](me)))


def op_except(me, exception, _):
    if not me.has_room_for_handler():
        return driver.inapplicable()
    return handler_block(me, exception)


def handler_block(me, exception):
    me.blocks.append(driver.HANDLER_BLOCK | exception)
    return driver.ended((yield from handler(me, exception)))


def handler(me, exception):
    try:
        raise driver.EXCEPTIONS[exception]()
    except driver.Marked as raised:
        driver.settle(raised)
        return (yield from loop(me))


# ---- Contexts --------------------------------------------------------------------------------------------------------------------

def transfer(me, target, exception=None):
    """Gives control away, and goes on once it is back here."""
    before, me.state = me.state, driver.SUSPENDED
    target.resumer = me
    arrived = yield target, exception
    me.state = before
    if arrived is KILLED:
        return driver.UNWIND
    if arrived is not None and not driver.now.ending:
        driver.now.arrived = arrived.number
    return 0


def op_spawn(me, c, _):
    context = driver.now.contexts[c]
    if context is not None and context.state != driver.FINISHED:
        return driver.inapplicable()
    context = driver.now.contexts[c] = driver.Context(c, me.thread, me, driver.BORN)
    context.handle = run(context)
    return 0


def op_switch(me, c, _):
    target = driver.now.contexts[c]
    if target is None or target.state == driver.FINISHED:
        return driver.inapplicable()
    return 0 if target is me else transfer(me, target)


def op_throw(me, c, exception):
    target = driver.now.contexts[c]
    if target is None or target is me or target.state in (driver.FINISHED, driver.BORN) or not target.has_room_for_handler():
        return driver.inapplicable()
    return transfer(me, target, driver.EXCEPTIONS[exception]())


def op_kill(me, c, _):
    target = driver.now.contexts[c]
    if target is None or target is me or target.state == driver.FINISHED or driver.is_ancestor(target, me):
        return driver.inapplicable()
    target.killing, target.parent = True, me
    if target.state != driver.BORN:
        return transfer(me, target, KILLED)
    driver.bury(target, me)
    return 0
