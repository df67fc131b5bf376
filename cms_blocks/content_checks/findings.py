"""The checks: from the pieces of a page to what an editor should look at, in words."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from django.db import models
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from cms_blocks.content_checks import language
from cms_blocks.content_checks.passive import passive
from cms_blocks.content_checks.pieces import (
    ChosenDocument,
    ChosenPage,
    Heading,
    Link,
    Picture,
    Piece,
    Place,
    Text,
    pieces_of,
)
from cms_blocks.content_checks.surroundings import Surroundings, look_around, path_of
from cms_blocks.languages import EASY
from cms_blocks.media.models import Accessible

#: Of a long text this many words are shown.
SHOWN = 9


class Kind(models.TextChoices):
    """What is checked, in the order in which it is shown: first what locks people out."""

    DEAD_LINK = "dead_link", gettext_lazy("Links that lead nowhere")
    PICTURE = "picture", gettext_lazy("Pictures without words")
    LINK_WORDS = "link_words", gettext_lazy("Words of links")
    HEADING = "heading", gettext_lazy("Order of headings")
    DOCUMENT = "document", gettext_lazy("Documents")
    SENTENCE = "sentence", gettext_lazy("Long sentences")
    PASSIVE = "passive", gettext_lazy("Passive voice")
    ABBREVIATION = "abbreviation", gettext_lazy("Abbreviations")


ADVICE = {
    Kind.DEAD_LINK: gettext_lazy("Visitors see the words without a link. Choose another target or take the link away."),
    Kind.PICTURE: gettext_lazy(
        "People who cannot see the picture do not learn what it shows. Write an alternative text, or tick “Decorative”."
    ),
    Kind.LINK_WORDS: gettext_lazy(
        "Many people let only the links be read out. The words should say where a link leads, for example "
        "“programme of the festival” and not “here”."
    ),
    Kind.HEADING: gettext_lazy(
        "People who have the page read out jump from heading to heading. No level may be left out."
    ),
    Kind.DOCUMENT: gettext_lazy(
        "Visitors are told whether they can read a file with a screen reader. Have it checked and set the mark, or say "
        "the same on the page."
    ),
    Kind.SENTENCE: gettext_lazy("Make two of one: one thought in each sentence."),
    Kind.PASSIVE: gettext_lazy(
        "Say who does it: not “The square is being rebuilt” but “The city rebuilds the square”. This check may err."
    ),
    Kind.ABBREVIATION: gettext_lazy("Write the word in full, or explain the abbreviation where it first stands."),
}


@dataclass(frozen=True)
class Finding:
    """One thing to look at. ``text`` says what it is, ``place`` where."""

    kind: Kind
    text: str
    place: Place


@dataclass(frozen=True)
class Group:
    """All findings of one kind."""

    kind: Kind
    advice: Any
    findings: list[Finding]


def check(page: Any) -> list[Group]:
    """What there is to say on a page in memory; empty if all is well. Reads only."""
    code = page.locale.language_code
    pieces = list(pieces_of(page))
    return grouped(findings(pieces, look_around(pieces, code), code))


def grouped(found: Iterable[Finding]) -> list[Group]:
    groups: dict[Kind, list[Finding]] = defaultdict(list)
    for finding in found:
        groups[finding.kind].append(finding)
    return [Group(kind, ADVICE[kind], groups[kind]) for kind in Kind if groups[kind]]


def findings(pieces: Iterable[Piece], around: Surroundings, code: str) -> Iterator[Finding]:
    """Every check on every piece. ``code``: the language of the page; some hold only for Leichte Sprache."""
    pieces = list(pieces)
    yield from _order_of_headings(piece for piece in pieces if isinstance(piece, Heading))
    yield from _same_words(piece for piece in pieces if isinstance(piece, Link))
    for piece in pieces:
        match piece:
            case Text():
                yield from _text(piece, code)
            case Link():
                yield from _link(piece, around)
            case ChosenPage():
                yield from _page(piece.place, piece.page, around, "")
            case ChosenDocument():
                yield from _document(piece.place, piece.document, around, "")
            case Picture():
                yield from _picture(piece, around)


def _text(piece: Text, code: str) -> Iterator[Finding]:
    limit = language.LONGEST_EASY if code == EASY else language.LONGEST
    for sentence, number in language.too_long(piece.text, limit):
        said = ngettext("{number} word: “{beginning}”", "{number} words: “{beginning}”", number)
        yield Finding(Kind.SENTENCE, said.format(number=number, beginning=_beginning(sentence)), piece.place)
    if code != EASY:
        return
    for sentence in language.sentences(piece.text):
        if words := passive(sentence):
            said = _("“{words}” in: “{beginning}”").format(words=words, beginning=_beginning(sentence))
            yield Finding(Kind.PASSIVE, said, piece.place)
    for short in language.abbreviations(piece.text):
        yield Finding(Kind.ABBREVIATION, _("“{short}” is not explained.").format(short=short), piece.place)


def _beginning(sentence: str) -> str:
    words = sentence.split()
    return " ".join(words[:SHOWN]) + (" …" if len(words) > SHOWN else "")


def _order_of_headings(headings: Iterable[Heading]) -> Iterator[Finding]:
    level = 1  # the title of the page
    for heading in headings:
        if not heading.text.strip():
            yield Finding(Kind.HEADING, _("A heading has no words."), heading.place)
            continue
        if heading.level > level + 1:
            said = _("“{heading}” stands below nothing: the heading of a part is missing above it.")
            yield Finding(Kind.HEADING, said.format(heading=_beginning(heading.text)), heading.place)
        elif heading.level == 1:
            said = _("“{heading}” has the level of the title, which is there only once.")
            yield Finding(Kind.HEADING, said.format(heading=_beginning(heading.text)), heading.place)
        level = heading.level


def _link(link: Link, around: Surroundings) -> Iterator[Finding]:
    if not link.words.strip():
        yield Finding(Kind.LINK_WORDS, _("A link has no words."), link.place)
    elif language.says_nothing(link.words):
        said = _("“{words}” does not say where the link leads.")
        yield Finding(Kind.LINK_WORDS, said.format(words=link.words), link.place)
    elif language.is_address(link.words):
        said = _("“{words}” is an address. Say in words what awaits people there.")
        yield Finding(Kind.LINK_WORDS, said.format(words=link.words[:60]), link.place)
    if link.page is not None:
        yield from _page(link.place, link.page, around, link.words)
    elif link.document is not None:
        yield from _document(link.place, link.document, around, link.words)
    elif link.address and path_of(link.address) in around.dead_paths:
        said = _("“{words}”: at this address of our website there is no public page.")
        yield Finding(Kind.DEAD_LINK, said.format(words=link.words), link.place)


def _same_words(links: Iterable[Link]) -> Iterator[Finding]:
    """The same words for different targets. Words that say nothing are told already."""
    first: dict[str, Link] = {}
    for link in links:
        words = " ".join(link.words.casefold().split())
        if not words or language.says_nothing(words):
            continue
        known = first.setdefault(words, link)
        if (known.page, known.document, known.address) != (link.page, link.document, link.address):
            said = _("“{words}” stands for two different targets on this page.")
            yield Finding(Kind.LINK_WORDS, said.format(words=link.words), link.place)


def _page(place: Place, pk: int, around: Surroundings, words: str) -> Iterator[Finding]:
    if pk in around.public_pages:
        return
    if pk not in around.published:
        said = _("The page was deleted.")
    elif not around.published[pk]:
        said = _("The page is not published.")
    else:
        said = _("The page is not public: it, or a page above it, is private, planned for later or not published.")
    yield Finding(Kind.DEAD_LINK, _of(words, said), place)


def _of(words: str, said: str) -> str:
    return _("“{words}”: {said}").format(words=words, said=said) if words else said


def _document(place: Place, pk: int, around: Surroundings, words: str) -> Iterator[Finding]:
    document = around.documents.get(pk)
    if document is None:
        yield Finding(Kind.DEAD_LINK, _of(words, _("The document was deleted.")), place)
        return
    if pk not in around.public_documents:
        said = _("“{title}”: the document is in a private collection.")
        yield Finding(Kind.DEAD_LINK, said.format(title=document.title), place)
    if document.accessible == Accessible.UNCHECKED:
        said = _("“{title}”: nobody has checked whether the document is accessible.")
        yield Finding(Kind.DOCUMENT, said.format(title=document.title), place)
    elif document.accessible == Accessible.NO:
        said = _("“{title}” is not accessible. Put what matters on the page, or ask for an accessible version.")
        yield Finding(Kind.DOCUMENT, said.format(title=document.title), place)


def _picture(picture: Picture, around: Surroundings) -> Iterator[Finding]:
    image = around.images.get(picture.image)
    if image is None:
        yield Finding(Kind.PICTURE, _("The picture was deleted. Choose another one."), picture.place)
    elif not picture.decorative and not picture.alt and image.lacks_alt_text:
        yield Finding(Kind.PICTURE, _("“{title}” has no alternative text.").format(title=image.title), picture.place)
