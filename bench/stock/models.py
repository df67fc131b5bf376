"""The same pages as a stock Wagtail project would write them."""

from typing import Any

from django.db import models
from wagtail import blocks
from wagtail.admin.panels import FieldPanel
from wagtail.api import APIField
from wagtail.fields import StreamField
from wagtail.images.blocks import ImageChooserBlock
from wagtail.models import Page
from wagtail.search import index


class PictureBlock(ImageChooserBlock):
    """Says in the API where the picture is, in one size: an id alone is of no use to a front end."""

    def get_api_representation(self, value: Any, context: Any = None) -> Any:
        if value is None:
            return None
        rendition = value.get_rendition("width-1080")
        return {
            "id": value.pk,
            "title": value.title,
            "url": rendition.url,
            "width": rendition.width,
            "height": rendition.height,
        }


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
    image = blocks.StructBlock(
        [
            ("image", PictureBlock()),
            ("alt", blocks.CharBlock(required=False)),
            ("caption", blocks.CharBlock(required=False)),
        ]
    )


class HomePage(Page):
    pass


class StandardPage(Page):
    lead = models.TextField(blank=True)
    half = models.CharField(max_length=20, blank=True)
    body = StreamField(BodyBlock(), blank=True)

    content_panels = [*Page.content_panels, FieldPanel("lead"), FieldPanel("half"), FieldPanel("body")]
    api_fields = [APIField("lead"), APIField("half"), APIField("body")]
    # Found by its words, as ours is and as Wagtail's own tutorial writes it.
    search_fields = [*Page.search_fields, index.SearchField("lead"), index.SearchField("body")]
