# Hypothesis's stateful testing over the same Python driver, switcher and commands as `run greenlet`: a rule for each command, the arguments drawn alike. In its favour it
# has no model and compares nothing: what it draws is executed and observed in this process, and thrown away.
#
#   python3 hypothesis_stateful.py DRIVER SWITCHER SECONDS COMMANDS     prints {"commands": N, "seconds": S}, of CPU time
import importlib.util
import json
import sys
import time

from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import RuleBasedStateMachine, rule, run_state_machine_as_test
from hypothesis.strategies import integers


def load(path):
    specification = importlib.util.spec_from_file_location("driver", path)
    module = importlib.util.module_from_spec(specification)
    sys.modules["driver"] = module
    specification.loader.exec_module(module)
    return module


driver = load(sys.argv[1])
driver.prepare(sys.argv[2])
greeting, code = driver.reply(json.dumps({"op": "hello", "protocol": driver.PROTOCOL}))
if code is not None:
    sys.exit(greeting)
bound = float(sys.argv[3])
wanted = sys.argv[4].split(",")
done = 0


class Over(BaseException):
    """The time is up: no failure of an example, so nothing is shrunk."""


class Interpreter(RuleBasedStateMachine):
    def __init__(self):
        super().__init__()
        self.commands = []

    def teardown(self):
        global done
        if sys.exc_info()[0] is not None:
            return  # Hypothesis gives this example up, from inside of a handler, which the driver would see
        observations = driver.run_script(0, [driver.decode(command) for command in self.commands])
        assert len(observations) == len(self.commands) + 1
        done += len(observations)
        if time.perf_counter() - begun > bound:
            raise Over


def rule_of(name, ranges):
    def body(self, **arguments):
        self.commands.append([name] + [arguments["a%d" % i] for i in range(len(ranges))])

    body.__name__ = "do_" + name.replace("-", "_")
    return rule(**{"a%d" % i: integers(low, high) for i, (low, high) in enumerate(ranges)})(body)


for name in wanted:
    setattr(Interpreter, "do_" + name.replace("-", "_"), rule_of(name, driver.PARAMETERS[name]))

begun, cpu = time.perf_counter(), time.process_time()
try:
    run_state_machine_as_test(Interpreter, settings=settings(
        max_examples=10**9, stateful_step_count=40, deadline=None, database=None, phases=[Phase.generate], suppress_health_check=list(HealthCheck)))
except Over:
    pass
print(json.dumps({"commands": done, "seconds": time.process_time() - cpu}))
