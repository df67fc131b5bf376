"""The JSON forms of blocks as types: what the content API promises of a body.

A block names its form in ``json_form``; :meth:`ContentBlock.resolve` is what fills it. A test holds both together.
"""

from __future__ import annotations

from datetime import date
from typing import Literal

from pydantic import BaseModel

Accessible = Literal["yes", "no", "unchecked"]
HalfWord = Literal["administration", "carrier", "joint"]


class RichTextForm(BaseModel):
    """Safe HTML with links to public targets only, and its words."""

    html: str
    text: str


class SourceForm(BaseModel):
    type: str
    srcset: str


class PictureForm(BaseModel):
    """A picture at one place. ``sources`` for ``<source>``, best first; ``src`` with ``width`` and ``height`` (pixels)
    is the fallback. Addresses are relative to the site and permanent for this very picture."""

    id: int | None
    alt: str
    decorative: bool
    caption: str
    credit: str
    licence_url: str
    sources: list[SourceForm]
    src: str
    srcset: str
    sizes: str
    width: int
    height: int


class LinkForm(BaseModel):
    """``language``: the code of the language it leads to, if that is another one."""

    label: str
    url: str
    external: bool
    language: str


class ParagraphForm(RichTextForm):
    pass


class HeadingForm(BaseModel):
    text: str
    level: Literal[2, 3]


class QuoteForm(BaseModel):
    text: str
    name: str
    source: str


class ImageForm(BaseModel):
    size: Literal["text", "wide"]
    image: PictureForm


class GalleryForm(BaseModel):
    title: str
    images: list[PictureForm]


class QuestionForm(BaseModel):
    question: str
    answer: RichTextForm


class AccordionForm(BaseModel):
    title: str
    items: list[QuestionForm]


class StepForm(BaseModel):
    title: str
    text: RichTextForm


class StepsForm(BaseModel):
    title: str
    steps: list[StepForm]


class EntryForm(BaseModel):
    """``label`` says the time in words where ``date`` is not exact."""

    date: date | None
    label: str
    title: str
    text: RichTextForm
    state: Literal["done", "current", "planned"]


class TimelineForm(BaseModel):
    title: str
    entries: list[EntryForm]


class TableForm(BaseModel):
    caption: str
    header_row: bool
    header_column: bool
    rows: list[list[str]]


class CallToActionForm(BaseModel):
    title: str
    text: str
    tone: Literal["blue", "coral", "green", "sun"]
    link: LinkForm | None


class PageLinkForm(BaseModel):
    """A quoted page; ``id`` is that of its record."""

    id: int
    kind: str
    title: str
    lead: str
    url: str
    locale: str
    illustration: str
    half: str


class RelatedPagesForm(BaseModel):
    title: str
    pages: list[PageLinkForm]


class DownloadForm(BaseModel):
    """``size`` in bytes; ``ask``: where to ask for an accessible version; ``newer``: what supersedes it."""

    id: int
    title: str
    summary: str
    url: str
    extension: str
    size: int | None
    accessible: Accessible
    changed: date
    ask: str
    newer: LinkForm | None


class DocumentsForm(BaseModel):
    title: str
    documents: list[DownloadForm]


class ContactForm(BaseModel):
    name: str
    role: str
    half: HalfWord
    email: str
    phone: str
    address: str
    hours: str
    photo: PictureForm | None = None


class EmbedForm(BaseModel):
    """``embed_url`` may be loaded once a visitor agrees that ``recipient`` gets a request; empty if unknown."""

    title: str
    url: str
    provider: str
    recipient: str
    embed_url: str


class VideoForm(EmbedForm):
    preview: PictureForm | None
    transcript: RichTextForm


class DialogueForm(EmbedForm):
    text: str
