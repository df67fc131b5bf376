"""What the public reads has words in Ukrainian, Arabic and Polish: whatever the code says, unless it speaks to the desk.

The other way round from a list of what is public: a new template or module is public until it is listed here.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from fnmatch import fnmatch
from pathlib import Path

import polib
import pytest

from tests.test_messages import FUNCTIONS, ROOMS, ROOT, _texts_of_python, _texts_of_template

LANGUAGES = ("uk", "ar", "pl")

#: Rooms, templates and modules that speak to those who write: German and English are complete there.
FOR_THE_DESK = (
    # whole rooms
    "governance/*",
    "site/accounts/*",
    # templates of the admin
    "*/templates/wagtailadmin/*",
    "*/templates/wagtaildocs/*",
    "*/templates/wagtailimages/*",
    "*/templates/cms_blocks/content_checks/*",
    "*/templates/cms_blocks/desk/*",
    "*/templates/cms_blocks/drafts/*",
    "*/templates/cms_blocks/guide/*",
    "*/templates/cms_blocks/mail/unreviewed*",
    "*/templates/cms_blocks/media/*",
    "*/templates/cms_blocks/translating/*",
    "*/templates/cms_blocks/webhooks/*",
    "*/templates/cms_blocks/writing/*",
    "*/templates/procedures/desk/*",
    "*/templates/website/admin/*",
    # modules: the desk and what stands beside an editor's form
    "cms_blocks/content_checks/*",
    "cms_blocks/desk/*",
    "cms_blocks/drafts/*",
    "cms_blocks/guide/*",
    "cms_blocks/translating/*",
    "cms_blocks/webhooks/*",
    "cms_blocks/writing/*",
    "cms_blocks/blocks/preview.py",
    "cms_blocks/blocks/table_rows.py",
    "*/appearances.py",
    "*/apps.py",
    "*/fields.py",
    "*/page_types.py",
    "*/wagtail_hooks.py",
    "cms_blocks/freshness.py",
    "cms_blocks/pages.py",
    "cms_blocks/reserved.py",
    "site/website/panels.py",
    "*/wagtail_words.py",
    "site/website/legal.py",
    "cms_blocks/notices.py",
    "procedures/desk.py",
    "procedures/forms.py",
    "procedures/named_districts.py",
    "procedures/outline_fields.py",
    "procedures/outlines.py",
    "*/templates/procedures/panels/*",
    "*/templates/procedures/widgets/*",
    "procedures/streets/reading.py",
    "procedures/rules.py",
    "procedures/unasked.py",
    # an update round: the departments of the city, which read German
    "procedures/round/*",
    "*/templates/procedures/mail/round*",
    "*/templates/procedures/round/*",
    # editions: their desk, and their paper, which is in the language of the office only
    *(
        f"procedures/edition/{module}.py"
        for module in ("actions", "choice", "desk", "forms", "hooks", "paper", "publishing", "states")
    ),
    "toolkit/forms.py",
    "toolkit/rules.py",
    # uploads, and what commands and the worker say
    "cms_blocks/media/checks.py",
    "cms_blocks/media/documents.py",
    "cms_blocks/media/forms.py",
    "cms_blocks/media/hooks.py",
    "cms_blocks/media/raster.py",
    "cms_blocks/media/svg.py",
    "cms_blocks/media/tidying.py",
    "cms_blocks/media/uploads.py",
    "cms_blocks/publication/*",
    "*/management/*",
    "procedures/importing/*",
    "procedures/models/imports.py",
    "*/templates/procedures/importing/*",
    "toolkit/importing/*",
)
#: Fields, blocks and panels, whose labels and help texts an editor reads; the public reads what their functions say and
#: the vocabularies (``TextChoices``).
MODELS = (
    "cms_blocks/blocks/*",
    "cms_blocks/office.py",
    "cms_blocks/easy_language.py",
    "cms_blocks/illustrations.py",
    "cms_blocks/media/models.py",
    "procedures/blocks.py",
    "procedures/models/*",
    "site/website/blocks.py",
    "site/website/models.py",
    "toolkit/blocks.py",
    "toolkit/models/*",
)
#: Texts of the others that need no words in these languages.
EXCEPTIONS = {
    # Said to editors.
    "Both halves together",
    "Short paragraphs read best: one thought each, the most important one first.",
    "uploaded by",
    # Marks of Leichte Sprache, which is German.
    "reviewed on %(day)s",
    "Plain language, not reviewed",
    "This text is old.",
    "The text in difficult language is newer.",
    "It is from %(day)s.",
    "Go to the text in difficult language",
    # Letters that forms send to the office, which reads German.
    "Somebody asks for an accessible version of a document.",
    "Accessible version wanted: %(title)s",
    "Document: %(title)s",
    "Language: %(language)s",
    "Answer to: %(email)s",
    "What would help was not said.",
    "Somebody reports a barrier on the website.",
    "Report of a barrier: %(page)s",
    "Page: %(page)s",
    "no answer wanted",
    # Licences that are not named below a picture, and names that are the same everywhere.
    "Not yet clarified",
    "Own picture, all rights reserved",
    "Used with the author's permission",
    "Public domain",
    "Creative Commons BY 4.0",
    "Creative Commons BY-SA 4.0",
    "Creative Commons Zero 1.0",
}


def public_texts(room: str) -> dict[str, str]:
    """Every text of a room that the public may read → the file that has it."""
    found = {}
    for path in sorted((ROOT / room).rglob("*")):
        name = str(path.relative_to(ROOT))
        if any(fnmatch(name, pattern) for pattern in FOR_THE_DESK) or "migrations" in path.parts:
            continue
        if path.suffix == ".py":
            tell = _of_functions if any(fnmatch(name, pattern) for pattern in MODELS) else _texts_of_python
            found.update(dict.fromkeys(tell(path.read_text()), name))
        elif path.suffix in {".html", ".txt"} and "templates" in path.parts:
            found.update(dict.fromkeys(_texts_of_template(path.read_text()), name))
    return {text: name for text, name in found.items() if text and text not in EXCEPTIONS}


def _of_functions(source: str) -> Iterator[str]:
    """Texts in functions that refuse nothing, and of vocabularies."""
    for node in ast.walk(ast.parse(source)):
        says = isinstance(node, ast.FunctionDef) and node.name not in {"clean", "validate_unique"}
        names = isinstance(node, ast.ClassDef) and any("Choices" in ast.unparse(base) for base in node.bases)
        if says or names:
            refusals = {
                id(part) for inner in ast.walk(node) if isinstance(inner, ast.Raise) for part in ast.walk(inner)
            }
            for call in ast.walk(node):
                if isinstance(call, ast.Call) and id(call) not in refusals and ast.unparse(call.func) in FUNCTIONS:
                    yield from _texts_of_python(ast.unparse(call))


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_the_public_reads_is_translated(language: str) -> None:
    missing = {}
    for room in ROOMS:
        path = ROOT / room / f"locale/{language}/LC_MESSAGES/django.po"
        known = {
            words.replace("%%", "%")
            for entry in (polib.pofile(str(path)) if path.exists() else ())
            if entry.translated()
            for words in (entry.msgid, entry.msgid_plural)
        }
        missing |= {text: file for text, file in public_texts(room).items() if text not in known}
    assert missing == {}, "translate these, or list their file or text as one for the desk"


def test_nothing_is_listed_that_is_not_there() -> None:
    files = [str(path.relative_to(ROOT)) for room in ROOMS for path in (ROOT / room).rglob("*") if path.is_file()]
    for pattern in (*FOR_THE_DESK, *MODELS):
        assert any(fnmatch(name, pattern) for name in files), f"{pattern} has gone"
    said = {text for room in ROOMS for path in _sources(room) for text in path}
    assert said >= EXCEPTIONS


def _sources(room: str) -> Iterator[list[str]]:
    for path in (ROOT / room).rglob("*"):
        if path.suffix == ".py" and "migrations" not in path.parts:
            yield list(_texts_of_python(path.read_text()))
        elif path.suffix in {".html", ".txt"} and "templates" in path.parts:
            yield list(_texts_of_template(path.read_text()))


def test_the_rule_covers_what_speaks_to_the_public() -> None:
    covered = set()
    for room in ROOMS:
        covered |= {Path(file).name for file in public_texts(room).values()}
    assert covered >= {
        "enums.py", "facts.py", "filters.py", "reasons.py", "presentation.py", "listing.py", "advice.py", "letters.py",
        "barriers.py", "accessible_versions.py", "public_forms.py", "search.html", "method.html", "404.html",
        "publications.py", "footer.html", "timeline.html", "methods.py",
    }  # fmt: skip
