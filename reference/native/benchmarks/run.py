"""The native reference against greenlet: one command, one table, ratios measured side by side.

    python3 reference/native/benchmarks/run.py [--write] [--rounds N] PYTHON...
    python3 reference/native/benchmarks/run.py --json [--rounds N] PYTHON

PYTHON is as in ../build.py, with greenlet to compare with. --write puts the table into docs/native-benchmarks.md; --json prints what was measured instead.
"""
import json
import pathlib
import statistics
import sys

sys.dont_write_bytecode = True
HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent))
import build

GOALS = {"switch": 0.25, "deep": 0.25, "life": 0.05, "memory": 1.0}
COMMAND = "python3 reference/native/benchmarks/run.py --write PYTHON..."


def measure(python, rounds):
    def run(*arguments):
        done = python.run(script, *arguments)
        if done.returncode:
            raise SystemExit(done.stderr)
        return json.loads(done.stdout)

    for module in "minigreenlet", "_pystate", "_save_restore", "_bare":
        python.build(module)
    script = python.put(HERE / "measure.py")
    result = run("times", str(rounds))
    result["memory"] = {n: run("memory", n) for n in result["rounds"][0] if n not in ("save+restore", "bare")}
    return result


def spread(values, form):
    return "%s (%s–%s)" % tuple(form % v for v in (statistics.median(values), min(values), max(values)))


def table(result):
    rounds, memory = result["rounds"], result["memory"]
    lines = ["| what | greenlet | minigreenlet | ratio | _pystate | ratio | goal |", "| --- | --- | --- | --- | --- | --- | --- |"]
    labels = {
        "switch": "switch, round trip, ns",
        "deep": "the same, 50 frames below, ns",
        "life": "create, start, finish, ns",
    }
    for what, label in labels.items():
        cells = [label, spread([r["greenlet"][what] for r in rounds], "%.0f")]
        for name in "minigreenlet", "_pystate":
            cells.append(spread([r[name][what] for r in rounds], "%.0f"))
            cells.append(spread([r[name][what] / r["greenlet"][what] for r in rounds], "%.3f"))
        lines.append("| %s | %s |" % (" | ".join(cells), "≤ %s" % GOALS[what]))
    cells = ["resident memory of a suspended context, bytes", "%.0f" % memory["greenlet"]]
    for name in "minigreenlet", "_pystate":
        cells += ["%.0f" % memory[name], "%.2f" % (memory[name] / memory["greenlet"])]
    lines.append("| %s | ≤ 1 |" % " | ".join(cells))
    own = [r["save+restore"] for r in rounds]
    bare = spread([r["bare"] for r in rounds], "%.0f"), spread([r["bare"] / r["greenlet"]["switch"] for r in rounds], "%.2f")
    lines += [
        "",
        "A round trip that saves nothing, two calls and two jumps: %s ns, %s of greenlet's." % bare,
        "Save + Restore alone: %s ns, with 50 Python frames %s ns; with New and Drop %s ns."
        % (spread([o["switch"] for o in own], "%.0f"), spread([o["deep"] for o in own], "%.0f"), spread([o["cycle"] for o in own], "%.0f")),
    ]
    return "\n".join(lines)


def main():
    arguments = sys.argv[1:]
    write = "--write" in arguments
    rounds = 15
    if "--rounds" in arguments:
        at = arguments.index("--rounds")
        rounds = int(arguments[at + 1])
        del arguments[at:at + 2]
    as_json = "--json" in arguments
    pythons = [a for a in arguments if a not in ("--write", "--json")]
    if not pythons or as_json and (write or len(pythons) > 1) or any(a.startswith("-") for a in pythons):
        raise SystemExit(__doc__)
    parts = []
    for argument in pythons:
        python = build.Python(argument)
        try:
            result = measure(python, rounds)
        finally:
            python.close()
        if result["greenlet"] is None:
            raise SystemExit("%s has no greenlet to compare with: install it, or name another interpreter" % argument)
        if as_json:
            print(json.dumps(result))
            return
        parts.append("## CPython %s, greenlet %s\n\n%s\n" % (result["python"], result["greenlet"], table(result)))
        print(parts[-1], flush=True)
    if write:
        page = build.NATIVE.parent.parent / "docs" / "native-benchmarks.md"
        page.write_text((HERE / "page.txt").read_text().replace("COMMAND", COMMAND).replace("ROUNDS", str(rounds)).rstrip() + "\n\n" + "\n".join(parts))


main()
