"""A long run of _pystate: contexts by the hundred that switch at random inside calls, handlers, generators, trace changes and collections,
with a second thread doing the same; then many that are made and finished, which must not grow the process.

    python soak_load.py STRATEGY [SWITCHES [CONTEXTS [SEED]]]      with _pystate on PYTHONPATH; soak.py does it on many interpreters

STRATEGY: separate, evict, mixed (each context one or the other, at random), shared (separate, but a thread has no more than 8 stacks).
Every context checks, after each switch, what is its own: locals, the handled exception, the context variable. Ends with one line, or a traceback."""

import contextvars
import gc
import os
import random
import sys
import threading
import weakref

import _pystate

VARIABLE = contextvars.ContextVar("soak", default=None)


class Soak:
    """One thread's contexts."""

    def __init__(self, seed, switches, crowd):
        self.random = random.Random(seed)
        self.left = switches
        self.crowd = crowd
        self.root = _pystate.current()
        self.living = []
        self.known = weakref.WeakSet()  # those dropped from `living` too: their own frames, which no collector sees, keep them
        self.made = self.finished = self.thrown = self.dropped = 0
        self.serial = 0
        self.ending = set()  # contexts in which Exit arrived where nothing gets out: in a __del__

    def run(self):
        while self.left > 0:
            self.step(None, 0)
        del self.living[:]
        while self.known:
            for context in list(self.known):
                if context.dead:
                    self.known.discard(context)
                else:
                    _pystate.kill(context)
            del context

    def make(self):
        self.serial += 1
        number = self.serial
        context = _pystate.spawn(lambda: self.main(number), self.random.random() < MIXED if MIXED else None)
        self.living.append(context)
        self.known.add(context)
        self.made += 1
        return context

    def main(self, number):
        VARIABLE.set(number)
        try:
            while self.left > 0 and self.random.random() < 0.97:
                self.step(number, 0)
        except Thrown:
            pass
        finally:
            self.finished += 1
            self.ending.discard(number)
        check(VARIABLE.get() == number)

    def step(self, number, depth):
        if number in self.ending:
            raise _pystate.Exit
        choice = self.random.random()
        if depth > 12 or choice < 0.5:
            self.move(number)
        elif choice < 0.65:
            self.call(number, depth)
        elif choice < 0.75:
            self.handle(number, depth)
        elif choice < 0.85:
            for _ in self.generate(number, depth):
                self.move(number)
        elif choice < 0.90:
            Switching(self, number)
        elif choice < 0.92:
            sys.settrace(tracer if sys.gettrace() is None else None)
        elif choice < 0.94:
            sys.setprofile(profiler if sys.getprofile() is None else None)
        elif choice < 0.941:
            gc.collect()
        elif choice < 0.96:
            sorted([3, 1, 2], key=lambda _: self.move(number) or 0)

    def call(self, number, depth):
        mark = object()
        self.step(number, depth + 1)
        self.step(number, depth + 1)
        check(mark is not None)

    def handle(self, number, depth):
        try:
            raise KeyError(number)
        except KeyError as error:
            self.step(number, depth + 1)
            check(sys.exc_info()[1] is error and error.args == (number,))

    def generate(self, number, depth):
        try:
            raise IndexError(number)
        except IndexError as error:
            self.step(number, depth + 1)
            yield number
            check(sys.exc_info()[1] is error)

    def move(self, number):
        """Gives control to somebody and takes it back."""
        handled = sys.exc_info()[1]
        self.left -= 1
        here = _pystate.current()
        if len(self.living) < self.crowd and self.random.random() < 0.2:
            target = self.make()
        else:
            target = self.random.choice(self.living) if self.living and self.random.random() < 0.9 else self.root
            while target.dead:
                self.living.remove(target)
                target = self.random.choice(self.living) if self.living else self.root
        what = self.random.random()
        if what < 0.005 and target is not self.root and target is not here and self.started(target):
            self.thrown += 1
            try:
                _pystate.throw(target, Thrown())
            except Thrown:
                if number is not None:
                    raise
        elif what < 0.01 and self.living:
            self.living.pop(self.random.randrange(len(self.living)))
            self.dropped += 1
        else:
            try:
                _pystate.switch(target)
            except Thrown:
                if number is not None:
                    raise
        check(_pystate.current() is here and sys.exc_info()[1] is handled)
        check(number is None or VARIABLE.get() == number)

    def started(self, context):
        return _pystate.frames(context) is not None


class Thrown(BaseException):
    pass


class Switching:
    def __init__(self, soak, number):
        self.soak, self.number = soak, number

    def __del__(self):
        try:
            self.soak.move(self.number)
        except Thrown:
            pass
        except _pystate.Exit:
            self.soak.ending.add(self.number)


def check(condition):
    if not condition:
        raise AssertionError("a context does not find what is its own")


def tracer(frame, event, argument):
    return None


def profiler(frame, event, argument):
    pass


def resident():
    with open("/proc/self/statm") as file:
        return int(file.read().split()[1]) * 4096


def grow(count):
    """Bytes that so many contexts more cost when all have finished."""

    def nested(depth):
        if depth:
            nested(depth - 1)
        else:
            _pystate.switch(root)

    def many(times):
        for i in range(times):
            context = _pystate.spawn(lambda: nested(i % 7))
            _pystate.switch(context)
            if i % 3:
                _pystate.switch(context)
            del context

    def at_once(number):
        contexts = [_pystate.spawn(lambda: nested(3)) for _ in range(number)]
        for _ in range(2):
            for context in contexts:
                _pystate.switch(context)

    root = _pystate.current()
    many(2000)
    at_once(500)
    gc.collect()
    before = resident()
    many(count)
    for _ in range(5):
        at_once(500)
    gc.collect()
    return resident() - before


def in_thread(soaks, *arguments):
    soak = Soak(*arguments)
    soaks.append(soak)
    try:
        soak.run()
        soak.ok = True
    finally:
        sys.settrace(None)
        sys.setprofile(None)


def main(strategy="separate", switches="1000000", contexts="100000", seed="1"):
    global MIXED
    MIXED = 0.5 if strategy == "mixed" else 0
    _pystate.configure(strategy="evict" if strategy == "evict" else "separate", poison=True, stacks=8 if strategy == "shared" else 100000)
    abandoned = _pystate.abandoned_count()
    soaks = []
    second = threading.Thread(target=in_thread, args=(soaks, int(seed) + 1, int(switches) // 2, 100))
    second.start()
    in_thread(soaks, int(seed), int(switches) // 2, 300)
    second.join()
    check(len(soaks) == 2 and all(getattr(soak, "ok", False) for soak in soaks))
    first = soaks[0]
    made, finished = (sum(getattr(soak, name) for soak in soaks) for name in ("made", "finished"))
    thrown, dropped = (sum(getattr(soak, name) for soak in soaks) for name in ("thrown", "dropped"))
    del soaks, first
    gc.collect()
    stacks = _pystate.counters()
    check(stacks["stacks_in_use"] == 0)
    check(_pystate.abandoned_count() == abandoned)
    growth = grow(int(contexts))
    if growth >= 1 << 20 and "PYTHONMALLOC" not in os.environ:  # what watches memory has some of its own
        raise AssertionError("the process has grown by %d KiB" % (growth // 1024))
    print("%s on %s: %d switches, %d contexts made, %d entered and left; %d throws, %d dropped; %d evictions; %s contexts more grow it by %d KiB"
          % (strategy, sys.version.split()[0], int(switches), made, finished, thrown, dropped, stacks["evictions"], contexts, growth >> 10))


main(*sys.argv[1:])
