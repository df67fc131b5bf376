"""What the levels of participation are called: by the office if it has names of its own, else as usual."""

from __future__ import annotations

from django.utils import translation

from cms_blocks.office import office_for
from toolkit.enums import Level


def level_label(word: str) -> str:
    """The name of a level for the public, in the active language; empty for an unknown word."""
    if word not in Level.values:
        return ""
    language = translation.get_language() or ""
    return office_for(language).level_name(word, language) or str(Level(word).label)


def level_choices() -> list[tuple[str, str]]:
    """Stable words with their names, from the least influence to the most."""
    return [(word, level_label(word)) for word in Level.values]
