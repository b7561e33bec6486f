"""CPython 3.11: a traced function never gets beyond its first instruction while an asynchronous exception waits in another thread state of the thread.

    python3.11 endless_resume.py            is ended after three seconds, in traced(); the control, or another version, prints "went on"
    python3.11 endless_resume.py control

What exchanges whole thread states has several of them on one thread. Here one is made and never used. PyThreadState_SetAsyncExc puts the exception into the first
of the thread's, which is the newest."""

import ctypes
import faulthandler
import sys
import threading

api = ctypes.pythonapi
api.PyInterpreterState_Head.restype = ctypes.c_void_p
api.PyThreadState_New.argtypes, api.PyThreadState_New.restype = (ctypes.c_void_p,), ctypes.c_void_p
api.PyThreadState_SetAsyncExc.argtypes = ctypes.c_ulong, ctypes.py_object


def traced():
    pass


faulthandler.dump_traceback_later(3, exit=True)
if len(sys.argv) < 2:
    sys.settrace(lambda *_: None)
api.PyThreadState_New(api.PyInterpreterState_Head())
api.PyThreadState_SetAsyncExc(threading.get_ident(), KeyError)
traced()
sys.settrace(None)
print("went on")
