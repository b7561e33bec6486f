# ---- How a step is carried out: each block is real Python code that goes on with the steps inside of itself, in run(). ----
LEAVE, END, YIELD, HANDLE = "leave", "end", "yield", "handle"  # what run() answers to the block that called it
LABELS = ["call%d" % n for n in range(8)] + ["gen0", "gen1", "trace", "profile", "del", "repr", "trash"]
S = types.SimpleNamespace(position=0, status="ok", probe=0, shown=None, event=0, leaving=False, ending=False)
observed = []
wanted = {}  #: headroom

class Marked(Exception):
    label = link = None

class Canary:
    "Lives as long as the frame that holds it."

E = [type("E%d" % n, (Marked,), {"label": "e%d" % n, "number": n}) for n in range(8)]

class Thread:
    def __init__(self, number):
        self.number, self.pending = number, 0
        self.baton, self.gone, self.real = threading.Semaphore(0), False, None  #: thread

class Context:
    def __init__(self, number, thread, parent=None, state="running"):
        self.number, self.thread, self.parent, self.state, self.blocks = number, thread, parent, state, []
        self.greenlet, self.failure, self.starter, self.excess = None, 0, 0, 0

def run(me):
    entered = depth()  #: headroom
    while not S.ending:
        if me.thread.pending and has_room(me):  #: async
            signal = deliver(me)  #: async
            if signal:  #: async
                return signal  #: async
            continue  #: async
        observe(me)
        if S.position == len(STEPS):
            sys.settrace(None)  #: trace
            sys.setprofile(None)  #: profile
            S.ending = True
            break
        name, a, b = (STEPS[S.position] + (0, 0))[:3]
        S.position, S.status, S.probe, S.shown, S.leaving = S.position + 1, "ok", 0, None, False
        if name == "headroom":  #: headroom
            S.probe, wanted[S.position] = sys.getrecursionlimit() - depth(), sys.getrecursionlimit() - entered + me.excess  #: headroom
        signal = globals()["do_" + name.replace("-", "_")](me, a, b)
        if signal:
            return signal
    return END

def observe(me):
    S.seen = [0, 0]  #: leaf
    leaf()  #: leaf
    error = sys.exc_info()[1]  #: .handled
    observed.append({
        "status": S.status,  #: .status
        "running": me.number,  #: .running
        "frames": chain(sys._getframe()) if S.shown is None else S.shown,  #: .frames
        "handled": [] if error is None else [label(error), getattr(error, "link", None)],  #: .handled
        "vars": [VARS[0].get(0), VARS[1].get(0)],  #: .vars var
        "vars": [0, 0],  #: .vars !var
        "trace": [TRACE.index(sys.gettrace()) if sys.gettrace() in TRACE else 9, S.seen[0]],  #: .trace trace
        "trace": [0, 0],  #: .trace !trace
        "profile": [PROFILE.index(sys.getprofile()) if sys.getprofile() in PROFILE else 9, S.seen[1]],  #: .profile profile
        "profile": [0, 0],  #: .profile !profile
        "event": S.event if S.leaving else 0,  #: .event
        "local": getattr(LOCAL, "value", 0),  #: .local local
        "local": 0,  #: .local !local
        "probe": S.probe,  #: .probe
    })

def chain(frame):
    found, seen = [], set()
    while frame is not None and frame not in seen:
        seen.add(frame)
        if frame.f_code.co_name in LABELS:
            found.append(frame.f_code.co_name)
        frame = frame.f_back
    return found

def depth():
    if not hasattr(sys, "getrefcount"):
        return 0  # PyPy keeps none
    try:
        sys.setrecursionlimit(1)  # refused, and the refusal says how deep we are
    except RecursionError as refused:
        return int(re.search(r"depth (\d+)", str(refused)).group(1))

def alive():
    if not hasattr(sys, "getrefcount"):
        gc.collect()  # PyPy
    return sum(type(o) is Canary for o in gc.get_objects())

def named(function, name, *defaults):
    return types.FunctionType(function.__code__.replace(co_name=name), globals(), name, defaults)

def label(error):
    return None if error is None else getattr(error, "label", type(error).__name__)

def leaf():
    pass

def trigger():
    pass

def inapplicable():
    S.status = "inapplicable"

def left(signal):
    return None if signal == LEAVE else signal

def full(me, more=1):
    return len(me.blocks) + more > 12

def has_room(me):
    return not full(me) and handlers(me) < 3

def handlers(me):
    "The handlers open in the body of the innermost generator; -1 when the innermost block but handlers is none."
    others = [i for i, block in enumerate(me.blocks) if block[0] != "except"]
    return len(me.blocks) - 1 - others[-1] if others and me.blocks[others[-1]][0] == "generator" else -1

# ---- Blocks ----
def on_call(me):
    canary = Canary()  #: alive
    return run(me)

def on_del(self):
    canary = Canary()  #: alive
    S.signal = run(S.entering)

def on_repr(self):
    canary = Canary()  #: alive
    S.signal = run(S.entering)
    return ""

def on_trace(frame, event, argument, which=0):
    canary = Canary()  #: alive
    fire(frame.f_code.co_name, event, 0, which)

def on_profile(frame, event, argument, which=0):
    canary = Canary()  #: alive
    fire(frame.f_code.co_name, event, 1, which)

def fire(name, event, p, which):
    if event == "call" and name == "leaf":
        S.seen[p] = which
    elif event == "call" and name == "trigger" and S.armed == p:  #: callback
        S.armed = None  #: callback
        S.signal = run(S.entering)  #: callback
    elif event == "return" and p and name in LABELS[:8]:  #: .event
        S.event = which  #: .event

TRACE = [None] + [named(on_trace, "trace", n) for n in (1, 2)]
PROFILE = [None] + [named(on_profile, "profile", n) for n in (1, 2)]
VARS = contextvars.ContextVar("v0"), contextvars.ContextVar("v1")
LOCAL = threading.local()

def hidden(me, block, action):
    "A block whose code the interpreter calls by itself, where it does."
    if full(me):
        return inapplicable()
    me.blocks.append(block)
    S.entering, S.signal = me, None
    action()
    S.armed, signal = None, S.signal
    if sys.gettrace() is on_unlabelled_trace:  #: ctrace
        sys.settrace(S.former)  #: ctrace
    if signal is None:
        me.blocks.pop()
        return inapplicable()
    return left(signal)

def on_except(me, number):
    try:
        raise E[number]()
    except Marked as error:
        settle(error)
        return run(me)

def settle(error):
    error.link, error.__context__, error.__traceback__ = label(error.__context__), None, None

def on_generator(slot):
    canary = Canary()  #: alive
    slot.signal = yield from body(slot)

def body(slot):
    while True:
        signal = run(slot.me)
        if signal == YIELD:
            yield YIELD
        elif signal == HANDLE:
            signal = yield from on_except_in_generator(slot, slot.error)
            if signal != LEAVE:
                return signal
        else:
            return signal

def on_except_in_generator(slot, number):
    try:
        raise E[number]()
    except Marked as error:
        settle(error)
        return (yield from body(slot))

def handle(me, number):
    n = handlers(me)  #: generator
    me.blocks.append(("except", number))
    if n >= 0:  #: generator
        GENERATORS[me.blocks[-2 - n][1]].error = number  #: generator
        return HANDLE  # the handler has to be opened by the generator's own code  #: generator
    return left(on_except(me, number))

# ---- Steps ----
def do_headroom(me, *_):
    pass

def do_collect(me, *_):
    gc.collect()

def do_local(me, x, _):
    LOCAL.value = x

def do_var(me, v, x):
    VARS[v].set(x)

def do_trace(me, f, _):
    sys.settrace(TRACE[f])

def do_profile(me, f, _):
    sys.setprofile(PROFILE[f])

def do_census(me, *_):
    S.probe = alive() - BASELINE

def do_async(me, number, _):
    me.thread.pending = number

def do_except(me, number, _):
    return handle(me, number) if has_room(me) else inapplicable()

def do_finalizer(me, *_):
    return hidden(me, ("finalizer", 0), type("F", (), {"__slots__": (), "__del__": named(on_del, "del")}))

def do_repr(me, *_):
    kind = type("R", (), {"__repr__": named(on_repr, "repr")})
    return hidden(me, ("repr", 0), lambda: repr([kind()]))

def do_trashcan(me, *_):
    kind = type("T", (), {"__slots__": (), "__del__": named(on_del, "trash")})
    return hidden(me, ("trashcan", 0), lambda: (kind(),) and None)

def do_call(me, n, _):
    if full(me):
        return inapplicable()
    me.blocks.append(("call", n))
    return left(named(on_call, "call%d" % n)(me))

def do_leave(me, *_):
    if not me.blocks:
        return inapplicable()
    block, number = me.blocks.pop()
    S.leaving, S.event = block == "call", 0  #: .event
    return LEAVE

def do_reraise(me, *_):
    try:
        raise
    except Marked as error:
        error.__traceback__ = None
        S.probe = error.number
    except RuntimeError:
        pass  # there is nothing to raise again

GENERATORS = [None, None]

def do_generator(me, g, _):
    slot = GENERATORS[g]
    held = slot.held if slot else []
    if full(me, 1 + len(held)):
        return inapplicable()
    if slot and slot.body.gi_running:
        try:
            next(slot.body)
        except ValueError:
            S.status = "busy"
        return
    if not slot:
        slot = GENERATORS[g] = types.SimpleNamespace()
        slot.body = named(on_generator, "gen%d" % g)(slot)
    me.blocks += [("generator", g)] + held
    slot.me, slot.held = me, []
    if next(slot.body, None) == YIELD:
        return
    GENERATORS[g] = None
    return left(slot.signal)

def do_yield(me, *_):
    n = handlers(me)
    if n < 0:
        return inapplicable()
    at = len(me.blocks) - 1 - n
    GENERATORS[me.blocks[at][1]].held = me.blocks[at + 1:]
    del me.blocks[at:]
    return YIELD

USER = [None, None]

def do_context(me, k, _):
    if full(me):
        return inapplicable()
    if USER[k] is None:
        USER[k] = contextvars.Context()
    me.blocks.append(("context", k))
    try:
        return left(USER[k].run(run, me))
    except RuntimeError:
        me.blocks.pop()
        S.status = "entered"

def do_callback(me, p, _):
    if not (sys.gettrace(), sys.getprofile())[p] or "callback" in dict(me.blocks):
        return inapplicable()
    S.armed = p
    return hidden(me, ("callback", p), trigger)

def do_ctrace(me, *_):
    if "callback" in dict(me.blocks) or full(me):
        return inapplicable()
    S.former = sys.gettrace()
    sys.settrace(on_unlabelled_trace)
    S.armed = 2
    return hidden(me, ("callback", 2), trigger)

def on_unlabelled_trace(frame, event, argument):
    "Nests as one written in C would, and shows no frame of its own."
    if event == "call" and frame.f_code.co_name == "trigger":
        sys.settrace(S.former)
        S.armed, S.signal = None, run(S.entering)

def do_limit(me, k, _):
    try:
        sys.setrecursionlimit(LIMITS[k])
    except RecursionError:
        S.status = "limit-too-low"

def deliver(me):
    number, me.thread.pending = me.thread.pending, 0
    try:
        ctypes.pythonapi.PyThreadState_SetAsyncExc(ctypes.c_ulong(threading.get_ident()), ctypes.py_object(E[number]))
        for _ in range(10000):
            pass
    except Marked as error:
        error.__context__ = error.__traceback__ = None
        arrived = error.number
    return handle(me, arrived)

# ---- Contexts are greenlets ----
def transfer(me, target, call, *arguments):
    me.state, killed, arrived = "suspended", False, None
    target.starter = depth()  #: headroom
    try:
        call(*arguments)
    except greenlet.error:
        S.status = "refused"
    except greenlet.GreenletExit:  #: kill
        killed = True  #: kill
    except Marked as error:  #: arrive
        arrived = error.number  #: arrive
        error.__context__ = error.__traceback__ = None  #: arrive
    me.state = "running"
    if S.ending or killed:
        return END
    if arrived:  #: arrive
        return handle(me, arrived)  #: arrive

def root(me):
    me.state = "running"
    me.excess = depth() - me.starter - COST  #: headroom
    run(me)
    me.state, me.blocks = "finished", []
    if me.failure:  #: fail
        raise E[me.failure]()  #: fail

def target_of(c, *states):
    target = CONTEXTS[c]
    return target if target and target.state in states else None

def living(context):
    while context.state == "finished":
        context = context.parent
    return context

def elsewhere(me, target):
    return target.thread is not me.thread or target.state == "abandoned"

def do_spawn(me, c, _):
    if target_of(c, "born", "running", "suspended", "abandoned"):
        return inapplicable()
    CONTEXTS[c] = Context(c, me.thread, me, "born")
    CONTEXTS[c].greenlet = greenlet.greenlet(functools.partial(root, CONTEXTS[c]))

def do_switch(me, c, _):
    target = target_of(c, "born", "running", "suspended", "abandoned")
    return transfer(me, target, target.greenlet.switch) if target else inapplicable()

def do_throw(me, c, number):
    target = target_of(c, "born", "running", "suspended", "abandoned")
    if not target or target is me or not elsewhere(me, target) and (target.state == "born" or not has_room(target)):
        return inapplicable()
    return transfer(me, target, target.greenlet.throw, E[number]())

def do_finish(me, *_):
    return END if me.parent else inapplicable()

def do_fail(me, number, _):
    if not me.parent or not has_room(living(me.parent)):
        return inapplicable()
    me.failure = number
    return END

def do_kill(me, c, _):
    target, ancestor = target_of(c, "born", "running", "suspended", "abandoned"), me
    while ancestor and ancestor is not target:
        ancestor = ancestor.parent and living(ancestor.parent)
    if not target or ancestor:
        return inapplicable()
    born = target.state == "born"
    if not elsewhere(me, target):
        target.parent, target.greenlet.parent = me, me.greenlet
    signal = transfer(me, target, target.greenlet.throw)
    if born and S.status == "ok":
        target.state = "finished"
    return signal

def do_walk(me, c, _):
    target = target_of(c, "suspended")
    if not target:
        return inapplicable()
    S.shown = chain(target.greenlet.gr_frame)

def finish(mine):
    for context in CONTEXTS:
        for _ in range(5):
            if context and context.thread is mine.thread and context.state == "suspended" and context is not mine:
                transfer(mine, context, context.greenlet.switch)

# ---- Threads ----
def do_thread(me, t, _):
    if t > 1:
        return inapplicable()
    if t != me.thread.number:
        pass_baton(me.thread, THREADS[t])

def pass_baton(mine, other):
    other.baton.release()
    mine.baton.acquire()
    if THREADS[1].gone and not S.ending:
        THREADS[1].real.join()
        strand()

def do_exit_thread(me, *_):
    if me.number != 4:
        return inapplicable()
    me.thread.gone = True
    return END

def strand():
    "The second thread is gone: what it has suspended is nobody's, and a fresh thread takes its place."
    for context in CONTEXTS:
        if context and context.thread is THREADS[1] and context.state != "finished":
            context.state = "abandoned"
            if context.number != 4 or not THREADS[1].gone:
                STRANDED.append(context)
    THREADS[1] = Thread(1)
    CONTEXTS[4] = Context(4, THREADS[1])
    begin(THREADS[1], CONTEXTS[4])

def begin(thread, context):
    ready = threading.Semaphore(0)

    def main():
        context.greenlet = greenlet.getcurrent()
        ready.release()
        thread.baton.acquire()
        run(context)
        if S.ending:
            finish(context)
        THREADS[0].baton.release()

    thread.real = threading.Thread(target=main, daemon=True)
    thread.real.start()
    ready.acquire()

def do_fork(me, *_):
    if me.thread.number:
        return inapplicable()
    sys.stdout.flush()
    child = os.fork()
    if child:
        status = os.waitpid(child, 0)[1]
        os._exit(status >> 8 or (status & 127 and 128 + (status & 127)))
    strand()  #: thread

# ---- Here it begins ----
gc.disable()
THREADS, STRANDED = [Thread(0), Thread(1)], []
CONTEXTS = [Context(0, THREADS[0]), None, None, None, Context(4, THREADS[1])]
CONTEXTS[0].greenlet = greenlet.getcurrent()  #: contexts
BASELINE = alive()  #: alive
sys.setrecursionlimit(LIMITS[0])
measured, here = [], depth()  #: headroom contexts
greenlet.greenlet(functools.partial(lambda: measured.append(depth()))).switch()  #: headroom contexts
COST = measured[0] - here  # levels that a fresh greenlet adds to those of the one that starts it  #: headroom contexts
begin(THREADS[1], CONTEXTS[4])  #: thread
run(CONTEXTS[0])
finish(CONTEXTS[0])  #: contexts
if THREADS[1].real.is_alive():  #: thread
    pass_baton(THREADS[0], THREADS[1])  #: thread
sys.settrace(None)  #: trace end
sys.setprofile(None)  #: profile end
S.status, S.shown, S.leaving, CONTEXTS[0].blocks = "ok", None, False, []  #: end
for slot in filter(None, GENERATORS):  #: generator end
    if not slot.body.gi_running:  #: generator end
        next(slot.body, None)  # what is suspended ends, as everything does now  #: generator end
for variable in VARS:  #: var end
    variable.set(0)  #: var end
LOCAL.value = 0  #: local end
USER[:] = None, None  #: context end
framed = "call", "generator", "callback", "finalizer", "repr", "trashcan"  #: thread end
S.probe = alive() - BASELINE  #: end
S.probe -= sum(block[0] in framed for context in STRANDED for block in context.blocks)  #: thread end
observe(CONTEXTS[0])  #: end
del observed[0]  # what was there before the first step

print(json.dumps(observed))  #: observe
code = 0
print("every step was carried out: the deviation does not show")  #: nothing
for name, expected in EXPECTED.items():  #: compare
    seen = observed[STEP][name]  #: compare
    if name == "probe":  #: compare headroom
        expected = wanted.get(STEP + 1, expected)  # levels differ from program to program  #: compare headroom
    print("after step %d (%s), %s: expected %s, seen %s" % (STEP + 1, WHAT, name, json.dumps(expected), json.dumps(seen)))  #: compare
    code |= seen != expected  #: compare
print("the deviation %s" % ("shows" if code else "does not show"))  #: compare
sys.stdout.flush()
os._exit(code)
