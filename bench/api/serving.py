"""Either side behind gunicorn: two workers with threads, as in the site's image.

Each worker is a server with a port of its own: which of several workers on one port takes a connection is chance, and
one that answers fast takes them all.
"""

from __future__ import annotations

import socket
import subprocess
import sys
from collections.abc import Mapping

from bench.running import ROOT

WORKERS = 2
APPLICATION = "django.core.wsgi:get_wsgi_application()"
OPTIONS = [
    "--workers", "1", "--worker-class", "gthread", "--threads", "4", "--keep-alive", "75",
    "--preload", "--no-control-socket", "--log-level", "warning", "--pythonpath", "site,.",
]  # fmt: skip


class Served:
    """Running servers. ``ports`` listen on the loopback address alone."""

    def __init__(self, settings: str, environment: Mapping[str, str]) -> None:
        self.ports: list[int] = []
        self.processes: list[subprocess.Popen[bytes]] = []
        for _ in range(WORKERS):
            with socket.create_server(("127.0.0.1", 0)) as listening:
                number = listening.fileno()
                self.ports.append(listening.getsockname()[1])
                self.processes.append(
                    subprocess.Popen(
                        [sys.executable, "-m", "gunicorn", *OPTIONS, "--bind", f"fd://{number}", APPLICATION],
                        cwd=ROOT,
                        env={**environment, "DJANGO_SETTINGS_MODULE": settings, "SECRET_KEY": "bench-" * 10},
                        pass_fds=[number],
                    )
                )

    def stop(self) -> None:
        for process in self.processes:
            process.terminate()
        for process in self.processes:
            try:
                process.wait(timeout=30)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
