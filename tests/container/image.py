"""The image: built by buildah without a registry and without a daemon, and its commands run as in a container."""

from __future__ import annotations

import configparser
import json
import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

from tests.container.base import base
from tests.infrastructure.requirements import REPOSITORY

NAME = "localhost/house"
#: What pip is told on this machine, and the Dockerfile takes as a secret.
PIP_SETTINGS = ("index-url", "extra-index-url", "trusted-host", "timeout")
CERTIFICATES = ("PIP_CERT", "REQUESTS_CA_BUNDLE", "SSL_CERT_FILE")
DEBIANS_CERTIFICATES = "/etc/ssl/certs/ca-certificates.crt"
BASE = "FROM scratch\nADD base.tar /\n"
#: A container as compose.yaml makes it: nothing can be written but /data and /tmp, and no power is left.
ENTER = """
set -e
mount --make-rprivate /
mount --bind "$ROOTFS" "$ROOTFS"
mount -o remount,bind,ro "$ROOTFS"
mount -t proc proc "$ROOTFS/proc"
mount --rbind /dev "$ROOTFS/dev"
mount --bind "$DATA" "$ROOTFS/data"
mount --bind "$TEMPORARY" "$ROOTFS/tmp"
mount --bind "$SOCKET" "$ROOTFS/tmp/database/$(basename "$SOCKET")"
exec chroot "$ROOTFS" setpriv --reuid "$OWNER" --regid "$OWNER" --clear-groups --no-new-privs --inh-caps=-all \\
    --bounding-set=-all --pdeathsig KILL env -i "$@"
"""


class Builder:
    """buildah with a storage of its own."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.options = ["--storage-driver", "vfs", "--root", str(folder / "images"), "--runroot", str(folder / "run")]

    def __call__(self, *arguments: str) -> str:
        """Its standard output. Raises :class:`RuntimeError` with its last words."""
        done = subprocess.run(
            ["buildah", *self.options, *arguments],
            env={**os.environ, "BUILDAH_ISOLATION": "chroot"},
            cwd=REPOSITORY,
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode:
            raise RuntimeError(f"buildah {arguments[0]}: {(done.stdout + done.stderr)[-3000:]}")
        return done.stdout.strip()

    def build(self) -> None:
        """``localhost/base`` from the packed Debian, then the Dockerfile on it."""
        context = self.folder / "base"
        context.mkdir()
        shutil.copyfile(base(), context / "base.tar")
        (context / "Dockerfile").write_text(BASE)
        self("build", "--quiet", "--format", "docker", "--tag", "localhost/base", str(context))
        secrets = [f"--secret=id=pip,src={self._pip_configuration()}"]
        certificates = next((path for name in CERTIFICATES if (path := os.environ.get(name))), DEBIANS_CERTIFICATES)
        if Path(certificates).exists():
            secrets.append(f"--secret=id=certificates,src={certificates}")
        self(
            "build", "--quiet", "--format", "docker", "--layers=false", "--build-arg", "BASE_IMAGE=localhost/base",
            *secrets, "--tag", NAME, ".",
        )  # fmt: skip

    def _pip_configuration(self) -> Path:
        """A ``pip.conf`` with this machine's package index."""
        pip = [sys.executable, "-m", "pip", "config", "list"]
        said = subprocess.run(pip, capture_output=True, text=True, check=False).stdout
        known = dict(line.split("=", 1) for line in said.splitlines() if "=" in line)
        parser = configparser.RawConfigParser()
        parser["global"] = {
            setting: value.strip("'")
            for setting in PIP_SETTINGS
            for name, value in known.items()
            if name in {f"global.{setting}", f"install.{setting}", f":env:.{setting}"}
        }
        path = self.folder / "pip.conf"
        with path.open("w") as file:
            parser.write(file)
        return path


class Image:
    """The built image: ``config`` is what it says about itself, ``rootfs`` its files."""

    def __init__(self, folder: Path) -> None:
        self.builder = Builder(folder)
        self.builder.build()
        self.config: dict[str, Any] = json.loads(self.builder("inspect", "--type", "image", NAME))["Docker"]["config"]
        self.history: str = self.builder("inspect", "--type", "image", "--format", "{{.Docker.History}}", NAME)
        self.rootfs = Path(self.builder("mount", self.builder("from", "--pull-never", NAME)))

    @property
    def environment(self) -> dict[str, str]:
        return dict(variable.split("=", 1) for variable in self.config["Env"])


class Container:
    """Processes that share /data and /tmp, as those of one container do, and reach PostgreSQL through its socket."""

    def __init__(self, image: Image, folder: Path, socket: Path, settings: dict[str, str]) -> None:
        self.image, self.folder, self.settings = image, folder, settings
        owner, _group = image.config["User"].split(":")
        self.variables = {"ROOTFS": str(image.rootfs), "OWNER": owner, "SOCKET": str(socket)}
        for name in ("data", "temporary", "temporary/database"):
            part = folder / name
            part.mkdir(parents=True)
            os.chown(part, int(owner), int(owner))
            self.variables[name.upper()] = str(part)
        (folder / "temporary/database" / socket.name).touch()
        self.started: list[subprocess.Popen[str]] = []

    def start(self, *command: str, **settings: str) -> subprocess.Popen[str]:
        """A process in the container; without a command the image's own."""
        variables = {**self.image.environment, **self.settings, **settings}
        place = f"--chdir={self.image.config['WorkingDir']}"
        inside = [place, *(f"{name}={value}" for name, value in variables.items())]
        process = subprocess.Popen(
            ["unshare", "--mount", "sh", "-c", ENTER, "enter", *inside, *(command or self.image.config["Cmd"])],
            env={"PATH": os.environ["PATH"], **self.variables},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        )
        self.started.append(process)
        return process

    def run(self, *command: str, **settings: str) -> tuple[int, str]:
        """Exit status and output of a command that ends."""
        process = self.start(*command, **settings)
        said, _nothing = process.communicate(timeout=300)
        return process.returncode, said

    def manage(self, *arguments: str) -> str:
        status, said = self.run("python", "site/manage.py", *arguments)
        assert status == 0, said
        return said

    def stop(self) -> None:
        for process in self.started:
            if process.poll() is None:
                os.killpg(process.pid, signal.SIGKILL)
            process.communicate()


def wait_until(check: Any, seconds: float = 60) -> None:
    """Until ``check()`` says nothing more; fails with what it says."""
    ends = time.monotonic() + seconds
    while complaint := check():
        assert time.monotonic() < ends, complaint
        time.sleep(0.2)
