"""A progress bar for long commands; silent where nobody watches."""

from __future__ import annotations

import time
from types import TracebackType
from typing import Any

WIDTH = 30


class Bar:
    """``with Bar(self.stderr, "rebuild") as bar: work(bar.update)``; it is redrawn at most ten times a second."""

    def __init__(self, stream: Any, label: str) -> None:
        self.stream, self.label = stream, label
        self.started = time.monotonic()
        self._drawn = 0.0
        self.visible = bool(getattr(stream, "isatty", lambda: False)())

    def __enter__(self) -> Bar:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self.visible and self._drawn:
            self.stream.write("\n", ending="")

    def update(self, done: int, total: int) -> None:
        now = time.monotonic()
        if not self.visible or (done < total and now - self._drawn < 0.1):
            return
        self._drawn = now
        share = done / total if total else 1.0
        filled = "█" * round(share * WIDTH)
        rest = (now - self.started) / share * (1 - share) if share else 0
        self.stream.write(f"\r{self.label} {filled:░<{WIDTH}} {done}/{total}  {rest:4.0f} s", ending="")
        if hasattr(self.stream, "flush"):
            self.stream.flush()
