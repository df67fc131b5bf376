"""Whether this container does its work: ``python site/healthcheck.py site|worker``; status 0 or 1 with a sentence.

Standard library only, since it is asked every half minute.
"""

from __future__ import annotations

import http.client
import os
import sys
import time
from pathlib import Path
from urllib.parse import urlsplit

#: The file that ``manage.py worker --sign-of-life`` keeps new, and the seconds after which it is too old. One task may
#: take minutes (a reconciliation, a slow mail server).
SIGN_OF_LIFE = Path("/tmp/worker")
LONGEST_TASK = 300


def site() -> str:
    """Empty when ``/healthz`` answers, else what is wrong."""
    # By the name that the site answers to: others are refused.
    host = urlsplit(os.environ.get("BASE_URL", "")).netloc or "localhost"
    connection = http.client.HTTPConnection("127.0.0.1", int(os.environ.get("PORT", "8000")), timeout=8)
    try:
        connection.request("GET", "/healthz", headers={"Host": host})
        status = connection.getresponse().status
    except OSError as error:
        return f"/healthz does not answer: {error}"
    finally:
        connection.close()
    return "" if status == 200 else f"/healthz answers {status}"


def worker() -> str:
    """Empty while the worker of this container makes its rounds, else what is wrong."""
    try:
        age = time.time() - SIGN_OF_LIFE.stat().st_mtime
    except FileNotFoundError:
        return f"the worker has not made a round yet: there is no {SIGN_OF_LIFE}"
    return "" if age < LONGEST_TASK else f"the worker's last round was {age:.0f} s ago"


if __name__ == "__main__":
    parts = {"site": site, "worker": worker}
    if sys.argv[1:] not in [[name] for name in parts]:
        sys.exit(f"Error: say which part to ask: {' or '.join(parts)}.")
    sys.exit(parts[sys.argv[1]]() or 0)
