"""A tiny event loop as gevent has one: tasks are greenlets, the hub is a greenlet, and blocking calls look blocking.

    python hub.py MODULE        MODULE is greenlet or minigreenlet; both print the same

A task that has to wait tells the hub for what, and switches to it; the hub switches back when it is there. Its clock counts what was waited for, so
that a busy machine prints what an idle one prints.
"""
import heapq
import importlib
import select
import socket
import sys
import time

module = importlib.import_module(sys.argv[1] if len(sys.argv) > 1 else "minigreenlet")
greenlet, getcurrent, GreenletExit = module.greenlet, module.getcurrent, module.GreenletExit


class Timeout(Exception):
    pass


class Hub(greenlet):
    """Runs until nobody waits for anything. Its parent, the main greenlet, gets control then."""

    def __init__(self):
        super().__init__()
        self.now = 0.0
        self.timers = []  # (when, serial, call)
        self.serial = 0
        self.readers = {}  # socket: the task that waits for it
        self.writers = {}

    def at(self, delay, call, *args):
        self.serial += 1
        timer = [self.now + delay, self.serial, call, args]
        heapq.heappush(self.timers, timer)
        return timer

    def run(self):
        while self.timers or self.readers or self.writers:
            readable, writable, _ = select.select(list(self.readers), list(self.writers), [], 0)
            for waiting, ready in (self.readers, readable), (self.writers, writable):
                for s in ready:
                    waiting.pop(s).switch()
            if not readable and not writable and self.timers:
                when, _, call, args = heapq.heappop(self.timers)
                if call is not None:
                    time.sleep(max(0.0, when - self.now))
                    self.now = when
                    call(*args)

    def wait(self, waiting, s):
        waiting[s] = getcurrent()
        try:
            return self.switch()
        finally:
            waiting.pop(s, None)


hub = Hub()


def spawn(run, *args):
    task = greenlet(run, hub)
    hub.at(0, task.switch, *args)
    return task


def sleep(seconds):
    hub.at(seconds, getcurrent().switch)
    hub.switch()


def receive(s, size=100):
    hub.wait(hub.readers, s)
    return s.recv(size)


def send(s, data):
    while data:
        hub.wait(hub.writers, s)
        data = data[s.send(data) :]


class timeout:
    """with timeout(seconds): raises Timeout in the task when the time is up."""

    def __init__(self, seconds):
        self.seconds = seconds

    def __enter__(self):
        self.timer = hub.at(self.seconds, getcurrent().throw, Timeout(self.seconds))

    def __exit__(self, *_):
        self.timer[2] = None


def log(*words):
    print("%.2f" % hub.now, *words)


def echo_server(s):
    """Answers in upper case until the other side hangs up."""
    try:
        while True:
            data = receive(s)
            if not data:
                return log("server: the client has gone")
            send(s, data.upper())
    finally:
        s.close()


def client(name, pause):
    here, there = socket.socketpair()
    here.setblocking(False)
    there.setblocking(False)
    spawn(echo_server, there)
    for word in "one", "two", "three":
        send(here, ("%s from %s" % (word, name)).encode())
        log(name, "got", receive(here).decode())
        sleep(pause)
    here.close()


def ticker(count):
    def ticks():  # a generator of whose body each part runs when the hub comes back to it
        for n in range(count):
            sleep(0.02)
            yield n

    log("ticker: sum is", sum(ticks()))


def impatient():
    here, there = socket.socketpair()
    here.setblocking(False)
    try:
        with timeout(0.03):
            receive(here)
    except Timeout as e:
        log("impatient: nothing came within", e)
    with timeout(0.03):
        sleep(0.01)
    log("impatient: slept in time")
    here.close()
    there.close()


def fails():
    sleep(0.025)
    try:
        {}["key"]
    except KeyError as e:
        sleep(0.01)  # others run while this one handles an exception
        log("fails: still handles", repr(e), sys.exc_info()[1] is e)


def endless():
    try:
        while True:
            sleep(1000)
    finally:
        log("endless: unwound")


spawn(client, "anna", 0.011)
spawn(client, "ben", 0.017)
spawn(ticker, 5)
spawn(impatient)
spawn(fails)
victim = spawn(endless)
hub.at(0.15, victim.throw, GreenletExit)


def stop():
    hub.timers.clear()  # what the endless task waited for


hub.at(0.16, stop)
hub.switch()
log("main: the hub has ended:", hub.dead)
