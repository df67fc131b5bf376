"""The words of a page as one short value: two texts are the same if and only if their digests are.

Dates, numbers, pictures, settings and everything that is the same in all languages are no words: a translation does
not become old, and a review is not lost, when only they change.
"""

from __future__ import annotations

import hashlib
from typing import Any

from cms_blocks.publication.declaration import Publication, declaration_for


def digest(page: Any, declaration: Publication | None = None) -> str:
    """Of what this object in memory says; empty for a type that is never public."""
    declaration = declaration or declaration_for(type(page))
    if declaration is None:
        return ""
    lines = (" ".join(text.split()) for text in declaration.wording(page))
    return hashlib.sha256("\n".join(filter(None, lines)).encode()).hexdigest()
