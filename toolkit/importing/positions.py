"""JSON whose values know the line they stand in, so that every mistake can be shown where it is.

Strict JSON (RFC 8259), with three things the standard library lets pass reported as mistakes: keys that stand twice in
an object, ``NaN`` and ``Infinity``, and nesting without end.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from dataclasses import dataclass
from json import JSONDecodeError
from json.decoder import scanstring
from typing import TypeAlias

from django.utils.translation import gettext as _

#: Deeper than any file of ours; keeps a hostile file from exhausting the stack.
DEEPEST = 50
_SPACE = re.compile(r"[ \t\n\r]*")
_NUMBER = re.compile(r"-?(?:0|[1-9][0-9]*)(\.[0-9]+)?([eE][-+]?[0-9]+)?")
#: No number of ours has more digits (Python refuses to read numbers of more than 4300).
MOST_DIGITS = 30
_WORDS: dict[str, bool | None] = {"true": True, "false": False, "null": None}


@dataclass(frozen=True, slots=True)
class Located:
    """A value and the line it begins in, counted from 1. Objects and lists hold located values."""

    value: Value
    line: int


Value: TypeAlias = "dict[str, Located] | list[Located] | str | int | float | bool | None"


class Malformed(ValueError):
    """The text is no JSON. ``line`` and ``column`` count from 1; the message says what was expected."""

    def __init__(self, line: int, column: int, reason: str) -> None:
        super().__init__(reason)
        self.line, self.column, self.reason = line, column, reason


def parse(text: str) -> Located:
    """Read one JSON value. Raises :class:`Malformed`."""
    return _Reader(text).document()


class _Reader:
    def __init__(self, text: str) -> None:
        self.text = text
        self.at = 0
        self.starts = [0, *(match.end() for match in re.finditer("\n", text))]

    def document(self) -> Located:
        self._skip()
        found = self._value(0)
        self._skip()
        if self.at < len(self.text):
            raise self._error(_("Nothing may follow after the end of the list."))
        return found

    def _value(self, depth: int) -> Located:
        if depth > DEEPEST:
            raise self._error(_("Lists and objects are nested more than %(most)d deep.") % {"most": DEEPEST})
        line = self._line()
        sign = self.text[self.at : self.at + 1]
        if sign == "{":
            return Located(self._object(depth), line)
        if sign == "[":
            return Located(self._list(depth), line)
        if sign == '"':
            return Located(self._string(), line)
        for word, meaning in _WORDS.items():
            if self.text.startswith(word, self.at):
                self.at += len(word)
                return Located(meaning, line)
        if match := _NUMBER.match(self.text, self.at):
            if len(match[0]) > MOST_DIGITS:
                raise self._error(_("A number has more than %(most)d digits.") % {"most": MOST_DIGITS})
            self.at = match.end()
            return Located(float(match[0]) if match[1] or match[2] else int(match[0]), line)
        raise self._error(
            _("A value is expected: a text in double quotes, a number, true, false, null, a list or an object.")
        )

    def _object(self, depth: int) -> dict[str, Located]:
        found: dict[str, Located] = {}
        self._step()
        if self._take("}"):
            return found
        while True:
            if self.text[self.at : self.at + 1] != '"':
                raise self._error(_("A key in double quotes is expected (no comma after the last entry)."))
            begin = self.at
            key = self._string()
            if key in found:
                self.at = begin
                raise self._error(
                    _("The key “%(key)s” stands twice in the same object. Take one of them away.")
                    % {"key": printable(key)}
                )
            self._skip()
            if not self._take(":"):
                raise self._error(_("A colon is expected after the key “%(key)s”.") % {"key": printable(key)})
            found[key] = self._value(depth + 1)
            self._skip()
            if self._take("}"):
                return found
            if not self._take(","):
                raise self._error(_("A comma or a closing brace } is expected."))

    def _list(self, depth: int) -> list[Located]:
        found: list[Located] = []
        self._step()
        if self._take("]"):
            return found
        while True:
            found.append(self._value(depth + 1))
            self._skip()
            if self._take("]"):
                return found
            if not self._take(","):
                raise self._error(_("A comma or a closing bracket ] is expected."))

    def _string(self) -> str:
        text: str
        try:
            text, self.at = scanstring(self.text, self.at + 1, True)
        except JSONDecodeError as mistake:
            self.at = mistake.pos
            raise self._error(
                _("A text is not written correctly: %(reason)s.") % {"reason": mistake.msg.lower()}
            ) from None
        return text

    def _step(self) -> None:
        self.at += 1
        self._skip()

    def _take(self, sign: str) -> bool:
        if self.text[self.at : self.at + 1] != sign:
            return False
        self._step()
        return True

    def _skip(self) -> None:
        match = _SPACE.match(self.text, self.at)
        assert match is not None  # matches the empty text too
        self.at = match.end()

    def _line(self) -> int:
        return bisect_right(self.starts, self.at)

    def _error(self, reason: str) -> Malformed:
        line = self._line()
        return Malformed(line, self.at - self.starts[line - 1] + 1, reason)


def printable(text: object, most: int = 60) -> str:
    """A text from the file as a message can show it: short, on one line, without signs that cannot be written."""
    shown = str(text)
    shown = shown if len(shown) <= most else shown[: most - 1] + "…"
    return "".join(sign if sign.isprintable() else "�" for sign in shown)
