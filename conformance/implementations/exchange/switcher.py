"""Contexts with a thread state each: PyThreadState_New, PyThreadState_Swap and a jump. The contract is python/switcher_contract.md."""

import _exchange
from _exchange import current, error, frames, kill, spawn, switch, throw

name = "exchange"
version = "1"
choices = {"freshContext": "empty", "finishTo": "spawner", "freshDepth": "zero"}
threads = True
