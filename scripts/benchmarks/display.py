"""The cost of showing a document: of one property set, of a frame with 200 bars, and of polling with and without it."""
import fcntl
import os
import pty
import resource
import select
import struct
import subprocess
import sys
import termios
import time
from pathlib import Path

HERE = Path(__file__).resolve().parent


def on_terminal(command):
    """Runs a command with standard error on a terminal of 120 by 50, read as fast as it writes.

    Answers its standard output, its CPU seconds, and what came on the terminal.
    """
    leader, follower = pty.openpty()
    fcntl.ioctl(follower, termios.TIOCSWINSZ, struct.pack("HHHH", 50, 120, 0, 0))
    process = subprocess.Popen(
        [str(word) for word in command], stdout=subprocess.PIPE, stderr=follower, text=True,
        env={**os.environ, "TERM": "xterm-256color", "LANG": "C.UTF-8"})
    os.close(follower)
    shown = b""
    while True:
        ready, _, _ = select.select([leader, process.stdout], [], [])
        if leader in ready:
            try:
                shown += os.read(leader, 1 << 16)
            except OSError:  # the last writer has gone
                break
        elif process.stdout in ready:
            break
    output = process.stdout.read()
    try:
        while chunk := os.read(leader, 1 << 16):
            shown += chunk
    except OSError:
        pass
    os.close(leader)
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode != 0:
        sys.exit(f"bench: {' '.join(map(str, command))} failed with {process.returncode}:\n{shown.decode()}")
    return output, usage.ru_utime + usage.ru_stime, shown


def property_cost(program):
    """µs for one property set, beside an assignment to a plain table."""
    output, _, _ = on_terminal([program, "--ui", "tty", HERE / "properties.lua"])
    return [float(word) for word in output.split()]


def frame_cost(program):
    """µs of CPU for a frame with 200 bars, all of which change; and how many frames a second there were."""
    _, idle, _ = on_terminal([program, "--ui", "none", HERE / "bars.lua", 200, 4])
    _, shown, text = on_terminal([program, "--ui", "tty", HERE / "bars.lua", 200, 4])
    frames = text.count(b"\x1b[?25h")
    return (shown - idle) * 1e6 / max(1, frames), frames / 4


def polling(program, url, polls, width, turns=5):
    """µs of CPU for a status poll whose script shows each status: with the terminal's face, and without any."""
    best = {}
    for _ in range(turns):
        # In turns: a noisy neighbour hits both.
        for mode in ["tty", "none"]:
            output, _, _ = on_terminal([program, "--ui", mode, HERE / "polls.lua", url, polls, width, "show"])
            best[mode] = min(best.get(mode, float("inf")), float(output.split()[0]))
    return best["tty"], best["none"]
