"""Everything the demo holds, in the order in which one thing needs another."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from wagtail.signal_handlers import disable_reference_index_auto_update

from demo import source
from demo.editions import load_edition
from demo.methods import Translations, import_german
from demo.names import load_locales, load_names
from demo.news import load_news, load_notice
from demo.procedures import load_procedures
from demo.streets import load_streets
from demo.tree import Tree

#: Told ``(done, total)`` after each page.
Step = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class Loaded:
    """How much is new; all zero when everything was there before."""

    names: int
    pages: int
    methods: int
    translations: int
    procedures: int
    streets: int

    def __str__(self) -> str:
        if not any((self.names, self.pages, self.methods, self.translations, self.procedures, self.streets)):
            return "Nothing to do, the demo content is there"
        return (
            f"New: {self.pages} pages, {self.methods} methods and {self.translations} translations of them, "
            f"{self.procedures} districts, procedures, news and editions, "
            f"{self.streets} rows of streets, {self.names} names"
        )


def load(report: Callable[[str], None] | None = None, step: Step = lambda done, total: None) -> Loaded:
    """Load what is missing; what exists is left alone. One unit of work for each object.

    ``report`` is told in one line what comes next.
    """
    # Wagtail would note the references of a page at each of its three saves; the loaders do it once, at the last.
    with disable_reference_index_auto_update():
        return _load(report or (lambda line: None), step)


def _load(say: Callable[[str], None], step: Step) -> Loaded:
    say("Languages, topics, contacts …")
    locales = load_locales()
    names = load_names(locales)
    texts = [text for text in source.pages() if text.locale in locales]
    say(f"Pages ({len(texts)}) …")
    tree = Tree(locales)
    pages = tree.load(texts, step)
    say("Methods …")
    german = tree.ids["methoden", source.ORIGINAL]
    methods = import_german(german)
    indexes = {code: pk for (key, code), pk in tree.ids.items() if key == "methoden" and code != source.ORIGINAL}
    say("Methods in other languages …")
    translated = Translations(locales, indexes, german).load(step)
    say("Districts and procedures …")
    districts, procedures = tree.ids["stadtteile", source.ORIGINAL], tree.ids["verfahren", source.ORIGINAL]
    made = load_procedures(districts, procedures, partial(tree.id_of, code=source.ORIGINAL), step)
    say("News …")
    made += load_news(tree.ids["aktuelles", source.ORIGINAL]) + load_notice()
    say("An edition of the list …")
    made += load_edition(procedures)
    return Loaded(names, pages, methods, translated, made, load_streets())
