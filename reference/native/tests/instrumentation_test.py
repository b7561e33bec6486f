"""Tracing, profiling and monitoring that change while a context is suspended are in force in its frames afterwards (DERIVED-04, WIDE-01, WIDE-02).

    python instrumentation_test.py SWITCHER_FILE CONTROL_FILE

Each scenario runs on the switcher and on the control, plain threads, which CPython knows how to instrument; both must log the same events.
Monitoring exists from 3.12 on. Prints a line a scenario and exits with 1 where one differs.
"""

import importlib.util
import sys

FRAMES = 3  # nested calls in the suspended context


def load(path):
    specification = importlib.util.spec_from_file_location("switcher", path)
    module = importlib.util.module_from_spec(specification)
    specification.loader.exec_module(module)
    return module


def leaf(n):
    return n + 1


def nest(switch_back, depth):
    """Suspended in the innermost call; each frame has something left to do after it."""
    if depth:
        nest(switch_back, depth - 1)
    else:
        switch_back()
    total = 0
    for n in range(2):
        total += leaf(n)
    return total


def fresh(function):
    """A function with a code object that no other scenario has touched: instrumentation is kept in the code."""
    return type(function)(function.__code__.replace(), globals(), function.__name__)


class Log(list):
    def traced(self, frame, event, argument):
        if frame.f_code.co_name in ("nest", "leaf"):
            self.append((event, frame.f_code.co_name, frame.f_lineno - frame.f_code.co_firstlineno))
        return self.traced

    def profiled(self, frame, event, argument):
        if frame.f_code.co_name in ("nest", "leaf"):
            self.append((event, frame.f_code.co_name))

    def monitored(self, event):
        def callback(code, *arguments):
            if code.co_name in ("nest", "leaf"):
                self.append((event, code.co_name, arguments[0] if event == "line" else 0))
        return callback


def suspended(switcher, before, meanwhile, after):
    """Runs a context to the middle of its innermost call, makes a change, lets it go on."""
    global nest, leaf
    nest, leaf = fresh(nest), fresh(leaf)
    root = switcher.current()
    before()
    context = switcher.spawn(lambda: nest(lambda: switcher.switch(root), FRAMES))
    switcher.switch(context)
    meanwhile()
    switcher.switch(context)
    after()


def nothing():
    pass


def trace_set(switcher, log):
    suspended(switcher, nothing, lambda: sys.settrace(log.traced), lambda: sys.settrace(None))


def trace_cleared(switcher, log):
    def clear():
        sys.settrace(None)
        del log[:]
    suspended(switcher, lambda: sys.settrace(log.traced), clear, nothing)


def trace_replaced(switcher, log):
    other = Log()

    def replace():
        sys.settrace(log.traced)
    suspended(switcher, lambda: sys.settrace(other.traced), replace, lambda: sys.settrace(None))


def profile_set(switcher, log):
    suspended(switcher, nothing, lambda: sys.setprofile(log.profiled), lambda: sys.setprofile(None))


def profile_cleared(switcher, log):
    def clear():
        sys.setprofile(None)
        del log[:]
    suspended(switcher, lambda: sys.setprofile(log.profiled), clear, nothing)


def monitor(tool, log):
    events = sys.monitoring.events
    sys.monitoring.use_tool_id(tool, "test")
    for name in ("LINE", "PY_START", "PY_RETURN", "CALL"):
        sys.monitoring.register_callback(tool, getattr(events, name), log.monitored(name.lower()))
    sys.monitoring.set_events(tool, events.LINE | events.PY_START | events.PY_RETURN | events.CALL)


def unmonitor(tool):
    sys.monitoring.set_events(tool, 0)
    for name in ("LINE", "PY_START", "PY_RETURN", "CALL"):
        sys.monitoring.register_callback(tool, getattr(sys.monitoring.events, name), None)
    sys.monitoring.free_tool_id(tool)


def monitoring_set(switcher, log):
    suspended(switcher, nothing, lambda: monitor(3, log), lambda: unmonitor(3))


def monitoring_cleared(switcher, log):
    def clear():
        unmonitor(3)
        del log[:]
    suspended(switcher, lambda: monitor(3, log), clear, nothing)


def monitoring_id_reused(switcher, log):
    """The next owner of a tool's id asks for returns only: lines must not reach it."""
    def reuse():
        unmonitor(3)
        del log[:]
        sys.monitoring.use_tool_id(3, "next")
        for name in ("LINE", "PY_START", "PY_RETURN"):
            sys.monitoring.register_callback(3, getattr(sys.monitoring.events, name), log.monitored(name.lower()))
        sys.monitoring.set_events(3, sys.monitoring.events.PY_RETURN)
    suspended(switcher, lambda: monitor(3, Log()), reuse, lambda: unmonitor(3))


def all_ids_in_use(switcher, log):
    """Nothing is free for whoever needs a tool to have the frames instrumented."""
    ids = [i for i in range(6) if i != 3 and sys.monitoring.get_tool(i) is None]
    for i in ids:
        sys.monitoring.use_tool_id(i, "full")
    try:
        monitoring_set(switcher, log)
    finally:
        for i in ids:
            sys.monitoring.free_tool_id(i)


def main(arguments):
    if len(arguments) != 3:
        sys.stderr.write("usage: python instrumentation_test.py SWITCHER_FILE CONTROL_FILE\n")
        return 2
    scenarios = [trace_set, trace_cleared, trace_replaced, profile_set, profile_cleared]
    if hasattr(sys, "monitoring"):
        scenarios += [monitoring_set, monitoring_cleared, monitoring_id_reused, all_ids_in_use]
    failures = 0
    for scenario in scenarios:
        logs = []
        for path in arguments[1:]:
            log = Log()
            scenario(load(path), log)
            logs.append(list(log))
        seen, expected = logs
        agrees = seen == expected
        failures += not agrees
        print("%-22s %3d events, %3d on threads: %s" % (scenario.__name__, len(seen), len(expected), "the same" if agrees else "DIFFERENT"))
        if not agrees:
            print("    seen     %s\n    expected %s" % (seen[:12], expected[:12]))
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv))
