"""Samples for the editor's block picker: what a block looks like before anything exists that it could show."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.templatetags.static import static
from django.utils.translation import gettext as _

from cms_blocks.publication.records import FOREVER, NEVER
from cms_blocks.publication.targets import Target, Targets


@dataclass(frozen=True)
class SampleImage:
    """Stands for a picture that nobody has uploaded yet."""

    pk: int
    is_decorative: bool = False
    rights: str = ""
    licence_address: str = ""

    @property
    def default_alt_text(self) -> str:
        return _("Two half circles, one blue and one coral, that leave a gap between them")

    def picture_data(self, profile: str) -> dict[str, Any]:
        return {"src": static("cms_blocks/sample.svg"), "width": 1200, "height": 800}


@dataclass(frozen=True)
class SampleDocument:
    pk: int
    title: str
    summary: str
    accessible: str = "yes"
    url: str = "#"
    file_extension: str = "pdf"
    file_size: int = 240_000
    file_changed_at: datetime = NEVER
    superseded_by_id: None = None


class SampleTargets(Targets):
    """Answers every look-up with a sample, so that a preview shows no real content and costs no query."""

    def preload(self, **ids: Any) -> None:
        """Nothing to look up."""

    def _get(self, kind: str, pk: int | None, locale: str) -> Any:
        return getattr(self, f"_{kind}")(int(pk)) if pk else None

    def _image(self, pk: int) -> SampleImage:
        return SampleImage(pk, rights=_("City of Example"))

    def _document(self, pk: int) -> SampleDocument:
        samples = (
            (_("Checklist for an evening with everybody"), _("What to think of before, during and after.")),
            (_("Rules for talking with one another"), _("One page to hang up in the room.")),
        )
        title, summary = samples[pk % len(samples)]
        return SampleDocument(pk, title, summary)

    def _page(self, pk: int) -> Target:
        samples = (
            (_("What you can do"), _("Five ways to have your say."), "propose"),
            (_("How participation works"), _("Seven steps from the idea to the answer."), "path"),
            (_("The office"), _("Two halves, many open doors."), "office"),
        )
        title, lead, sign = samples[pk % len(samples)]
        return Target(
            id=pk,
            object_id=pk,
            kind="page",
            title=title,
            lead=lead,
            path="#",
            locale="",
            translation_key=None,
            illustration=sign,
            half="",
            visible_from=NEVER,
            visible_until=FOREVER,
        )

    def _contact(self, pk: int) -> Any:
        from cms_blocks.office import Contact

        return Contact(
            name=_("Contact point in the city administration"),
            role=_("Points you to the right desk in the town hall."),
            email="office@example.org",
            phone="030 23125 110",
            hours=_("Monday to Thursday, 10 am to 4 pm"),
        )
