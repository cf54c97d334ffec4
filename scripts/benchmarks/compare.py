"""Measures this tree's program and another revision's in turns, so that a machine that drifts drifts for both.

Called by `bench --compare REV`. Each figure is measured in pairs, the two programs one after the other; a difference is
beyond noise where three quarters of the pairs agree on its direction and their median is more than 3 % away from none.
"""
import os
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

HERE = Path(__file__).resolve().parent
PAIRS = 7


def other(root, revision):
    """The program of that revision, built beside this one. It is built anew only when the revision is another."""
    found = subprocess.run(
        ["git", "rev-parse", "--verify", "--quiet", f"{revision}^{{commit}}"], cwd=root, capture_output=True, text=True)
    if found.returncode != 0:
        sys.exit(f"bench: there is no revision {revision}")
    commit = found.stdout.strip()
    tree = root / ".build-compare"
    source = tree / "source"
    if not source.exists():
        subprocess.run(["git", "worktree", "prune"], cwd=root, check=True)
        subprocess.run(
            ["git", "worktree", "add", "--quiet", "--detach", source, commit], cwd=root, check=True)
    subprocess.run(["git", "checkout", "--quiet", "--force", "--detach", commit], cwd=source, check=True)
    print(f"building {commit[:9]} in {tree.relative_to(root)} …", file=sys.stderr)
    script = source / "scripts" / "build-release"
    # Earlier revisions have none.
    without = ["swift", "build", "-c", "release", "--static-swift-stdlib", "--product", "decart-lua"]
    build = [script] if script.exists() else without
    subprocess.run([*build, "--scratch-path", tree / "build"], cwd=source, check=True, stdout=subprocess.DEVNULL)
    return tree / "build" / "release" / "decart-lua", commit[:9]


def output(program, *words):
    done = subprocess.run([str(program), *map(str, words)], capture_output=True, text=True)
    if done.returncode != 0:
        sys.exit(f"bench: {program} {' '.join(map(str, words))} failed with {done.returncode}:\n{done.stderr}")
    return [float(word) for word in done.stdout.split()]


def cpu(program, *words):
    """CPU milliseconds of a whole run."""
    process = subprocess.Popen([str(program), *map(str, words)], stdout=subprocess.DEVNULL)
    _, _, usage = os.wait4(process.pid, 0)
    return (usage.ru_utime + usage.ru_stime) * 1e3


def peak(program, *words):
    """Peak memory of a whole run, MB."""
    process = subprocess.Popen([str(program), *map(str, words)], stdout=subprocess.DEVNULL)
    _, _, usage = os.wait4(process.pid, 0)
    return usage.ru_maxrss / 1024


def starts(program):
    return sum(cpu(program, "-e", "") for _ in range(10)) / 10


def instructions(program):
    """Of a whole run of nothing, in millions; the same for the same program, which must have no symbols: valgrind cannot
    read them."""
    # A start looks for what killed runs have left in the temporary folder.
    with tempfile.TemporaryDirectory() as folder:
        done = subprocess.run(
            ["valgrind", "--tool=callgrind", "--callgrind-out-file=/dev/null", program, "-e", ""], capture_output=True,
            text=True, env=os.environ | {"TMPDIR": folder})
    found = re.search(r"Collected : (\d+)", done.stderr)
    return int(found.group(1)) / 1e6 if found else None


def figures(url):
    yield "status poll, 64 in flight: CPU, µs", lambda program: output(program, HERE / "polls.lua", url, 20_000, 64)[0]
    yield "10,000 jobs polled every 2 s: CPU per poll, µs", lambda program: output(
        program, HERE / "waiting.lua", url, 10_000, 5)[0]
    yield "the same: peak memory, MB", lambda program: peak(program, HERE / "waiting.lua", url, 10_000, 3)
    yield "whole-program start: CPU, ms", starts
    yield "pure Lua, s", lambda program: output(program, HERE / "pure.lua")[0]
    yield "6,000,000 coroutine switches, s", lambda program: output(program, HERE / "switches.lua")[0]
    yield "10,000 timers: lateness, p99, ms", lambda program: output(program, HERE / "timers.lua", 10_000)[0]
    yield "one property set, µs", lambda program: output(program, "--ui", "none", HERE / "properties.lua")[0]


def compare(ours, theirs, name, url):
    print(f"| figure | here | {name} | here / {name}, median (least, most) | |")
    print("|---|---:|---:|---:|---|")
    for what, measure in figures(url):
        pairs = []
        for _ in range(PAIRS):
            pairs.append((measure(ours), measure(theirs)))
        ratios = sorted(a / b for a, b in pairs if b)
        middle = statistics.median(ratios)
        agreeing = max(sum(r > 1 for r in ratios), sum(r < 1 for r in ratios)) / len(ratios)
        beyond = agreeing >= 0.75 and abs(middle - 1) > 0.03
        verdict = ("slower" if middle > 1 else "faster") if beyond else "within noise"
        here, there = (statistics.median(column) for column in zip(*pairs))
        print(f"| {what} | {here:.3g} | {there:.3g} | {middle:.2f} ({ratios[0]:.2f}, {ratios[-1]:.2f}) | {verdict} |",
              flush=True)
    if shutil.which("valgrind"):
        here, there = instructions(ours), instructions(theirs)
        if here and there:
            print(f"| whole-program start: instructions, millions | {here:.2f} | {there:.2f} | {here / there:.3f} | |")
