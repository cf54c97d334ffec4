"""What --sandbox costs: a start, a poll and a gibibyte, with the keeper and without. CPU is that of both processes."""
import os
import statistics
import subprocess
import tempfile
import time
from pathlib import Path

import transfers

HERE = Path(__file__).resolve().parent
SCRIPT = HERE / "sandboxed.lua"
CLIP = HERE.parent / "examples" / "clip.mp4"
STARTS = 30
KEY = {"DECART_API_KEY": "bench"}


def cpu(command, **variables):
    """CPU seconds of a command and of what it has waited for."""
    process = subprocess.Popen(
        [str(word) for word in command], stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True,
        env=os.environ | KEY | variables)
    # It names the job that it leaves behind.
    complaints = process.stderr.read()
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode != 0:
        raise SystemExit(f"bench: {' '.join(map(str, command))} failed with {process.returncode}:\n{complaints}")
    return usage.ru_utime + usage.ru_stime


def start(program, row):
    times = {"--sandbox": [], "without": []}
    # A start looks for what killed runs have left in the temporary folder.
    with tempfile.TemporaryDirectory() as folder:
        for _ in range(STARTS):
            for who, options in [("--sandbox", ["--sandbox"]), ("without", [])]:
                begin = time.perf_counter()
                subprocess.run([program, *options, "-e", ""], check=True, env=os.environ | {"TMPDIR": folder})
                times[who].append((time.perf_counter() - begin) * 1e3)
    ours = statistics.median(times["--sandbox"])
    row("a start under --sandbox", "--sandbox", ours, "ms")
    row("a start under --sandbox", "without", statistics.median(times["without"]), "ms", ours, 2.2)


def polls(program, url, count, width, row):
    """A poll's share: a run with many, less one with few."""
    few = width
    costs = {"--sandbox": [], "without": []}
    for _ in range(3):
        for who, options in [("--sandbox", ["--sandbox", f"--allow-read={CLIP}"]), ("without", [])]:
            runs = [
                cpu([program, *options, "--cap", "1000", SCRIPT, "polls", number, width, CLIP], DECART_BASE_URL=url,
                    DECART_JOURNAL="")
                for number in (count, few)]
            costs[who].append((runs[0] - runs[1]) * 1e6 / (count - few))
    ours = statistics.median(costs["--sandbox"])
    what = f"status poll through the keeper, {width} in flight: CPU of both"
    row(what, "--sandbox", ours, "µs")
    row(what, "without", statistics.median(costs["without"]), "µs", ours, 1.5)


def transfer(program, row):
    with transfers.Server() as server, tempfile.TemporaryDirectory(dir=HERE.parent.parent) as folder:
        place = server.url.removeprefix("http://")
        times = {"--sandbox": [], "without": []}
        for _ in range(3):
            for who, options in [
                    ("--sandbox", ["--sandbox", f"--allow-net={place}", f"--allow-write={folder}"]), ("without", [])]:
                begin = time.perf_counter()
                cpu([program, *options, SCRIPT, "fetch", f"{server.url}/v1/jobs/job_1/content", f"{folder}/file"])
                times[who].append(time.perf_counter() - begin)
        ours = statistics.median(times["--sandbox"])
        row("1 GiB through the keeper, to the disk", "--sandbox", ours, "s")
        row("1 GiB through the keeper, to the disk", "without", statistics.median(times["without"]), "s", ours)


def measure(program, url, count, width, row):
    with tempfile.TemporaryDirectory() as state:
        os.environ["XDG_STATE_HOME"] = state
        try:
            start(program, row)
            polls(program, url, count, width, row)
            transfer(program, row)
        finally:
            del os.environ["XDG_STATE_HOME"]
