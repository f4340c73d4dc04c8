"""Measures both sides of every row in turn, prints the table, and fails if an aim is missed."""

import argparse
import os
import re
import shutil
import statistics
import subprocess
import sys
import time
import tomllib
from pathlib import Path

HERE = Path(__file__).resolve().parent
# The parts, and how often each side is measured.
PARTS = {"build": 3, "rebuild": 15, "attack": 10, "login": 40, "encoding": 3}
# What is measured runs without proxies, and as if nobody had set cargo up in the environment.
FOREIGN = re.compile(r"(?i)(https?|all|no)_proxy|CARGO_(TARGET_DIR|BUILD_\w+|PROFILE_\w+|INCREMENTAL)|.*RUSTFLAGS")
ENVIRONMENT = {name: value for name, value in os.environ.items() if not FOREIGN.fullmatch(name)}


def main():
    options = parse_options()
    work = Path(options.work)
    copy_project(work / "ours")
    subprocess.run(["cargo", "fetch", "--quiet", "--locked"], cwd=work / "ours", check=True)

    measure = {
        "build": measure_build,
        "rebuild": measure_rebuild,
        "attack": measure_attack,
        "login": measure_login,
        "encoding": measure_encoding,
    }
    rows = []
    for part in options.parts or PARTS:
        print(f"{part}: {options.rounds or PARTS[part]} rounds", file=sys.stderr)
        rows += measure[part](work, options.rounds or PARTS[part])

    columns = "{:<34} {:>10} {:>10} {:>7} {:>7}  {:>5}  {}"
    print(columns.format("what", "ours", "theirs", "ratio", "aim", "CPU", ""))
    for row in rows:
        print(columns.format(*row.cells()))
    print("Medians. Ratio: ours divided by theirs. CPU: the same ratio of processor time, for information.")
    return 0 if all(row.met() for row in rows) else 1


def parse_options():
    parser = argparse.ArgumentParser(
        prog="tests/cost/run", description="What this project costs, as ratios. See tests/cost/README.md."
    )
    parser.add_argument("parts", nargs="*", metavar="part", help=f"{', '.join(PARTS)} (default: all)")
    parser.add_argument("--rounds", type=int, help="how often each side is measured")
    parser.add_argument("--work", required=True, help=argparse.SUPPRESS)
    options = parser.parse_args()
    unknown = [part for part in options.parts if part not in PARTS]
    if unknown:
        parser.error(f"unknown part: {unknown[0]}")
    return options


# The rows.


def measure_build(work, rounds):
    """A cold build of everything, against an empty program with the same dependencies."""
    ours = work / "ours"
    empty = new_program(work, "empty", "fn main() {}\n")

    def cold(folder):
        shutil.rmtree(folder / "target", ignore_errors=True)
        return timed(cargo("build"), folder)

    return [Row("cold build", "s", 1.25, *alternate(rounds, lambda: cold(ours), lambda: cold(empty)))]


def measure_rebuild(work, rounds):
    """One line of step 1 edited, against one line of the smallest program that calls the packages."""
    ours, ours_file = work / "ours", work / "ours/src/authorize.rs"
    smallest = new_program(work, "smallest", (HERE / "smallest.rs").read_text())
    smallest_file = smallest / "src/main.rs"
    edits = iter(range(1_000_000))

    def edited(folder, file, text, what):
        before = file.read_text()
        if before.count(text) != 1:
            sys.exit(f"{file.name} has no longer exactly one {text!r} to edit")
        file.write_text(before.replace(text, f'{text[:-1]}{next(edits)}"'))
        try:
            return timed(cargo("build", *what), folder)
        finally:
            file.write_text(before)

    def edit_ours():
        return edited(ours, ours_file, '"S256"', ["--bin", "step2"])

    def edit_smallest():
        return edited(smallest, smallest_file, '"user: {user} {bytes:?}"', [])

    # The first build is cold, the second fills what incremental compilation keeps.
    for _ in range(2):
        edit_ours(), edit_smallest()
    return [Row("rebuild after a changed line", "s", 2, *alternate(rounds, edit_ours, edit_smallest))]


def measure_attack(work, rounds):
    """From a line that is taken out, or put back, to the verdict of the attack lab: five seconds are allowed."""
    ours, file = work / "ours", work / "ours/src/authorize.rs"
    line, instead = "if !compare::equal(&received_state, state) {", "if false {"
    whole = file.read_text()
    if whole.count(line) != 1:
        sys.exit(f"{file.name} has no longer exactly one {line!r} to take out")
    play = cargo("run", "--bin", "attack", "--", "login-csrf")
    results = []
    for number in range(rounds + 2):
        is_whole = number % 2 == 0
        file.write_text(whole if is_whole else whole.replace(line, instead))
        results.append(timed(play, ours, code=0 if is_whole else 1))
    # The first build is cold, the second fills what incremental compilation keeps.
    results = results[2:]
    return [Row("changed line to verdict", "s", 1, results, [(5.0, 5.0)])]


def measure_login(work, rounds):
    """One whole login in a fresh process, against one with Python's oauthlib and requests."""
    run(cargo("build", "--release", "--bin", "step3"), work / "ours")
    python = install_python(work / "python")
    ours = [str(work / "ours/target/release/step3"), "--approve"]
    server = subprocess.Popen(
        [sys.executable, str(HERE / "canned_provider.py")], stdout=subprocess.PIPE, text=True
    )
    try:
        port = server.stdout.readline().strip()
        theirs = [python, str(HERE / "python_login.py"), f"http://127.0.0.1:{port}"]
        # Once with open eyes: both do log in. It also lets Python write its compiled files.
        for command in ours, theirs:
            if "Ada" not in run(command, work):
                sys.exit(f"no user came out of {command[0]}")

        times = alternate(rounds, lambda: timed(ours, work), lambda: timed(theirs, work))
        peaks = alternate(max(3, rounds // 4), lambda: peak(ours, work), lambda: peak(theirs, work))
    finally:
        server.kill()
    return [
        Row("login, time", "ms", 1 / 12, *times),
        Row("login, peak memory", "MB", 1 / 4, *peaks),
    ]


def measure_encoding(work, rounds):
    """Our URL encoding, against the crate form_urlencoded: both are timed inside one release build."""
    examples = work / "ours/examples"
    examples.mkdir(exist_ok=True)
    shutil.copy(HERE / "encoding.rs", examples)
    run(cargo("build", "--release", "--example", "encoding"), work / "ours")

    # The aim: as fast where something is escaped, and at 0.8 of the speed where nothing is.
    aims = {"nothing escaped": 1 / 0.8, "a URL": 1, "all escaped": 1}
    times = {name: ([], []) for name in aims}
    for _ in range(rounds):
        for line in run([str(work / "ours/target/release/examples/encoding")], work).splitlines():
            name, *sides = line.split("\t")
            for result, nanoseconds in zip(times[name], sides):
                result.append((float(nanoseconds) * 1e-9,))
    return [Row(f"encoding, {name}", "ns", aim, *times[name]) for name, aim in aims.items()]


class Row:
    def __init__(self, name, unit, aim, ours, theirs):
        self.name, self.unit, self.aim = name, unit, aim
        self.ours, self.theirs = median(ours, 0), median(theirs, 0)
        self.cpu_ratio = median(ours, 1) / median(theirs, 1) if unit in ("s", "ms") else None

    def ratio(self):
        return self.ours / self.theirs

    def met(self):
        return self.ratio() <= self.aim

    def cells(self):
        scale, digits = {"s": (1, 2), "ms": (1e3, 1), "ns": (1e9, 0), "MB": (1 / 1024, 1)}[self.unit]
        amounts = [f"{amount * scale:.{digits}f} {self.unit}" for amount in (self.ours, self.theirs)]
        cpu = "" if self.cpu_ratio is None else f"{self.cpu_ratio:.3f}"
        verdict = "met" if self.met() else "MISSED"
        return [self.name, *amounts, f"{self.ratio():.3f}", f"{self.aim:.3f}", cpu, verdict]


# The tools.


def copy_project(folder):
    """Our files as they are now. The checkout and its target folder are left alone."""
    project = HERE.parent.parent
    listed = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    for name in filter(None, run(listed, project).split("\0")):
        # A file that is deleted, but not yet in a commit, is listed too.
        if (project / name).is_file():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(project / name, folder / name)


def install_python(folder):
    """A Python of its own, with oauthlib and requests."""
    subprocess.run([sys.executable, "-m", "venv", folder], check=True)
    install = ["install", "--quiet", "--disable-pip-version-check", "-r", HERE / "requirements.txt"]
    subprocess.run([folder / "bin/pip", *install], check=True)
    return str(folder / "bin/python3")


def new_program(work, name, main):
    """A program with our dependencies in our versions, and cargo's own profile."""
    manifest = tomllib.loads((work / "ours/Cargo.toml").read_text())
    block = re.search(r"^\[dependencies\]\n(?:(?!\[).*\n)*", (work / "ours/Cargo.toml").read_text(), re.M)
    assert tomllib.loads(block.group()) == {"dependencies": manifest["dependencies"]}
    folder = work / name
    (folder / "src").mkdir(parents=True)
    (folder / "src/main.rs").write_text(main)
    edition = manifest["package"]["edition"]
    (folder / "Cargo.toml").write_text(
        f'[package]\nname = "{name}"\nversion = "0.1.0"\nedition = "{edition}"\n\n{block.group()}'
    )
    shutil.copy(work / "ours/Cargo.lock", folder)
    # Takes our dev-dependencies out of the lock file; `--offline` keeps it from taking newer versions.
    run(["cargo", "update", "--workspace", "--offline", "--quiet"], folder)
    assert packages(folder) <= packages(work / "ours") | {(name, "0.1.0")}
    return folder


def packages(folder):
    lock = tomllib.loads((folder / "Cargo.lock").read_text())
    return {(package["name"], package["version"]) for package in lock["package"]}


def cargo(command, *options):
    return ["cargo", command, "--quiet", "--offline", "--locked", *options]


def alternate(rounds, ours, theirs):
    """Measures the two sides in turn, and in the other order every second time."""
    results = ([], [])
    for number in range(rounds):
        sides = [(results[0], ours), (results[1], theirs)]
        for result, side in sides if number % 2 == 0 else reversed(sides):
            result.append(side())
    return results


def timed(command, folder, code=0):
    """Seconds by the clock, and seconds of processor time, its children's included."""
    start = time.perf_counter()
    process = subprocess.Popen(command, cwd=folder, stdout=subprocess.DEVNULL, env=ENVIRONMENT)
    _, status, usage = os.wait4(process.pid, 0)
    elapsed = time.perf_counter() - start
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode != code:
        sys.exit(f"{command} ended with {process.returncode}")
    return elapsed, usage.ru_utime + usage.ru_stime


def peak(command, folder):
    """The most memory that it held at once, in KiB.

    Linux counts what a process held before `exec`, so a child of this script would never be smaller than
    Python. A child of a shell is, and the shell then becomes the Python that reads its children's usage.
    """
    reader = "import resource; print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)"
    script = 'reader=$1; shift; "$@" >/dev/null || exit 1; exec python3 -c "$reader"'
    return (int(run(["/bin/sh", "-c", script, "sh", reader, *command], folder)),)


def run(command, folder):
    done = subprocess.run(
        command, cwd=folder, check=True, stdout=subprocess.PIPE, text=True, env=ENVIRONMENT
    )
    return done.stdout


def median(results, column):
    return statistics.median(result[column] for result in results)


sys.exit(main())
