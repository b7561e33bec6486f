"""The native reference, with contexts that share their starter's C stack: who is in the way is copied out, and the memory it leaves is
poisoned, so that whatever still points there is found out. The contract is python/switcher_contract.md."""

import sys

import _pystate
from _pystate import current, error, frames, kill, raw, reap, spawn, switch, thread_wide, throw

_pystate.configure(strategy="evict", poison=True)

name = "cpython-evict"
version = "1"
# Up to 3.10 Python calls use C stack, so on the same one the depth stays in force as its guard (STACK-05).
choices = {"freshContext": "empty", "finishTo": "spawner", "freshDepth": "inherit" if sys.version_info < (3, 11) else "zero"}
threads = True
