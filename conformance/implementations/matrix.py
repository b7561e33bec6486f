"""Runs implementations on interpreters, a report for each cell, and writes the matrix of what was seen.

    python3 matrix.py RESULTS [--implementation NAME]... [--python PATH]... [--time 20s] [--seed N] [--pairwise]
                              [--write PAGE] [--pystate COMMAND]

Without names: the native reference and what is judged beside it, on every interpreter that is found: python3.8 to python3.15 on PATH, their debug
builds, pyenv's, and those of the roots that provision.sh has made; 3.14 and 3.15 with PYTHON_JIT=1 as builds of their own.

A cell that has a report in RESULTS is not run again, so that a matrix that was interrupted goes on where it was, and grows when an interpreter is
added. --pairwise runs a part that has each implementation with each version and with each kind of build, and each version with each build.
The exit code is that of the worst cell: 2 where one could not be run, 1 where one is not as expected, 3 where a clause was never exercised.
"""

import argparse
import json
import os
import shlex
import shutil
import subprocess
import sys

NATIVE = ("cpython", "cpython-evict", "cpython-api", "minigreenlet")
BESIDE = ("greenlet", "greenlet-raw", "gevent", "exchange", "threads")
FACTS = "import sys, sysconfig; print(sys.implementation.name, '%d.%d.%d' % sys.version_info[:3], 'debug' if hasattr(sys, 'gettotalrefcount') else 'release')"


class Interpreter:
    """An interpreter in one build: what --python takes, and what it is."""

    def __init__(self, python, version, build):
        self.python, self.version, self.build = python, version, build

    @property
    def minor(self):
        return tuple(int(part) for part in self.version.split(".")[:2])


def interpreters_on_path():
    folders = os.environ.get("PATH", "").split(os.pathsep)
    pyenv = shutil.which("pyenv")
    if pyenv:
        root = subprocess.run([pyenv, "root"], capture_output=True, text=True).stdout.strip()
        versions = os.path.join(root, "versions")
        folders = [f for f in folders if not f.startswith(root)]
        folders += [os.path.join(versions, v, "bin") for v in sorted(os.listdir(versions))] if os.path.isdir(versions) else []
    for folder in folders:
        for minor in range(8, 16):
            for suffix in ("", "-dbg"):
                path = os.path.join(folder, "python3.%d%s" % (minor, suffix))
                if os.access(path, os.X_OK):
                    yield os.path.realpath(path) if suffix == "" else path


def found(pystate):
    """Every interpreter once, by version and build: the first that says so."""
    roots = json.loads(subprocess.run(pystate + ["list", "--format", "json"], capture_output=True, text=True, check=True).stdout)
    paths = list(dict.fromkeys(interpreters_on_path()))
    paths += [entry["python"] for entry in roots.get("interpreters", []) if entry["ready"]]
    for path in paths:
        facts = subprocess.run(in_root(path) + ["-c", FACTS], capture_output=True, text=True)
        if facts.returncode == 0 and facts.stdout.startswith("cpython"):
            _, version, build = facts.stdout.split()
            yield Interpreter(path, version, build)
            if int(version.split(".")[1]) >= 14 and build == "release":
                yield Interpreter(path + ",PYTHON_JIT=1", version, "JIT")


def in_root(path):
    """The command that starts an interpreter, inside its root where it has one."""
    before, separator, after = path.rpartition("/usr/bin/")
    return ["chroot", before, "/usr/bin/" + after] if separator and before else [path]


def ready_on(pystate, interpreter):
    """The implementations that are there on an interpreter."""
    answer = subprocess.run(pystate + ["list", "--python", interpreter.python, "--format", "json"], capture_output=True, text=True)
    return {entry["name"] for entry in json.loads(answer.stdout)["implementations"] if entry["ready"]} if answer.returncode == 0 else set()


def cells_of(pystate, implementations, interpreters):
    """The native reference has to be there on each, and is not compiled to find out; the rest where it is."""
    asks = any(implementation not in NATIVE for implementation in implementations)
    for interpreter in interpreters:
        ready = ready_on(pystate, interpreter) if asks else set()
        for implementation in implementations:
            if implementation in NATIVE or implementation in ready:
                yield implementation, interpreter


def pairs_of(cell):
    implementation, interpreter = cell
    return {("iv", implementation, interpreter.minor), ("ib", implementation, interpreter.build), ("vb", interpreter.minor, interpreter.build)}


def pairwise(cells):
    """The fewest cells, chosen greedily, that have every pair of implementation, version and build which any cell has."""
    missing = set().union(*map(pairs_of, cells)) if cells else set()
    while missing:
        best = max(cells, key=lambda cell: len(pairs_of(cell) & missing))
        missing -= pairs_of(best)
        yield best


def report_of(results, cell):
    implementation, interpreter = cell
    return os.path.join(results, "%s-%s-%s.json" % (implementation, interpreter.version, interpreter.build))


def run(pystate, results, cell, options):
    """Runs a cell unless it has a report. False where it could not be run."""
    path = report_of(results, cell)
    if os.path.exists(path):
        return True
    implementation, interpreter = cell
    command = pystate + ["run", implementation, "--python", interpreter.python, "--time", options.time, "--seed", options.seed, "--report", "json=" + path]
    done = subprocess.run(command, capture_output=True, text=True)
    last = (done.stderr if done.returncode == 2 else done.stdout).strip().split("\n")[-1]
    print("%-14s %-8s %-8s %s" % (implementation, interpreter.version, interpreter.build, last), flush=True)
    if done.returncode == 1:
        print(done.stdout, flush=True)
    return done.returncode != 2


def cell_text(path):
    if not os.path.exists(path):
        return "", 0
    with open(path, encoding="utf-8") as file:
        report = json.load(file)["implementations"][0]
    verdicts = report["verdicts"]
    conforming = sum(v["verdict"] == "conforms" for v in verdicts)
    expected = sum(v["verdict"] in ("violates", "crashed") and v["expected"] for v in verdicts)
    red = [v["clause"] for v in verdicts if not v["expected"]]
    words = "%d" % conforming + (", %d deviate as expected" % expected if expected else "") + (" **%s**" % ", ".join(red) if red else "")
    return words, report["commands"]


def page(results, implementations, interpreters):
    """The matrix in Markdown. Blank is not run."""
    lines = [
        "# The matrix", "",
        "Generated by `python3 conformance/implementations/matrix.py RESULTS --write docs/matrix.md`. Informative.", "",
        "How many clauses conform, of those that the implementation lets one observe on that CPython; a clause that does not is named. Blank: not run, mostly because",
        "that interpreter has no such implementation. The native reference is `cpython` (a C stack for each context), `cpython-evict` (one C stack, contexts",
        "copied out, what they leave poisoned), `cpython-api` (the API's own alphabet) and `minigreenlet` (greenlet's interface on the public API). `greenlet` is the one",
        "that Debian released for that CPython, with [its deviations](../conformance/implementations/greenlet/deviations.md), `greenlet-raw` the same judged on the fields",
        "of the thread state as well, and `gevent` runs its greenlets under a hub; `exchange` has a thread state for each context; `threads` is the control.", "",
        "| CPython | build | " + " | ".join("`%s`" % i for i in implementations) + " |",
        "| --- | --- | " + " | ".join("---" for _ in implementations) + " |",
    ]
    commands = 0
    for interpreter in sorted(interpreters, key=lambda i: (tuple(map(int, i.version.split("."))), i.build)):
        texts = [cell_text(report_of(results, (i, interpreter))) for i in implementations]
        if any(text for text, _ in texts):
            commands += sum(count for _, count in texts)
            lines.append("| %s | %s | %s |" % (interpreter.version, interpreter.build, " | ".join(text for text, _ in texts)))
    lines += ["", "{:,} commands observed.".format(commands), ""]
    return "\n".join(lines)


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("results", metavar="RESULTS", help="the folder of the reports")
    parser.add_argument("--implementation", action="append", metavar="NAME")
    parser.add_argument("--python", action="append", metavar="PATH")
    parser.add_argument("--time", default="20s", help="for each cell")
    parser.add_argument("--seed", default="1")
    parser.add_argument("--pairwise", action="store_true")
    parser.add_argument("--write", metavar="PAGE", help="write the matrix of RESULTS there")
    parser.add_argument("--pystate", default="dotnet run --project conformance --", metavar="COMMAND")
    options = parser.parse_args()
    pystate = shlex.split(options.pystate)
    os.makedirs(options.results, exist_ok=True)

    known = json.loads(subprocess.run(pystate + ["list", "--format", "json"], capture_output=True, text=True, check=True).stdout)
    names = [entry["name"] for entry in known["implementations"]]
    implementations = options.implementation or [name for name in NATIVE + BESIDE if name in names]
    interpreters, seen = [], set()
    for interpreter in found(pystate):
        key = interpreter.version, interpreter.build
        if key not in seen and (not options.python or interpreter.python.split(",")[0] in options.python):
            seen.add(key)
            interpreters.append(interpreter)
    if not interpreters:
        sys.stderr.write("matrix: no interpreter is to be found: install python3, or run conformance/implementations/provision.sh forky\n")
        return 2

    cells = list(cells_of(pystate, implementations, interpreters))
    codes = {0}
    for cell in list(pairwise(cells)) if options.pairwise else cells:
        if not run(pystate, options.results, cell, options):
            codes.add(2)
    for cell in cells:
        path = report_of(options.results, cell)
        if os.path.exists(path):
            with open(path, encoding="utf-8") as file:
                codes.add(json.load(file)["exitCode"])
    if options.write:
        with open(options.write, "w", encoding="utf-8") as file:
            file.write(page(options.results, implementations, interpreters))
    return next(code for code in (2, 1, 3, 0) if code in codes)


if __name__ == "__main__":
    sys.exit(main())
