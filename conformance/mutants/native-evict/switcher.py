"""cpython-evict with a fault: ../faulty_switcher.py."""

import os
import runpy

HERE = os.path.dirname(os.path.abspath(__file__))
globals().update(runpy.run_path(os.path.join(HERE, "..", "faulty_switcher.py"), {"HONEST": "cpython-evict"}))
