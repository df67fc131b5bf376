"""Either side's application; its answers name the process that gave them."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable
from typing import Any

from django.core.wsgi import get_wsgi_application

from bench.api.serving import WORKER

_django = get_wsgi_application()


def application(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
    def start(status: str, headers: list[tuple[str, str]], *rest: Any) -> Any:
        return start_response(status, [*headers, (WORKER, str(os.getpid()))], *rest)

    answer: Iterable[bytes] = _django(environ, start)
    return answer
