"""Either side behind gunicorn: two workers with threads, as in the site's image, on a free port of this machine."""

from __future__ import annotations

import socket
import subprocess
import sys
from collections.abc import Mapping

from bench.running import ROOT

WORKERS = 2
#: The header in which each answer says which process gave it, so that connections can be shared out evenly.
WORKER = "X-Worker"
OPTIONS = [
    "--workers", str(WORKERS), "--worker-class", "gthread", "--threads", "4", "--keep-alive", "75",
    "--preload", "--no-control-socket", "--log-level", "warning", "--pythonpath", "site,.",
]  # fmt: skip


class Served:
    """A running server. ``port`` listens on the loopback address alone."""

    def __init__(self, settings: str, environment: Mapping[str, str]) -> None:
        with socket.create_server(("127.0.0.1", 0)) as listening:
            self.port: int = listening.getsockname()[1]
            number = listening.fileno()
            self.process = subprocess.Popen(
                [sys.executable, "-m", "gunicorn", *OPTIONS, "--bind", f"fd://{number}", "bench.api.wsgi"],
                cwd=ROOT,
                env={**environment, "DJANGO_SETTINGS_MODULE": settings, "SECRET_KEY": "bench-" * 10},
                pass_fds=[number],
            )

    def stop(self) -> None:
        self.process.terminate()
        try:
            self.process.wait(timeout=30)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
