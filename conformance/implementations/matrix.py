"""Runs implementations on interpreters, a report for each cell, and writes the matrix of what was seen.

    python3 matrix.py RESULTS [--implementation NAME]... [--python PATH]... [--time 20s | --commands N] [--seed N] [--jobs N] [--pairwise]
                              [--write PAGE [--run-nothing]] [--pystate COMMAND]

Without names: the native reference and what is judged beside it, on every interpreter that is found: python3.8 to python3.15 on PATH, their debug
builds, pyenv's, and those of the roots that provision.sh has made; 3.14 and 3.15 with PYTHON_JIT=1 as builds of their own; PyPy; and each version of
Pyodide that is in the cache.

A cell that has a report in RESULTS is not run again, so that a matrix that was interrupted goes on where it was, and grows when an interpreter is
added. A cell of PAGE that has none keeps what PAGE says of it. Beside PAGE, PAGE's name with -evidence has what each cell rests on. --run-nothing writes
PAGE from the reports that are there. --pairwise runs a part that has each implementation with each version and with each kind of build, and each version with each build.
The exit code is that of the worst cell: 2 where one could not be run, 1 where one is not as expected, 3 where a clause was never exercised.
"""

import argparse
import concurrent.futures
import json
import os
import shlex
import shutil
import subprocess
import sys

NATIVE = ("cpython", "cpython-evict", "cpython-api", "minigreenlet")
BESIDE = ("greenlet", "greenlet-raw", "gevent", "exchange", "continulet", "threads", "generators")
VERSIONED = ("pyodide", "pyodide-chromium", "pyodide-generators")
FACTS = ("import sys; print(sys.implementation.name, '%d.%d.%d' % getattr(sys, 'pypy_version_info', sys.version_info)[:3],"
         " 'debug' if hasattr(sys, 'gettotalrefcount') else 'release')")


class Interpreter:
    """An interpreter in one build: what --python takes, and what it is. Of Pyodide the version is Pyodide's."""

    def __init__(self, python, version, build, name="CPython"):
        self.python, self.version, self.build, self.name = python, version, build, name

    @property
    def minor(self):
        return (self.name,) + tuple(int(part) for part in self.version.split(".")[:2])

    @property
    def order(self):
        return [int(part) if part.isdigit() else -1 for part in self.version.replace("-", ".").split(".")] + [0], self.build


def interpreters_on_path():
    folders = os.environ.get("PATH", "").split(os.pathsep)
    pyenv = shutil.which("pyenv")
    if pyenv:
        root = subprocess.run([pyenv, "root"], capture_output=True, text=True).stdout.strip()
        versions = os.path.join(root, "versions")
        folders = [f for f in folders if not f.startswith(root)]
        folders += [os.path.join(versions, v, "bin") for v in sorted(os.listdir(versions))] if os.path.isdir(versions) else []
    for folder in folders:
        if os.access(os.path.join(folder, "pypy3"), os.X_OK):
            yield os.path.realpath(os.path.join(folder, "pypy3"))
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
        if facts.returncode == 0 and facts.stdout.startswith(("cpython", "pypy")):
            name, version, build = facts.stdout.split()
            name = "PyPy" if name == "pypy" else "CPython"
            yield Interpreter(path, version, build, name)
            if name == "CPython" and int(version.split(".")[1]) >= 14 and build == "release":
                yield Interpreter(path + ",PYTHON_JIT=1", version, "JIT")
    versions = {v["python"] for entry in roots["implementations"] if entry["name"] in VERSIONED for v in entry["versions"] if v["ready"]}
    for version in sorted(versions):
        yield Interpreter(version, version, "release", "Pyodide")


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
            if implementation in (NATIVE if interpreter.name == "CPython" else ()) or implementation in ready:
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
    name = "" if interpreter.name == "CPython" else interpreter.name.lower() + "-"
    return os.path.join(results, "%s-%s%s-%s.json" % (implementation, name, interpreter.version, interpreter.build))


def run(pystate, results, cell, options):
    """Runs a cell unless it has a report. False where it could not be run."""
    path = report_of(results, cell)
    if os.path.exists(path):
        return True
    implementation, interpreter = cell
    bound = ["--commands", options.commands] if options.commands else ["--time", options.time]
    command = pystate + ["run", implementation, "--python", interpreter.python, *bound, "--seed", options.seed, "--report", "json=" + path]
    done = subprocess.run(command, capture_output=True, text=True)
    last = (done.stderr if done.returncode == 2 else done.stdout).strip().split("\n")[-1]
    print("%-18s %-8s %-15s %-8s %s" % (implementation, interpreter.name, interpreter.version, interpreter.build, last), flush=True)
    if done.returncode == 1:
        print(done.stdout, flush=True)
    return done.returncode != 2


def entry_of(path):
    """What a report says of its only implementation, and of the specification; None where there is no report."""
    if not os.path.exists(path):
        return None
    with open(path, encoding="utf-8") as file:
        report = json.load(file)
    return dict(report["implementations"][0], specification=report["specification"])


def words_of(entry):
    verdicts = entry["verdicts"]
    conforming = sum(v["verdict"] == "conforms" for v in verdicts)
    expected = sum(v["verdict"] in ("violates", "crashed", "hung") and v["expected"] for v in verdicts)
    red = [v["clause"] for v in verdicts if not v["expected"]]
    return "%d" % conforming + (", %d deviate as expected" % expected if expected else "") + (" **%s**" % ", ".join(red) if red else "")


TABLES = (
    ("CPython", NATIVE + BESIDE, "CPython"),
    ("PyPy", BESIDE, "PyPy"),
    ("Pyodide", VERSIONED, "Pyodide"),
)


def kept(page):
    """The cells that a page has: by table, version, build and implementation."""
    cells, table, columns = {}, "CPython", []
    if os.path.exists(page):
        with open(page, encoding="utf-8") as file:
            for line in file:
                texts = [text.strip() for text in line.strip().strip("|").split(" | ")] if line.startswith("|") else []
                if line.startswith("## "):
                    table = line[3:].strip()
                elif len(texts) > 2 and texts[1] == "build":
                    columns = [text.strip("`") for text in texts[2:]]
                elif len(texts) > 2 and texts[0] != "---":
                    texts = [text.strip() for text in line.strip()[1:-1].split("|")]
                    for column, text in zip(columns, texts[2:]):
                        if text:
                            cells[table, texts[0], texts[1], column] = text
    return cells


def kept_sections(evidence):
    """What an older page of evidence has, by anchor."""
    if not os.path.exists(evidence):
        return {}
    with open(evidence, encoding="utf-8") as file:
        parts = file.read().split("\n## ")[1:]
    return {anchor_of(part.split("\n")[0]): ("## " + part).rstrip("\n").split("\n") + [""] for part in parts}


def anchor_of(heading):
    return heading.replace(".", "").lower()


def page(results, implementations, before, interpreters, sections):
    """The matrix in Markdown, and what it rests on: `sections` by anchor, where no report has a newer one. Blank is not run."""
    lines = [
        "# The matrix", "",
        "Generated by `python3 conformance/implementations/matrix.py RESULTS --write docs/matrix.md`. Informative.", "",
        "How many clauses conform, of those that the implementation lets one observe on that interpreter; a clause that does not is named. Each cell leads to what it rests on.",
        "Blank: not run, mostly because that interpreter has no such implementation. The native reference is `cpython` (a C stack for each context), `cpython-evict` (one C stack,",
        "contexts copied out, what they leave poisoned), `cpython-api` (the API's own alphabet) and `minigreenlet` (greenlet's interface on the public API). `greenlet` is the one",
        "that Debian released for that CPython, with [its deviations](../conformance/implementations/greenlet/deviations.md), `greenlet-raw` the same judged on the fields",
        "of the thread state as well, and `gevent` runs its greenlets under a hub; `exchange` has [a thread state for each context](../conformance/implementations/exchange/deviations.md);",
        "`continulet` is what PyPy's greenlet is made of; `threads` and [`generators`](../conformance/implementations/generators/README.md) are the controls. Pyodide's versions have",
        "[their page](../conformance/implementations/pyodide/README.md).",
    ]
    rests = ["# What the matrix rests on", "", "Generated with [the matrix](matrix.md): a cell, its run, and the shortest script of each deviation. Informative.", ""]
    for title, columns, first in TABLES:
        columns = [name for name in columns if name in implementations]
        rows = {}
        for (table, version, build, column), text in before.items():
            if table == title and column in columns:
                rows.setdefault((version, build), {})[column] = text
        for interpreter in sorted((i for i in interpreters if i.name == title), key=lambda i: i.order):
            for column in columns:
                path = report_of(results, (column, interpreter))
                entry = entry_of(path)
                if entry is not None:
                    anchor = os.path.basename(path)[:-len(".json")]
                    rows.setdefault((interpreter.version, interpreter.build), {})[column] = "[%s](matrix-evidence.md#%s)" % (words_of(entry), anchor_of(anchor))
                    sections[anchor_of(anchor)] = section(anchor, entry)
        if rows:
            columns = [name for name in columns if any(name in row for row in rows.values())]
            lines += ["", "## " + title, "", "| %s | build | " % first + " | ".join("`%s`" % c for c in columns) + " |", "| --- | --- | " + " | ".join("---" for _ in columns) + " |"]
            for version, build in sorted(rows, key=lambda r: Interpreter(None, r[0], r[1]).order):
                cells = [rows[version, build].get(c, "") for c in columns]
                lines.append("| %s | %s | %s |" % (version, build, " | ".join(cells)))
                for cell in cells:
                    rests += sections.get(cell.partition("matrix-evidence.md#")[2].rstrip(")"), [])
    commands = sum(int(line.split(" commands in ")[0].rpartition(" ")[2].replace(",", "")) for line in rests if line.startswith("**"))
    lines += ["", "{:,} commands observed in the cells that lead somewhere; the others are of an earlier run.".format(commands) if before_only(lines) else "{:,} commands observed.".format(commands), ""]
    return "\n".join(lines), "\n".join(rests)


def before_only(lines):
    """Whether a cell of the page leads nowhere."""
    return any(text.strip() and "](" not in text for line in lines if line.startswith("| ") and line[2].isdigit() for text in line.strip()[1:-1].split("|")[2:])


def section(anchor, entry):
    specification = entry["specification"]
    lines = [
        "## " + anchor, "",
        "**%s %s** on %s %s, %s: conform %s, seed %s, {:,} commands in {:,} scripts, %.0f s, specification %s (%s).".format(entry["commands"], entry["scripts"]) % (
            entry["name"], entry["implementationVersion"], entry["interpreter"], entry["interpreterVersion"], entry["build"], words_of(entry), entry["seed"],
            entry["seconds"], specification["version"], specification["content"][:12]), "",
    ]
    for verdict in entry["verdicts"]:
        found = verdict.get("counterexample")
        if found:
            before = "after %d other scripts: " % len(found["before"]) if found.get("before") else ""
            lines.append("- %s %s: %s`%s`" % (verdict["clause"], verdict["verdict"], before, "; ".join(found["steps"])))
    return lines + ([""] if lines[-1] else [])


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("results", metavar="RESULTS", help="the folder of the reports")
    parser.add_argument("--implementation", action="append", metavar="NAME")
    parser.add_argument("--python", action="append", metavar="PATH")
    parser.add_argument("--time", default="20s", help="for each cell")
    parser.add_argument("--commands", metavar="N", help="for each cell, instead of a time: the same on every machine")
    parser.add_argument("--seed", default="1")
    parser.add_argument("--jobs", type=int, default=1, metavar="N", help="so many cells at a time")
    parser.add_argument("--pairwise", action="store_true")
    parser.add_argument("--write", metavar="PAGE", help="write the matrix of RESULTS there")
    parser.add_argument("--run-nothing", action="store_true", help="only write the page, of the reports that are there")
    parser.add_argument("--pystate", default="dotnet run --project conformance --", metavar="COMMAND")
    options = parser.parse_args()
    if options.jobs < 1:
        parser.error("--jobs needs at least 1 cell at a time")
    pystate = shlex.split(options.pystate)
    os.makedirs(options.results, exist_ok=True)

    known = json.loads(subprocess.run(pystate + ["list", "--format", "json"], capture_output=True, text=True, check=True).stdout)
    names = [entry["name"] for entry in known["implementations"]]
    implementations = options.implementation or [name for name in NATIVE + BESIDE + VERSIONED if name in names]
    interpreters, seen = [], set()
    for interpreter in found(pystate):
        key = interpreter.name, interpreter.version, interpreter.build
        if key not in seen and (not options.python or interpreter.python.split(",")[0] in options.python):
            seen.add(key)
            interpreters.append(interpreter)
    if not interpreters:
        sys.stderr.write("matrix: no interpreter is to be found: install python3, or run conformance/implementations/provision.sh forky\n")
        return 2

    cells = list(cells_of(pystate, implementations, interpreters))
    codes = {0}
    wanted = () if options.run_nothing else list(pairwise(cells)) if options.pairwise else cells
    with concurrent.futures.ThreadPoolExecutor(options.jobs) as pool:
        if not all(list(pool.map(lambda cell: run(pystate, options.results, cell, options), wanted))):
            codes.add(2)
    for cell in cells:
        path = report_of(options.results, cell)
        if os.path.exists(path):
            with open(path, encoding="utf-8") as file:
                codes.add(json.load(file)["exitCode"])
    if options.write:
        root, extension = os.path.splitext(options.write)
        texts = page(options.results, NATIVE + BESIDE + VERSIONED, kept(options.write), interpreters, kept_sections(root + "-evidence" + extension))
        for path, text in zip((options.write, root + "-evidence" + extension), texts):
            with open(path, "w", encoding="utf-8") as file:
                file.write(text)
    return next(code for code in (2, 1, 3, 0) if code in codes)


if __name__ == "__main__":
    sys.exit(main())
