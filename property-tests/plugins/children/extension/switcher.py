"""Plain threads once more, for a test: what counts is the module that has to be compiled before this can be imported."""

import os

import _answer

with open(os.path.join(os.path.dirname(__file__), "threads.py")) as file:
    exec(file.read())

name = "extension"
version = "%s, %d" % (_answer.headers, _answer.answer(27.0))
