"""What it costs to keep connected pages in step: CPU of decart-lua per patch, with so many pages and without any."""
import os
import re
import selectors
import signal
import socket
import subprocess
import time
from pathlib import Path
from urllib.parse import urlsplit

HERE = Path(__file__).resolve().parent


def connect(url, page):
    parts = urlsplit(url)
    connection = socket.create_connection((parts.hostname, parts.port))
    request = f"GET {parts.path}events?page={page} HTTP/1.1\r\nHost: {parts.netloc}\r\n\r\n"
    connection.sendall(request.encode())
    connection.setblocking(False)
    return connection


def run(program, pages, seconds):
    """Answers the CPU seconds of a run and how many patches each page was told, at least."""
    process = subprocess.Popen(
        [program, "--web", "--ui", "none", HERE / "page.lua", str(seconds)], stderr=subprocess.PIPE, text=True)
    url = re.search(r"http://\S+/", process.stderr.readline()).group()
    told = {connect(url, page): 0 for page in range(pages)}
    with selectors.DefaultSelector() as selector:
        for connection in told:
            selector.register(connection, selectors.EVENT_READ)
        end = time.monotonic() + seconds
        while (left := end - time.monotonic()) > 0:
            for key, _ in selector.select(left):
                told[key.fileobj] += key.fileobj.recv(1 << 16).count(b"event: patch")
    process.send_signal(signal.SIGINT)
    _, _, usage = os.wait4(process.pid, 0)
    process.returncode = 0
    for connection in told:
        connection.close()
    return usage.ru_utime + usage.ru_stime, min(told.values(), default=0)


def measure(program, pages=100, seconds=5):
    """Milliseconds of CPU for a patch to all the pages, and how many of the twenty a second each was told."""
    alone, _ = run(program, 0, seconds)
    together, patches = run(program, pages, seconds)
    if patches == 0:
        raise SystemExit("bench: the pages were told nothing")
    return (together - alone) * 1e3 / patches, patches / seconds
