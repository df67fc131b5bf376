"""English words on a screen that ought to be German: texts that nobody translated, or that no catalogue reaches."""

from __future__ import annotations

import re
from collections.abc import Container, Iterable
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import polib
import wagtail
import wagtail_localize
from playwright.sync_api import Error, Page

from tests.site.screen_texts import texts_of

#: Words that no German sentence has; what a menu cuts short (“geworden is…”) is none.
UNMISTAKABLE = re.compile(
    r"\b(the|this|that|with|your|you|please|page|pages|search|actions|action|edit|save|delete|publish|published|add|"
    r"choose|select|upload|settings|view|show|hide|toggle|close|cancel|next|previous|where|does|what|which|and|or not|"
    r"is|are|be|not|will|can|has|have|from|for|of|by|yet|here|there|words|file|image|document|title)\b(?!…)"
)
#: Texts of an element whose language is not German are none of ours; what nobody sees is read out all the same.
TEXTS = """() => {
  const found = new Set();
  const german = node => (node.closest('[lang]')?.lang || 'de').startsWith('de');
  const skipped = 'script,style,template,noscript,svg,code,[data-comments-app],iframe';
  const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walk.nextNode()) {
    const parent = walk.currentNode.parentElement;
    const words = walk.currentNode.textContent.trim();
    if (!words || !parent || parent.closest(skipped) || !german(parent)) continue;
    if (parent.closest('[hidden]') || !parent.checkVisibility()) continue;
    found.add(words);
  }
  for (const node of document.body.querySelectorAll('[aria-label],[placeholder],[title],[alt],input[type=submit]')) {
    if (node.closest(skipped) || !german(node) || !node.checkVisibility()) continue;
    for (const name of ['aria-label', 'placeholder', 'title', 'alt']) {
      if (node.getAttribute(name)) found.add(node.getAttribute(name).trim());
    }
    if (node.type === 'submit' && node.localName === 'input') found.add(node.value.trim());
  }
  return [...found];
}"""


@cache
def untranslated() -> frozenset[str]:
    """English texts whose German is another one, from all catalogues of the desk."""
    packages = [Path(wagtail.__file__).parent, Path(wagtail_localize.__file__).parent]
    root = Path(__file__).resolve().parents[2]
    rooms = [root / room for room in ("cms_blocks", "governance", "toolkit", "site/accounts", "site/website")]
    english, german = set(), set()
    for folder in [*packages, *rooms]:
        for path in folder.glob("**/locale/de/LC_MESSAGES/*.po"):
            for entry in polib.pofile(str(path)):
                texts = [entry.msgstr, *entry.msgstr_plural.values()]
                german.update(texts)
                if entry.msgid not in texts and len(entry.msgid) > 2:
                    english.update({entry.msgid, entry.msgid_plural} - {""})
    return frozenset(english - german)


@dataclass(frozen=True, slots=True)
class Left:
    """English that stays: where (a door's name begins so), which texts, and why nobody is helped by mending it."""

    door: str
    texts: str
    why: str


LEFT = (
    Left(
        "wagtailusers_groups:",
        r"Can \w+ .*|(Gegeben|Genommen|Weggenommen|Entzogen): .*|Wagtail Kern \| .*|Page",
        "names of rights are data; code sets the groups",
    ),
    Left(
        "wagtaillocales:",
        r"\d+ pages( \+ \d+ others)?|Sync from|Locales",
        "outside of gettext; languages are set by code",
    ),
    Left("wagtailsites:", r"Root page", "outside of gettext; the site is made by code"),
    Left("wagtailadmin_workflows:", r"Page|Task type|.*TOTAL_FORMS.*", "superusers; the workflow is made by code"),
    Left("wagtailadmin_reports:page_types_usage", r"wagtailcore\.page", "the technical name"),
    Left("wagtailadmin_reports:aging_pages", r"None", "published by no person: only in tests"),
    Left("wagtailadmin_block_preview", r"None", "a block of Wagtail's without a sample, which nobody is offered"),
)


def is_english(text: str) -> bool:
    return text in untranslated() or bool(UNMISTAKABLE.search(text))


def english_in(answer: str, door: str, content: Iterable[str] = ()) -> list[str]:
    """One line for each English text in the HTML behind ``door``. ``content``: what people wrote, anywhere in it."""
    stays = [left.texts for left in LEFT if door.startswith(left.door)]
    found = []
    for text in sorted(texts_of(answer)):
        words = text
        for written in content:
            words = words.replace(written, "…")
        if is_english(words) and not any(re.fullmatch(pattern, text) for pattern in stays):
            found.append(f"{door}: {text[:120]}")
    return found


def english_words(page: Page, content: Container[str] = ()) -> list[str]:
    """One line for each text on the screen that is English. ``content``: what people wrote, in whatever language."""
    try:
        texts = page.evaluate(TEXTS)
    except Error:  # the screen has just changed
        page.wait_for_load_state()
        texts = page.evaluate(TEXTS)
    found = []
    for words in texts:
        text = " ".join(words.split())
        if text in content:
            continue
        if is_english(text):
            found.append(f"{text[:120]} ({re.sub(r'[?#].*|^https?://[^/]+', '', page.url)})")
    return found
