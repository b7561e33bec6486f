"""The native reference: PyState's Save and Restore in C, on a C stack for each context. The contract is python/switcher_contract.md."""

import os
import sys

sys.path.insert(0, os.environ.get("PYSTATE_BUILD", ""))
import _pystate  # noqa: E402
from _pystate import current, error, frames, kill, reap, spawn, switch, throw  # noqa: E402, F401
del sys.path[0]

_pystate.configure(strategy="separate")

name = "cpython"
version = "1"
choices = {"freshContext": "empty", "finishTo": "spawner", "freshDepth": "zero"}
threads = True
