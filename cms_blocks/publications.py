"""How the room's own objects are published."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.utils.translation import gettext_lazy as _
from pydantic import BaseModel

from cms_blocks.notices import Notice, NoticeFacts
from cms_blocks.publication.declaration import ThingPublication, register
from cms_blocks.publication.targets import Targets


class NoticeDocument(BaseModel):
    """A notice on top of every page in its language. ``tone``: info or warning; ``link`` empty: it leads nowhere."""

    text: str
    tone: str
    link: str
    link_text: str
    begins: datetime
    ends: datetime


@register
class NoticePublication(ThingPublication):
    model = Notice
    kind = "notice"
    label = _("Notice")
    label_plural = _("Notices")
    facts = NoticeFacts
    searchable = False
    anchor = "notice"

    def title(self, notice: Notice) -> str:
        return notice.text

    def window(self, notice: Notice) -> tuple[datetime, datetime]:
        return notice.begins, notice.ends

    def facts_for(self, notice: Notice) -> dict[str, Any]:
        return {"tone": notice.tone, "link": notice.link, "link_text": notice.link_text}

    def document(self, notice: Notice, targets: Targets) -> dict[str, Any]:
        return {
            "text": notice.text,
            **self.facts_for(notice),
            "begins": notice.begins,
            "ends": notice.ends,
        }

    def document_form(self) -> type[NoticeDocument]:
        return NoticeDocument
