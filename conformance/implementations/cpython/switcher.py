"""The native reference: PyState's Save and Restore in C, on a C stack for each context. The contract is python/switcher_contract.md."""

import _pystate
from _pystate import current, error, frames, kill, raw, reap, spawn, switch, thread_wide, throw

_pystate.configure(strategy="separate")

name = "cpython"
version = "1"
choices = {"freshContext": "empty", "finishTo": "spawner", "freshDepth": "zero"}
threads = True
