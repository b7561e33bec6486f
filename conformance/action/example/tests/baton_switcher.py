"""How baton makes, resumes and names a task, for PyState Spec."""

import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "src"))

import baton  # noqa: E402

name = "baton"
version = "1.0"
choices = {"freshContext": "empty", "finishTo": "spawner", "freshDepth": "zero"}
without = ("local", "fork")  # a task is a thread: it has locals of its own, and a fork leaves it behind
error = baton.WrongThread
threads = True
current = baton.running
spawn = baton.start


def switch(task):
    task.resume()


def throw(task, exception):
    task.resume(exception)
