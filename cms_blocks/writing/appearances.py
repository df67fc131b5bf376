"""Where does this appear? Every place at which people meet a page, picture, document, contact or topic.

What the public sees is read from the gate: a public document has noted whatever it quotes. For texts that are not
public the newest draft is rendered and asked the same question. Wagtail's reference index knows neither: it holds what
the live tables say, shown or not, and no draft. Nothing is written.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any
from urllib.parse import urlencode

from django.db.models import Q, TextField
from django.db.models.functions import Cast
from django.urls import NoReverseMatch, reverse
from django.utils import translation
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from wagtail.documents import get_document_model
from wagtail.images import get_image_model
from wagtail.models import Page
from wagtail.permissions import page_permission_policy

from cms_blocks.languages import local_name, original_language
from cms_blocks.office import Contact, Topic
from cms_blocks.print.sheets import form_of
from cms_blocks.publication.declaration import declaration_for, declaration_of, kind_label, page_kinds
from cms_blocks.publication.flush import render_document
from cms_blocks.publication.records import PublicRecord, PublicReference
from cms_blocks.publication.state import private_collections

#: What has translations, of which a page shows the one in its own language.
TRANSLATED = frozenset({"page", "contact", "topic"})
#: Drafts that are rendered to see what they show, the newest first.
MOST_DRAFTS = 200
#: Public pages that are named; a contact may stand on thousands.
MOST_PAGES = 100


@dataclass(frozen=True, slots=True)
class Place:
    """One place: what it is called, where it is, and how the thing appears there."""

    title: str
    url: str
    note: str = ""
    language: str = ""


#: Functions of (record): further places at which lists of its room show it. Higher rooms add theirs.
_lists: list[Callable[[PublicRecord], Iterable[Place]]] = []


def lists_records(places: Callable[[PublicRecord], Iterable[Place]]) -> Callable[[PublicRecord], Iterable[Place]]:
    """Register where a room's own lists, menus and prints show a public record."""
    _lists.append(places)
    return places


def models() -> dict[str, Any]:
    """What can be asked for, by the words of the gate for it."""
    return {
        "page": Page,
        "image": get_image_model(),
        "document": get_document_model(),
        "contact": Contact,
        "topic": Topic,
    }


class Appearances:
    """The places of one object, told to one person: titles of pages that they may not see are only counted."""

    def __init__(self, kind: str, obj: Any, user: Any) -> None:
        self.kind, self.obj, self.user = kind, obj, user

    @cached_property
    def record(self) -> PublicRecord | None:
        """The visible record of a page."""
        if self.kind != "page":
            return None
        return PublicRecord.objects.visible().filter(kind__in=page_kinds(), object_id=self.obj.pk).first()

    @property
    def is_protected(self) -> bool:
        """A file that no page may show the public."""
        return self.kind in {"image", "document"} and self.obj.collection_id in private_collections()

    @cached_property
    def quoting(self) -> list[Place]:
        """Public pages that show it or lead to it, :data:`MOST_PAGES` at most."""
        rows = self._quoting.order_by("locale", "tree_path")[:MOST_PAGES]
        return [Place(row.title, row.path, _sort(row), row.locale) for row in rows]

    @cached_property
    def more_quoting(self) -> int:
        """How many more of them there are."""
        return max(0, self._quoting.count() - MOST_PAGES)

    @property
    def _quoting(self) -> Any:
        """A page shows what its editor chose in its own language: so it shows this, or a translation in its place."""
        shown = self._quotes({self.obj.pk}) & ~Q(locale__in=self._translated)
        if self.kind in TRANSLATED and (self.kind != "page" or self.record is not None):
            shown |= self._quotes(self._numbers) & Q(locale=self.obj.locale.language_code)
        return PublicRecord.objects.visible().filter(shown, kind__in=page_kinds())

    @cached_property
    def listed(self) -> list[Place]:
        """Lists, menus and prints of the public page."""
        if self.record is None or not self.record.listed:
            return []
        return [place for places in _lists for place in places(self.record)]

    @cached_property
    def languages(self) -> list[Place]:
        """Public versions of the page in other languages, which the language switch leads to."""
        if self.kind != "page":
            return []
        rows = PublicRecord.objects.listed().filter(translation_key=self.obj.translation_key, kind__in=page_kinds())
        return [
            Place(row.title, row.path, local_name(row.locale), row.locale)
            for row in rows.exclude(object_id=self.obj.pk).order_by("locale")
        ]

    @cached_property
    def contacts(self) -> list[Place]:
        """Contacts that have the picture, on a page or not."""
        if self.kind != "image":
            return []
        return [
            Place(contact.name, _edit_snippet(contact, self.user), _("as the picture of the contact"))
            for contact in Contact.objects.filter(photo=self.obj).select_related("locale")
        ]

    @cached_property
    def drafts(self) -> list[Place]:
        """Texts that are not public and would show it: only those that this person may see."""
        return [
            Place(page.get_admin_display_title(), reverse("wagtailadmin_pages:edit", args=[page.pk]), note)
            for page, note in self._unseen
            if page.pk in self._visible_to_user
        ]

    @property
    def hidden(self) -> int:
        """How many more such texts there are that this person may not see."""
        return len(self._unseen) - len(self.drafts)

    @cached_property
    def has_more_drafts(self) -> bool:
        """Whether there are more drafts than are looked into."""
        return len(self._candidates) > MOST_DRAFTS

    @property
    def is_empty(self) -> bool:
        return not (self.quoting or self.listed or self.languages or self.contacts or self._unseen)

    def _quotes(self, ids: set[int]) -> Q:
        found = PublicReference.objects.filter(target_kind=self.kind, target_id__in=ids)
        return Q(pk__in=found.values("source_id")) & ~Q(kind__in=page_kinds(), object_id=self._own_id)

    @property
    def _own_id(self) -> int:
        return self.obj.pk if self.kind == "page" else 0

    @cached_property
    def _translated(self) -> frozenset[str]:
        """Languages in which something else answers when this is asked for."""
        if self.kind == "page":
            return frozenset(place.language for place in self.languages)
        if self.kind in TRANSLATED:
            others = self.obj.get_translations().select_related("locale")
            return frozenset(other.locale.language_code for other in others)
        return frozenset()

    @cached_property
    def _unseen(self) -> list[tuple[Page, str]]:
        """Pages with a newest text that nobody outside sees and that would show it, with what is to say of them."""
        found = []
        pages = self._candidates[:MOST_DRAFTS]
        asked = self._quoting.filter(object_id__in=[page.pk for page in pages])
        public = set(asked.values_list("object_id", flat=True))
        for page in pages:
            draft = page.get_latest_revision_as_object() if page.latest_revision_id else page.specific
            if page.pk in public or page.pk == self._own_id or not self._would_show(draft):
                continue
            found.append((page, _how_far(page)))
        return found

    @cached_property
    def _candidates(self) -> list[Page]:
        """Pages whose newest text is not the public one, and that has the number of what is looked for in it."""
        public = PublicRecord.objects.visible().filter(kind__in=page_kinds()).values("object_id")
        pages = Page.objects.filter(depth__gt=1, alias_of=None)
        pages = pages.filter(Q(has_unpublished_changes=True) | ~Q(pk__in=public))
        pages = pages.annotate(text=Cast("latest_revision__content", TextField()))
        numbers = "|".join(str(pk) for pk in sorted(self._numbers))
        pages = pages.filter(Q(latest_revision=None) | Q(text__regex=rf"(^|[^0-9])({numbers})([^0-9]|$)"))
        return list(pages.select_related("locale").order_by("-latest_revision_created_at")[: MOST_DRAFTS + 1])

    @cached_property
    def _numbers(self) -> set[int]:
        """Ids under which a text may ask for it: its own, those of its translations, of contacts with the picture."""
        numbers = {self.obj.pk}
        if self.kind in TRANSLATED:
            numbers |= set(self.obj.get_translations().values_list("pk", flat=True))
        if self.kind == "image":
            numbers |= set(Contact.objects.filter(photo=self.obj).values_list("pk", flat=True))
        return numbers

    def _would_show(self, draft: Page) -> bool:
        declaration = declaration_for(type(draft))
        if declaration is None or draft.locale.language_code in self._translated:
            return False
        return (self.kind, self.obj.pk) in render_document(draft, declaration, draft.locale.language_code)[1].references

    @cached_property
    def _visible_to_user(self) -> frozenset[int]:
        pages = page_permission_policy.explorable_instances(self.user)
        return frozenset(pages.filter(pk__in=[page.pk for page, _note in self._unseen]).values_list("pk", flat=True))


def _sort(row: PublicRecord) -> str:
    """What it is, and its language where that is not German."""
    kind = kind_label(row.kind)
    return kind if row.locale == original_language() else f"{kind}, {local_name(row.locale)}"


def _how_far(page: Page) -> str:
    if not page.live:
        if page.approved_schedule and page.go_live_at:
            return _("planned for %(day)s") % {"day": date_format(page.go_live_at, "DATE_FORMAT")}
        return _("draft")
    return _("new draft of a public page") if page.has_unpublished_changes else _("not for everybody")


def _edit_snippet(obj: Any, user: Any) -> str:
    """Where this person edits it; empty if they may not."""
    meta = obj._meta
    if not user.has_perm(f"{meta.app_label}.change_{meta.model_name}"):
        return ""
    return reverse(f"wagtailsnippets_{meta.app_label}_{meta.model_name}:edit", args=[obj.pk])


@lists_records
def _around_every_page(record: PublicRecord) -> Iterator[Place]:
    """Menu, foot, breadcrumb, search and print: what the frame of the site makes of a record."""
    if record.depth == 3:
        where = _("in the main menu of every page") if record.in_menu else _("at the foot of every page")
        yield Place(record.title, record.path, where)
    below = PublicRecord.objects.listed().under(record.tree_path).count()
    if below:
        yield Place(record.title, record.path, _path_above(below))
    if declaration_of(record.kind).searchable and (address := _search_for(record)):
        yield Place(_("Search of this website"), address, _("found by its words"))
    if form_of(record.kind) is not None:
        yield Place(_("Print (PDF)"), f"{record.path.rstrip('/')}.pdf", _("as a print of its own"))


def _path_above(number: int) -> str:
    words = ngettext(
        "in the path above the %(number)d page below it", "in the path above the %(number)d pages below it", number
    )
    return words % {"number": number}


def _search_for(record: PublicRecord) -> str:
    """Where the search finds it; empty in a project without one."""
    with translation.override(record.locale):
        try:
            return f"{reverse('search')}?{urlencode({'q': record.title})}"
        except NoReverseMatch:
            return ""
