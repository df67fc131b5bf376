"""The drawn signs: one SVG file a name in ``templates/cms_blocks/illustrations``; a site may override any of them."""

from __future__ import annotations

from functools import lru_cache

from django.template import TemplateDoesNotExist
from django.template.loader import get_template
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

CHOICES = [
    ("housing", _("Housing")),
    ("mobility", _("Mobility")),
    ("green", _("Parks and nature")),
    ("school", _("School and day care")),
    ("culture", _("Culture")),
    ("climate", _("Climate")),
    ("budget", pgettext_lazy("topic of city life", "Budget")),
    ("youth", _("Children and youth")),
    ("neighbourhood", _("Neighbourhood")),
    ("digital", _("Digital")),
    ("join_in", _("Join in")),
    ("propose", _("Propose")),
    ("meet", _("Meet")),
    ("board", _("Board")),
    ("office", _("Office")),
    ("rules", _("Rules")),
    ("pilot", _("Pilot")),
    ("path", _("Path")),
    ("easy_language", _("Easy language")),
]


def illustration_choices() -> list:
    """The signs an editor can choose (a callable, so that new signs make no migration)."""
    return CHOICES


@lru_cache(maxsize=256)
def svg(name: str) -> SafeString:
    """The SVG source of the sign ``name``; empty when there is none, so that a page never fails for a picture."""
    try:
        return mark_safe(get_template(f"cms_blocks/illustrations/{name}.svg").render())
    except TemplateDoesNotExist:
        return SafeString("")
