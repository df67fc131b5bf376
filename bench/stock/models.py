"""The same pages as a stock Wagtail project would write them."""

from django.db import models
from wagtail import blocks
from wagtail.admin.panels import FieldPanel
from wagtail.fields import StreamField
from wagtail.models import Page
from wagtail.search import index


class BodyBlock(blocks.StreamBlock):
    heading = blocks.StructBlock([("text", blocks.CharBlock()), ("level", blocks.CharBlock())])
    paragraph = blocks.RichTextBlock()
    quote = blocks.StructBlock(
        [
            ("text", blocks.TextBlock()),
            ("name", blocks.CharBlock(required=False)),
            ("source", blocks.CharBlock(required=False)),
        ]
    )


class HomePage(Page):
    pass


class StandardPage(Page):
    lead = models.TextField(blank=True)
    half = models.CharField(max_length=20, blank=True)
    body = StreamField(BodyBlock(), blank=True)

    content_panels = [*Page.content_panels, FieldPanel("lead"), FieldPanel("half"), FieldPanel("body")]
    # Found by its words, as ours is and as Wagtail's own tutorial writes it.
    search_fields = [*Page.search_fields, index.SearchField("lead"), index.SearchField("body")]
