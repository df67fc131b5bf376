"""What cells call by name: topics, contacts, districts, methods. Read once for a whole sheet, in one language."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from django.utils.translation import gettext as _

from cms_blocks.office import Contact, Half, Topic, office_for
from procedures.importing.cells import Choice, Wrong, fold, shown
from procedures.models.district import DistrictPage
from toolkit.models import MethodPage


@dataclass(frozen=True, slots=True)
class Thing:
    """``words`` by which people may call it; the first is the one that is written."""

    pk: int
    words: tuple[str, ...]


class Called:
    """Things of one kind by the words that people use for them. A word for several of them is no name."""

    def __init__(self, things: Iterable[Thing]) -> None:
        self._ids: dict[str, set[int]] = {}
        self._words: dict[int, tuple[str, ...]] = {}
        for thing in things:
            self._words[thing.pk] = thing.words
            for word in filter(None, map(fold, thing.words)):
                self._ids.setdefault(word, set()).add(thing.pk)

    def knows(self, word: str) -> bool:
        return fold(word) in self._ids

    def find(self, word: str) -> int:
        """Raises :class:`Wrong`."""
        found = self._ids.get(fold(word), set())
        if len(found) == 1:
            return next(iter(found))
        if found:
            raise Wrong(
                _("Several are called “%(word)s”.") % {"word": shown(word)},
                _("Use the end of its address or its e-mail instead."),
            )
        raise Wrong(_("“%(word)s” is not known here.") % {"word": shown(word)}, self._remedy())

    def write(self, pk: int) -> str:
        words = self._words.get(pk, ())
        return next((word for word in words if self._ids.get(fold(word)) == {pk} and ";" not in word), "")

    def _remedy(self) -> str:
        names = [words[0] for words in self._words.values()]
        if not names:
            return _("There is none yet. Create it first, or leave the cell empty.")
        some = ", ".join(names[:12]) + (" …" if len(names) > 12 else "")
        return _("Use one of: %(allowed)s.") % {"allowed": some}


class Names:
    """A constant number of queries."""

    def __init__(self, locale: object) -> None:
        self.locale = locale
        self.topics = Called(
            Thing(pk, (name, slug))
            for pk, name, slug in Topic.objects.filter(locale=locale).values_list("pk", "name", "slug")
        )
        self.contacts = Called(
            Thing(pk, (name, email))
            for pk, name, email in Contact.objects.filter(locale=locale).values_list("pk", "name", "email")
        )
        self.districts = Called(_pages(DistrictPage, locale, slug_first=False))
        self.methods = Called(_pages(MethodPage, locale, slug_first=True))
        office = office_for(locale.language_code)
        further = {office.administration_name: Half.ADMINISTRATION, office.carrier_name: Half.CARRIER}
        self.halves = Choice(Half.choices, {name: str(half) for name, half in further.items() if name})


def _pages(model: type, locale: object, *, slug_first: bool) -> Iterator[Thing]:
    rows = model.objects.filter(locale=locale, alias_of=None).order_by("pk").values_list("pk", "title", "slug")
    for pk, title, slug in rows:
        yield Thing(pk, (slug, title) if slug_first else (title, slug))
