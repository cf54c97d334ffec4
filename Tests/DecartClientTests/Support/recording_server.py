"""A server that answers as the wire document says, and writes down what it was sent.

    recording_server.py RECORDS

Prints its port. Each request becomes one line of JSON in the file RECORDS. Written with Python's standard library and
nothing of the project's, forms included: what is recorded is what an independent reader finds on the wire.
"""

import json
import re
import sys
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

PICTURE = b"\x89PNG\r\n\x1a\nnot really"
FILE = {
    "id": "file_1",
    "filename": "my clip.mp4",
    "mime_type": "video/mp4",
    "size_bytes": 5,
    "created_at": "2026-01-01T00:00:00Z",
    "expires_at": "2026-01-02T00:00:00Z",
}
REPLIES = [
    ("POST", r"/v1/jobs/[^/]+", 200, {"job_id": "job a?b", "status": "pending"}),
    ("GET", r"/v1/jobs/[^/]+", 200, {"job_id": "job a?b", "status": "completed"}),
    ("GET", r"/v1/jobs/[^/]+/content", 200, PICTURE),
    ("POST", r"/v1/generate/[^/]+", 200, PICTURE),
    ("POST", r"/v1/files", 200, FILE),
    ("GET", r"/v1/files/[^/]+", 200, FILE),
    ("DELETE", r"/v1/files/[^/]+", 204, None),
    ("POST", r"/v1/client/tokens", 200, {"apiKey": "ek_1", "token": "a.b.c", "expiresAt": "2026-01-01T00:01:00Z"}),
    ("POST", r"/v1/models/resolve", 200, {"model_id": "lucy-2.6"}),
]


def parts(body, content_type):
    """The parts of a form, strictly by RFC 7578: nothing before, between or behind them."""
    boundary = re.fullmatch(r"multipart/form-data; boundary=([0-9A-Za-z'()+_,./:=?-]{1,70})", content_type).group(1)
    delimiter = b"--" + boundary.encode()
    pieces = (b"\r\n" + body).split(b"\r\n" + delimiter)
    if pieces[0] != b"" or pieces[-1] != b"--\r\n":
        raise ValueError("something before the first boundary, or behind the last")
    found = []
    for piece in pieces[1:-1]:
        if not piece.startswith(b"\r\n"):
            raise ValueError("a boundary without a line break")
        head, content = piece[2:].split(b"\r\n\r\n", 1)
        found.append({"headers": head.decode("utf-8").split("\r\n"), "content": content.decode("latin-1")})
    return found


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def answer(self):
        body = self.rfile.read(int(self.headers.get("content-length", 0)))
        record = {
            "method": self.command,
            "path": self.path,
            "version": self.request_version,
            "headers": [[name.lower(), value] for name, value in self.headers.items()],
            "length": len(body),
        }
        content_type = self.headers.get("content-type", "")
        if content_type.startswith("multipart/form-data"):
            record["parts"] = parts(body, content_type)
        else:
            record["body"] = body.decode("latin-1")
        with open(sys.argv[1], "a", encoding="utf-8") as records:
            records.write(json.dumps(record) + "\n")
        for method, pattern, status, reply in REPLIES:
            if method == self.command and re.fullmatch(pattern, self.path):
                return self.reply(status, reply)
        return self.reply(404, {"detail": "Not Found"})

    do_GET = do_POST = do_DELETE = answer

    def reply(self, status, reply):
        body = reply if isinstance(reply, bytes) else b"" if reply is None else json.dumps(reply).encode()
        self.send_response(status)
        if status != 204:
            self.send_header("Content-Type", "image/png" if isinstance(reply, bytes) else "application/json")
            self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
print(server.server_address[1], flush=True)
server.serve_forever()
