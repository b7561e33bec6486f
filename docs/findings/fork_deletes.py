"""CPython, 3.8 to 3.15: in the child of a fork, the thread states that the forking thread itself has besides the current one are deleted.

    python3 fork_deletes.py                 prints "before 2, in the child 1"

A context that owns such a thread state and is resumed there, were it only to end, runs on memory that is freed. Control: contexts whose fields are moved in and out
of one thread state (greenlet) go on in the child."""

import ctypes
import os

api = ctypes.pythonapi
api.PyInterpreterState_ThreadHead.argtypes = api.PyThreadState_Next.argtypes = api.PyThreadState_New.argtypes = (ctypes.c_void_p,)
for function in (api.PyInterpreterState_Head, api.PyInterpreterState_ThreadHead, api.PyThreadState_Next, api.PyThreadState_New):
    function.restype = ctypes.c_void_p
interpreter = api.PyInterpreterState_Head()


def thread_states():
    count, state = 0, api.PyInterpreterState_ThreadHead(interpreter)
    while state:
        count, state = count + 1, api.PyThreadState_Next(state)
    return count


api.PyThreadState_New(interpreter)
before = thread_states()
reader, writer = os.pipe()
if os.fork() == 0:
    os.write(writer, b"%d" % thread_states())
    os._exit(0)
print("before %d, in the child %s" % (before, os.read(reader, 9).decode()))
