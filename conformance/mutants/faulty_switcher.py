"""The switcher of an implementation, HONEST, with a fault (reference/native/tests/faults.h). It is in force from the first script on: before the handshake, while the
driver calibrates, it would keep the process from saying who it is."""

import gc
import os
import runpy

import _pystate

HERE = os.path.dirname(os.path.abspath(__file__))
globals().update(runpy.run_path(os.path.join(HERE, "..", "implementations", HONEST, "switcher.py")))

fault = os.environ.pop("PYSTATE_FAULT", None)


def current():
    if fault is not None and gc.get_freeze_count() > 0:  # what the driver does when the handshake is over
        os.environ["PYSTATE_FAULT"] = fault
    return _pystate.current()
