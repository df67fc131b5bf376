"""All models of the room, so that Django finds them."""

from cms_blocks.easy_language import EasyLanguageReview
from cms_blocks.freshness import TranslationBasis
from cms_blocks.media.models import Document, Image, Rendition
from cms_blocks.notices import Notice, NoticeFacts
from cms_blocks.office import Contact, Half, Office, Topic
from cms_blocks.pages import BasePage
from cms_blocks.publication.outbox import Delivery
from cms_blocks.publication.records import (
    PublicationClock,
    PublicDocument,
    PublicRecord,
    PublicReference,
    RecordFacts,
    StatusSpan,
)
from cms_blocks.publication.ticker import Tick
from cms_blocks.webhooks.models import WebhookCall, WebhookEndpoint

__all__ = [
    "BasePage",
    "Contact",
    "Delivery",
    "Document",
    "EasyLanguageReview",
    "Half",
    "Image",
    "Notice",
    "NoticeFacts",
    "Office",
    "PublicDocument",
    "PublicRecord",
    "PublicReference",
    "PublicationClock",
    "RecordFacts",
    "Rendition",
    "StatusSpan",
    "Tick",
    "Topic",
    "TranslationBasis",
    "WebhookCall",
    "WebhookEndpoint",
]
