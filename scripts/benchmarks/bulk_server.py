"""A server for big transfers, as quick as the kernel: answers every GET with a file of zeros, takes any POST and drops
it.

    bulk_server.py BYTES

Prints its port.
"""
import json
import os
import socket
import sys
import tempfile
import threading

SIZE = int(sys.argv[1])
FILE = tempfile.TemporaryFile()
FILE.truncate(SIZE)


def head(connection):
    """The request's head, and what came after it."""
    data = b""
    while b"\r\n\r\n" not in data:
        more = connection.recv(65536)
        if not more:
            return None, b""
        data += more
    text, rest = data.split(b"\r\n\r\n", 1)
    return text.decode("latin-1"), rest


def header(text, name):
    for line in text.split("\r\n")[1:]:
        key, _, value = line.partition(":")
        if key.lower() == name:
            return value.strip()
    return None


def drop(connection, count):
    buffer = bytearray(1 << 20)
    while count > 0:
        got = connection.recv_into(buffer, min(count, len(buffer)))
        if not got:
            return
        count -= got


def send_file(connection):
    connection.sendall(f"HTTP/1.1 200 OK\r\nContent-Type: video/mp4\r\nContent-Length: {SIZE}\r\n\r\n".encode())
    sent = 0
    while sent < SIZE:
        sent += os.sendfile(connection.fileno(), FILE.fileno(), sent, min(SIZE - sent, 1 << 20))


def serve(connection):
    with connection:
        try:
            while True:
                text, rest = head(connection)
                if text is None:
                    return
                if text.startswith("GET "):
                    send_file(connection)
                    continue
                if header(text, "expect"):
                    connection.sendall(b"HTTP/1.1 100 Continue\r\n\r\n")
                drop(connection, int(header(text, "content-length") or 0) - len(rest))
                body = json.dumps({"id": "file_1", "job_id": "job_1", "status": "pending"}).encode()
                connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%s" % (len(body), body))
        except ConnectionError:
            pass


listener = socket.create_server(("127.0.0.1", 0))
print(listener.getsockname()[1], flush=True)
while True:
    threading.Thread(target=serve, args=[listener.accept()[0]], daemon=True).start()
