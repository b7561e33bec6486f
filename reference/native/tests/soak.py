"""Many switches in many contexts, with everything that can be going on while a context is suspended; then many contexts, for leaks.

    python soak.py SWITCHER_FILE [SWITCHES [CONTEXTS [SEED]]]

SWITCHER_FILE is one of conformance/implementations/*/switcher.py; its module has to be importable. Two threads share the switches. Each context
checks after each switch that what it had is there: its locals, its handled exception, its context variable, its generator. Prints figures, and exits
with 1 where memory grew after the warm-up.
"""
import contextvars
import gc
import importlib.util
import random
import resource
import sys
import threading

sys.dont_write_bytecode = True
specification = importlib.util.spec_from_file_location("switcher", sys.argv[1])
switcher = importlib.util.module_from_spec(specification)
specification.loader.exec_module(switcher)
SWITCHES = int(sys.argv[2]) if len(sys.argv) > 2 else 1_000_000
CONTEXTS = int(sys.argv[3]) if len(sys.argv) > 3 else 100_000
SEED = int(sys.argv[4]) if len(sys.argv) > 4 else 1
AT_ONCE = 300

spawn, switch, throw, current = switcher.spawn, switcher.switch, switcher.throw, switcher.current
variable = contextvars.ContextVar("variable", default=None)


class Poke(Exception):
    """Thrown into contexts, which shrug it off where they wait."""


class Cycle:
    def __init__(self):
        self.me = self


def memory():
    """Resident bytes, bytes mapped for data, and blocks of Python's allocator."""
    gc.collect()
    fields = {}
    with open("/proc/self/status") as f:
        for line in f:
            key, _, rest = line.partition(":")
            fields[key] = rest
    return int(fields["VmRSS"].split()[0]) * 1024, int(fields["VmData"].split()[0]) * 1024, sys.getallocatedblocks()


class Load:
    """What one thread does."""

    def __init__(self, seed, switches):
        self.random = random.Random(seed)
        self.left = switches
        self.done = 0
        self.pokes = 0
        self.ended = 0
        self.begun = 0
        self.waiting = []
        self.main = current()
        self.samples = []

    def away(self):
        """Gives control to some other context, or to the main one; returns when somebody gives it back."""
        here = current()
        self.done += 1
        if self.done >= self.left:
            target = self.main
        else:
            target = self.random.choice(self.waiting) if self.waiting and self.random.random() < 0.95 else self.main
        if target is not self.main:
            self.waiting.remove(target)
        if here is not self.main:
            self.waiting.append(here)
        try:
            if target is not self.main and self.random.random() < 0.02:
                throw(target, Poke())
            else:
                switch(target)
        except Poke:
            self.pokes += 1

    def body(self):
        self.begun += 1
        mine = object()
        variable.set(mine)
        for _ in range(self.random.randrange(1, 60)):
            if self.done >= self.left:
                break
            self.random.choice(self.actions)(self)
            assert variable.get() is mine
            assert sys.exc_info() == (None, None, None)
        self.ended += 1

    def plain(self):
        self.away()

    def nested(self):
        def down(n):
            kept = [n]
            if n == 0:
                self.away()
            else:
                down(n - 1)
            assert kept == [n]

        down(self.random.randrange(60))

    def handler(self):
        try:
            raise KeyError(self.done)
        except KeyError as e:
            self.away()
            assert sys.exc_info()[1] is e
            try:
                raise ValueError from e
            except ValueError as inner:
                self.away()
                assert sys.exc_info()[1] is inner
            assert sys.exc_info()[1] is e

    def generator(self):
        def numbers():
            for i in range(4):
                try:
                    raise IndexError
                except IndexError as e:
                    self.away()
                    assert sys.exc_info()[1] is e
                    yield i

        assert list(numbers()) == [0, 1, 2, 3]

    def through_c(self):
        assert sorted([3, 1, 2], key=lambda x: self.away() or x) == [1, 2, 3]

    def destructor(self):
        load = self

        class Switches:
            def __del__(self):
                load.away()

        x = Switches()
        del x

    def traced(self):
        seen = []

        def trace(frame, event, argument):
            seen.append(event)
            return trace

        sys.settrace(trace)
        self.away()
        sys.settrace(None)

    def collected(self):
        for _ in range(20):
            Cycle()
        if self.random.random() < 0.1:
            gc.collect()
        self.away()

    def recursion(self):
        def forever():
            forever()

        if self.random.random() < 0.02:
            try:
                forever()
            except RecursionError:
                self.away()

    actions = [plain, plain, plain, nested, nested, handler, generator, through_c, destructor, traced, collected, recursion]

    def run(self):
        while self.done < self.left:
            while len(self.waiting) < AT_ONCE // 2:
                context = spawn(self.body)
                self.done += 1
                try:
                    switch(context)
                except Poke:
                    pass
            self.away()
            if len(self.samples) < self.done * 10 // self.left:
                self.samples.append(memory())
        while self.waiting:
            context = self.waiting.pop()
            self.done += 1
            switch(context)
        sys.settrace(None)


def in_threads(*loads):
    errors = []

    def target(make):
        try:
            load = make()
            results.append(load)
            load.run()
        except BaseException as e:
            errors.append(e)
            raise

    results = []
    threads = [threading.Thread(target=target, args=(make,)) for make in loads]
    for t in threads:
        t.start()
    for t in threads:
        t.join()
    if errors:
        raise SystemExit(1)
    return results


threading.stack_size(64 * 1024 * 1024)
version = ".".join(map(str, sys.version_info[:3]))
print("%s on CPython %s, seed %d" % (switcher.name, version, SEED), flush=True)
loads = in_threads(lambda: Load(SEED, SWITCHES // 2), lambda: Load(SEED + 1, SWITCHES // 2))
for load in loads:
    assert load.begun == load.ended, (load.begun, load.ended)
print("%d switches in %d contexts of 2 threads, %d at once; %d exceptions thrown in"
      % (sum(l.done for l in loads), sum(l.begun for l in loads), AT_ONCE, sum(l.pokes for l in loads)))
for number, load in enumerate(loads):
    print("thread %d: resident MB over time: %s" % (number, " ".join("%.1f" % (s[0] / 1e6) for s in load.samples)))


def nothing():
    pass


def many(count):
    for _ in range(count):
        switch(spawn(nothing))


many(max(CONTEXTS // 10, 1000))
before = memory()
many(CONTEXTS)
after = memory()
grown = [a - b for a, b in zip(after, before)]
print("%d contexts created and finished: resident %+d, mapped %+d bytes, %+d blocks" % (CONTEXTS, *grown))

# A second use of as many contexts at once finds the memory of the first.


def suspended(count):
    main = current()

    def waits():
        switch(main)

    contexts = [spawn(waits) for _ in range(count)]
    for context in contexts:
        switch(context)
    for context in contexts:
        switch(context)


suspended(2000)
suspended(2000)
before = memory()
for _ in range(5):
    suspended(2000)
after = memory()
again = [a - b for a, b in zip(after, before)]
print("5 times 2000 contexts suspended at once: resident %+d, mapped %+d bytes, %+d blocks" % tuple(again))
print("peak resident %.1f MB" % (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024))
if grown[0] > 1_000_000 or grown[1] > 1_000_000 or grown[2] > 1000 or again[0] > 2_000_000 or again[1] > 2_000_000 or again[2] > 2000:
    print("MEMORY GREW")
    raise SystemExit(1)
