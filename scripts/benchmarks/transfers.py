"""One gibibyte down and up, beside curl in the same run, against a server that sends and takes as fast as the kernel.

A result that is fetched to a path is on the disk when the call returns: its bytes are synchronised before it gets its
name. That is measured beside curl followed by `sync` of the same file. A result without a path goes to a temporary file
that is not synchronised and is gone at the end: curl followed by `rm`. Runs take turns, and the median of each counts.
"""
import shutil
import statistics
import subprocess
import tempfile
import time
from pathlib import Path

HERE = Path(__file__).resolve().parent
SIZE = 1 << 30
ROUNDS = 3


class Server:
    def __enter__(self):
        self.process = subprocess.Popen(
            ["python3", HERE / "bulk_server.py", str(SIZE)], stdout=subprocess.PIPE, text=True)
        self.url = f"http://127.0.0.1:{int(self.process.stdout.readline())}"
        return self

    def __exit__(self, *_):
        self.process.kill()
        self.process.wait()


def measure(program, run, row):
    """`run(command)` answers output, peak memory in MB and CPU seconds; `row` takes one line of the table."""
    if not shutil.which("curl"):
        return
    # In the file system of the checkout: a temporary folder may be memory.
    with Server() as server, tempfile.TemporaryDirectory(dir=HERE.parent.parent) as folder:
        file = Path(folder) / "file"
        content = f"{server.url}/v1/jobs/job_1/content"
        script = [program, HERE / "transfer.lua", server.url]
        fetch = ["env", f"TMPDIR={folder}", *script, "fetch"]
        groups = {
            "1 GiB down, to a temporary file": [
                ("decart-lua", fetch),
                ("curl, then rm", ["sh", "-c", f"curl -sS -o '{file}' {content} && rm '{file}'"])],
            "1 GiB down, to a file that is on the disk": [
                ("decart-lua", [*script, "fetch", file]),
                ("curl, then sync", ["sh", "-c", f"curl -sS -o '{file}' {content} && sync '{file}'"])],
            "1 GiB up, from a file": [
                ("decart-lua", [*script, "upload", file]),
                ("curl", ["curl", "-sS", "-F", f"file=@{file}", f"{server.url}/v1/files"])],
        }
        for what, commands in groups.items():
            times = {who: [] for who, _ in commands}
            work = {who: [] for who, _ in commands}
            memory = 0
            for _ in range(ROUNDS):
                for who, command in commands:
                    if "up" not in what:
                        file.unlink(missing_ok=True)
                    begin = time.perf_counter()
                    _, peak, cpu = run(command)
                    times[who].append(time.perf_counter() - begin)
                    work[who].append(cpu)
                    memory = max(memory, peak) if who == "decart-lua" else memory
            ours = used = None
            for who, _ in commands:
                speed = SIZE / 1e6 / statistics.median(times[who])
                row(what, who, speed, "MB/s", ours, None if not ours else 0.95 if "down" in what else 0.6, least=True)
                ours = ours or speed
            for who, _ in commands:
                cpu = statistics.median(work[who])
                row(f"{what}: CPU", who, cpu, "s", used)
                used = used or cpu
            row(f"{what}: peak memory", "decart-lua", memory, "MB")
