"""CPython, 3.8 to 3.15: an asynchronous exception for a thread that has two thread states is put into the newest, whichever runs.

    python3 async_elsewhere.py              prints "not raised"
    python3 async_elsewhere.py control      prints "raised": the thread has one thread state, as usual"""

import ctypes
import sys
import threading

api = ctypes.pythonapi
api.PyInterpreterState_Head.restype = ctypes.c_void_p
api.PyThreadState_New.argtypes, api.PyThreadState_New.restype = (ctypes.c_void_p,), ctypes.c_void_p
api.PyThreadState_SetAsyncExc.argtypes = ctypes.c_ulong, ctypes.py_object

if len(sys.argv) < 2:
    api.PyThreadState_New(api.PyInterpreterState_Head())
try:
    api.PyThreadState_SetAsyncExc(threading.get_ident(), KeyError)
    for _ in range(10000):
        pass
    print("not raised")
except KeyError:
    print("raised")
