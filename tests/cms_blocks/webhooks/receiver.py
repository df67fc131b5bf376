"""A program that is told: a real HTTP server which checks signatures by itself and answers as it is bidden."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import ssl
import subprocess
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any


@dataclass
class Call:
    path: str
    headers: dict[str, str]
    body: bytes

    @property
    def told(self) -> dict[str, Any]:
        return json.loads(self.body)

    def is_signed_with(self, secret: str) -> bool:
        """Written after the standard alone (standardwebhooks.com), without our code."""
        key = base64.b64decode(secret.split("_", 1)[1])
        content = f"{self.headers['webhook-id']}.{self.headers['webhook-timestamp']}.".encode() + self.body
        expected = base64.b64encode(hmac.digest(key, content, hashlib.sha256)).decode()
        return f"v1,{expected}" in self.headers["webhook-signature"].split(" ")


@dataclass
class Receiver:
    """``answers``: what to do with the next calls, one after the other; the last one for all that follow."""

    port: int = 0
    scheme: str = "http"
    calls: list[Call] = field(default_factory=list)
    answers: list[Any] = field(default_factory=lambda: [200])
    stopped: threading.Event = field(default_factory=threading.Event)

    def url(self, host: str = "localhost", path: str = "/hook") -> str:
        return f"{self.scheme}://{host}:{self.port}{path}"

    @property
    def told(self) -> list[dict[str, Any]]:
        return [call.told for call in self.calls]

    def next_answer(self) -> Any:
        return self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]


@contextmanager
def receiving(certificate: Path | None = None, **fields: Any) -> Iterator[Receiver]:
    """Listens on 127.0.0.1 until the end of the block; over TLS with a ``certificate`` (and key, in one file)."""
    receiver = Receiver(**fields)

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            receiver.calls.append(Call(self.path, {k.lower(): v for k, v in self.headers.items()}, body))
            answer = receiver.next_answer()
            if answer == "silent":
                receiver.stopped.wait(30)
            elif answer == "drips":
                self.wfile.write(b"HTTP/1.1 200 OK\r\n")
                while not receiver.stopped.wait(0.05):
                    self.wfile.write(b"X-Drip: 1\r\n")
            elif answer == "gibberish":
                self.wfile.write(b"what do you want\r\n\r\n")
            elif answer == "hangs up":
                pass
            elif answer == "flood":
                self.send_response(200)
                self.end_headers()
                while not receiver.stopped.wait(0.001):
                    self.wfile.write(b"x" * 4096)
            elif callable(answer):
                answer()
            else:
                status, headers = answer if isinstance(answer, tuple) else (answer, {})
                self.send_response(status)
                for name, value in headers.items():
                    self.send_header(name, value)
                self.send_header("Content-Length", "0")
                self.end_headers()

        def log_message(self, *args: Any) -> None:
            pass

    class Server(ThreadingHTTPServer):
        daemon_threads = True

        def handle_error(self, *args: Any) -> None:
            """The other side hung up: it was meant to."""

    server = Server(("127.0.0.1", 0), Handler)
    receiver.port = server.server_address[1]
    if certificate is not None:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate)
        server.socket = context.wrap_socket(server.socket, server_side=True, do_handshake_on_connect=False)
        receiver.scheme = "https"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    try:
        yield receiver
    finally:
        receiver.stopped.set()
        server.shutdown()
        server.server_close()
        thread.join(10)


def make_certificate(folder: Path, name: str) -> Path:
    """A certificate for this name, signed by itself, with its key in the same file."""
    path = folder / f"{name}.pem"
    key = folder / f"{name}.key"
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2",
         "-subj", f"/CN={name}", "-addext", f"subjectAltName=DNS:{name}", "-keyout", str(key), "-out", str(path)],
        check=True, capture_output=True,
    )  # fmt: skip
    path.write_bytes(path.read_bytes() + key.read_bytes())
    return path


def elapsed(since: float) -> float:
    return time.monotonic() - since
