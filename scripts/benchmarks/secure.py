"""Status polls as users make them: over TLS, to nginx in front of the local queue, in HTTP/1.1 and in HTTP/2.

`h2load` (package nghttp2-client) stands where `wrk` does for plain HTTP: it does nothing else.
"""
import json
import os
import re
import shutil
import socket
import ssl
import subprocess
import tempfile
import time
import urllib.request
from pathlib import Path

HERE = Path(__file__).resolve().parent


class Nginx:
    """nginx on two free ports of loopback: HTTP/2 where the client offers it, and HTTP/1.1 alone."""

    def __init__(self, upstream):
        self.upstream = upstream

    def __enter__(self):
        self.folder = tempfile.TemporaryDirectory()
        folder = Path(self.folder.name)
        self.certificate = folder / "certificate.pem"
        subprocess.run(
            ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "1", "-subj", "/CN=localhost",
             "-addext", "subjectAltName=DNS:localhost", "-keyout", folder / "key.pem", "-out", self.certificate],
            check=True, stderr=subprocess.DEVNULL)
        ports = [free_port(), free_port()]
        servers = "".join(
            f"server {{ listen 127.0.0.1:{port} ssl{http2}; ssl_certificate {self.certificate};"
            f" ssl_certificate_key {folder}/key.pem; keepalive_requests 1000000;"
            " location / { proxy_pass http://queue; proxy_http_version 1.1; proxy_set_header Connection ''; } }\n"
            for port, http2 in zip(ports, [" http2", ""]))
        (folder / "nginx.conf").write_text(
            f"worker_processes 1; daemon off; pid {folder}/pid; error_log {folder}/errors;\n"
            "events { worker_connections 1024; }\n"
            f"http {{ access_log off; client_body_temp_path {folder}/a; proxy_temp_path {folder}/b;\n"
            f" fastcgi_temp_path {folder}/c; uwsgi_temp_path {folder}/d; scgi_temp_path {folder}/e;\n"
            f" upstream queue {{ server {self.upstream}; keepalive 128; keepalive_requests 1000000; }}\n"
            f"{servers} }}\n")
        self.process = subprocess.Popen(["nginx", "-c", folder / "nginx.conf"], stderr=subprocess.DEVNULL)
        self.http2, self.http1 = (f"https://localhost:{port}" for port in ports)
        for _ in range(100):
            try:
                socket.create_connection(("127.0.0.1", ports[0])).close()
                break
            except OSError:
                time.sleep(0.05)
        return self

    def __exit__(self, *_):
        self.process.terminate()
        self.process.wait()
        self.folder.cleanup()


def free_port():
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return listener.getsockname()[1]


def job(url, certificate):
    request = urllib.request.Request(f"{url}/v1/jobs/lucy-pro-t2v", data=b"prompt=bench")
    context = ssl.create_default_context(cafile=certificate)
    return json.load(urllib.request.urlopen(request, context=context))["job_id"]


def measure(program, python, upstream, polls, width, run, row):
    """`python`: the one with the SDK, or None. `run(command)` answers output, peak memory and CPU seconds."""
    if not shutil.which("nginx"):
        return
    with Nginx(upstream) as nginx:
        trust = {"SSL_CERT_FILE": str(nginx.certificate), "NODE_EXTRA_CA_CERTS": str(nginx.certificate)}
        os.environ.update(trust)
        try:
            compare(program, python, nginx, polls, width, run, row)
        finally:
            for name in trust:
                del os.environ[name]


def compare(program, python, nginx, polls, width, run, row):
    def cost(*command):
        return float(run([*command, polls, width])[0].split()[0])

    what = f"status poll over TLS, {width} in flight: CPU"
    ours = cost(program, HERE / "polls.lua", nginx.http1)
    row(what, "decart-lua", ours, "µs")
    if python:
        row(what, "Python SDK", cost(python, HERE / "polls.py", nginx.http1), "µs", ours)
    if shutil.which("node"):
        row(what, "Node fetch", cost("node", HERE / "polls.mjs", nginx.http1), "µs", ours)
    what = f"status poll in HTTP/2, {width} in flight: CPU"
    ours = cost(program, HERE / "polls.lua", nginx.http2)
    row(what, "decart-lua", ours, "µs")
    if shutil.which("h2load"):
        url = f"{nginx.http2}/v1/jobs/{job(nginx.http2, nginx.certificate)}"
        output, _, cpu = run(
            ["h2load", "-n", polls, "-c", "1", "-m", width, "-H", "x-api-key: bench", url])
        done = int(re.search(r"(\d+) succeeded", output).group(1))
        row(what, "h2load, one connection", cpu * 1e6 / done, "µs", ours)
