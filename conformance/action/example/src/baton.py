"""Tasks that run one at a time: each is a thread, and who holds its lock runs. A small library, for the gate beside it to judge."""

import sys
import _thread


class WrongThread(Exception):
    """The task belongs to another thread."""


class Task:
    """A call that can be left in the middle and resumed."""

    def __init__(self, function=None, starter=None):
        self.function, self.starter, self.turn = function, starter, _thread.allocate_lock()
        self.root = starter.root if starter else self
        self.finished, self.pending, self.hooks = False, None, (None, None)
        self.turn.acquire()

    def resume(self, exception=None):
        """Goes on there, and raises the exception there; returns when somebody resumes the caller."""
        here = running()
        if self.root is not here.root:
            raise WrongThread("a task of another thread")
        if self is here:
            return
        self.pending = exception
        here.give(self)
        here.turn.acquire()
        here.restore()
        if here.pending is not None:
            pending, here.pending = here.pending, None
            raise pending

    def give(self, other):
        other.hooks = sys.gettrace(), sys.getprofile()  # a thread has its own: hand them on
        sys.setprofile(None)
        sys.settrace(None)
        if other.function is None:
            other.turn.release()
        else:
            function, other.function = other.function, None
            _thread.start_new_thread(other.main, (function,))

    def restore(self):
        trace, profile = self.hooks
        if profile is not None:
            sys.setprofile(profile)
        if trace is not None:
            sys.settrace(trace)

    def main(self, function):
        own.task, raised = self, None
        self.restore()
        try:
            function()
        except BaseException as caught:
            raised = caught
        self.finished, heir = True, self.starter
        while heir.finished:
            heir = heir.starter
        heir.pending = raised
        self.give(heir)


own = _thread._local()


def running():
    """The task that runs; a thread is born with one."""
    if not hasattr(own, "task"):
        own.task = Task()
    return own.task


def start(function):
    """A task that calls the function when it is first resumed."""
    return Task(function, running())
