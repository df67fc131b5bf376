"""What the room adds to Wagtail's admin."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.snippets.models import register_snippet
from wagtail.snippets.views.chooser import SnippetChooserViewSet
from wagtail.snippets.views.snippets import SnippetViewSet, SnippetViewSetGroup

from cms_blocks.content_checks import hooks as content_checks  # noqa: F401  (registers itself)
from cms_blocks.desk import hooks as desk  # noqa: F401  (registers itself)
from cms_blocks.drafts import hooks as drafts  # noqa: F401  (registers itself)
from cms_blocks.guide import hooks as guide  # noqa: F401  (registers itself)
from cms_blocks.media import hooks as media  # noqa: F401  (registers itself)
from cms_blocks.notices import Notice
from cms_blocks.office import Contact, Office, Topic
from cms_blocks.rich_text import register_links
from cms_blocks.translating import hooks as translating  # noqa: F401  (registers itself)
from cms_blocks.webhooks import hooks as webhooks  # noqa: F401  (registers itself)
from cms_blocks.writing import hooks as writing  # noqa: F401  (registers itself)
from cms_blocks.writing.places import PlacesOfSnippetView


class OnlyChoosing(SnippetChooserViewSet):
    """Nothing new is made in the chooser: without a form for it Wagtail's address for it answers 500."""

    def get_urlpatterns(self) -> list[Any]:
        return [pattern for pattern in super().get_urlpatterns() if pattern.name != "create"]


class TopicViewSet(SnippetViewSet):
    model = Topic
    chooser_viewset_class = OnlyChoosing
    icon = "tag"
    list_display = ["name", "slug", "locale"]
    usage_view_class = PlacesOfSnippetView
    search_fields = ["name"]


class ContactViewSet(SnippetViewSet):
    model = Contact
    chooser_viewset_class = OnlyChoosing
    icon = "user"
    list_display = ["name", "role", "half", "locale"]
    usage_view_class = PlacesOfSnippetView
    search_fields = ["name"]


class OfficeViewSet(SnippetViewSet):
    model = Office
    chooser_viewset_class = OnlyChoosing
    icon = "home"
    list_display = ["name", "city", "locale"]


class NoticeViewSet(SnippetViewSet):
    model = Notice
    chooser_viewset_class = OnlyChoosing
    icon = "warning"
    list_display = ["text", "begins", "ends", "locale"]


class OfficeGroup(SnippetViewSetGroup):
    items = (TopicViewSet, ContactViewSet, NoticeViewSet, OfficeViewSet)
    menu_label = _("Office")
    menu_icon = "group"
    menu_name = "office"
    menu_order = 300


register_snippet(OfficeGroup)

# After Wagtail, whose link handlers would reveal the address of a draft.
hooks.register("register_rich_text_features", register_links, order=100)
