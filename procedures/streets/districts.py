"""What a directory may call a district."""

from __future__ import annotations

from procedures.models import DistrictPage


def known_districts() -> dict[str, str]:
    """The word of each district by that word and by each of its names, in small letters. Drafts count too: a directory
    may come before the pages are public."""
    found: dict[str, str] = {}
    for slug, title in DistrictPage.objects.values_list("slug", "title"):
        found[slug.casefold()] = found[" ".join(title.casefold().split())] = slug
    return found
