"""The columns of a list of procedures: what each is called, how its cells are read and written, what they fill."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cache
from typing import TYPE_CHECKING, Any

from django.core.exceptions import ValidationError
from django.core.validators import MaxLengthValidator
from django.db import models
from django.utils import translation
from django.utils.functional import Promise
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cms_blocks.office import Half
from procedures.enums import CostKind, Form, Initiator
from procedures.importing import cells
from procedures.importing.cells import Choice, Wrong, fold
from procedures.importing.entries import stream_of
from procedures.importing.names import Names
from procedures.importing.records import DECISIONS, PHASES, STAGE_LIST, STAGES, Records
from procedures.importing.sheet import Row, Value, plain_text
from procedures.models.procedure import ProcedureDistrict, ProcedureMethod, ProcedurePage, ProcedureTopic
from procedures.records import CITY_WIDE
from toolkit.enums import Level

if TYPE_CHECKING:
    from procedures.importing.names import Called

CHOICES = {
    "initiator": Choice(
        Initiator.choices,
        {"verwaltung": "administration", "stadtverwaltung": "administration", "top-down": "administration",
         "stadtrat": "council", "stadtverordnetenversammlung": "council", "gemeinderat": "council",
         "einwohner": "residents", "einwohnerinnen und einwohner": "residents", "bürger": "residents",
         "bottom-up": "residents", "initiative": "initiative", "verein": "initiative"},
    ),
    "level": Choice(
        Level.choices,
        {"information": "information", "konsultation": "consultation", "anhörung": "consultation",
         "einbeziehung": "involvement", "mitwirkung": "involvement", "kooperation": "collaboration",
         "mitgestaltung": "collaboration", "ermächtigung": "empowerment", "entscheidung": "empowerment"},
    ),
    "form": Choice(Form.choices, {"freiwillig": "informal", "gesetzlich": "formal"}),
    "cost_kind": Choice(
        CostKind.choices,
        {"betrag": "amount", "spanne": "range", "unbekannt": "unknown", "nicht öffentlich": "withheld"},
    ),
}  # fmt: skip
WHOLE_CITY = {
    "stadtweit",
    "gesamtstadt",
    "ganze stadt",
    "gesamte stadt",
    "die ganze stadt",
    "whole city",
    CITY_WIDE,
    "city wide",
}

#: Columns that fill rows beside the page, or a part of a field.
NO_FIELDS = {"districts", "methods", "stage", "stage_since"}


class Column:
    """One field of the page as cells. Values are plain: they can be compared with those of a page."""

    def __init__(
        self, key: str, names: str = "", label: Promise | None = None, explained: Promise | None = None
    ) -> None:
        """``names``: further headings that are understood, divided by ``|``."""
        self.key = key
        self.names = [name for name in names.split("|") if name]
        self._label, self._explained = label, explained
        self.field = None if key in NO_FIELDS else ProcedurePage._meta.get_field(key)

    @property
    def label(self) -> str:
        return capfirst(str(self._label or self.field.verbose_name))

    @property
    def explained(self) -> str:
        return str(self._explained or getattr(self.field, "help_text", ""))

    def read(self, value: Value, names: Names) -> Any:
        """Raises :class:`~procedures.importing.cells.Wrong`."""
        raise NotImplementedError

    def write(self, value: Any, names: Names) -> Value:
        raise NotImplementedError

    def of(self, page: ProcedurePage) -> Any:
        raise NotImplementedError

    def put(self, page: ProcedurePage, value: Any) -> None:
        setattr(page, self.key, value)

    def check(self, value: Any) -> None:
        """What the field itself says against the value, as in the editor. Raises ``ValidationError``."""
        if value not in (None, "", []):
            self.field.clean(value, None)


class Text(Column):
    def read(self, value: Value, names: Names) -> str:
        return self._plain(cells.text(value))

    def write(self, value: str, names: Names) -> Value:
        return value

    def of(self, page: ProcedurePage) -> str:
        return self._plain(getattr(page, self.key) or "")

    def check(self, value: Any) -> None:
        super().check(value)
        if self.field.max_length:  # of long texts only forms look at the length
            MaxLengthValidator(self.field.max_length)(value)

    def _plain(self, text: str) -> str:
        several = isinstance(self.field, models.TextField)
        return plain_text(text) if several else " ".join(text.replace("\xa0", " ").split())


class Scalar(Column):
    """A number, a day, yes or no."""

    def __init__(self, key: str, read: Callable[[Value], Any], names: str = "", **more: Any) -> None:
        super().__init__(key, names, **more)
        self._read = read

    def read(self, value: Value, names: Names) -> Any:
        return self._read(value)

    def write(self, value: Any, names: Names) -> Value:
        return value

    def of(self, page: ProcedurePage) -> Any:
        return getattr(page, self.key)


class OneOf(Column):
    """A word of a choice. An empty cell is empty where that is possible, else what a new page begins with."""

    def _choice(self, names: Names) -> Choice:
        return names.halves if self.key == "half" else CHOICES[self.key]

    def allowed(self) -> list[str]:
        choice = Choice(Half.choices) if self.key == "half" else CHOICES[self.key]
        return [choice.write(word) for word, _label in choice.choices]

    def read(self, value: Value, names: Names) -> str:
        word = self._choice(names).read(value)
        return word or ("" if self.field.blank else str(self.field.get_default()))

    def write(self, value: str, names: Names) -> Value:
        return self._choice(names).write(value) if value else ""

    def of(self, page: ProcedurePage) -> str:
        return str(getattr(page, self.key) or "")


class Lines(Column):
    """Short texts, one a line."""

    def read(self, value: Value, names: Names) -> list[str]:
        return cells.lines(value)

    def write(self, value: list[str], names: Names) -> Value:
        return cells.lines_text(value)

    def of(self, page: ProcedurePage) -> list[str]:
        return [cells.without_mark(plain_text(str(child.value))) for child in getattr(page, self.key)]

    def put(self, page: ProcedurePage, value: list[str]) -> None:
        setattr(page, self.key, stream_of(getattr(page, self.key), "item", value))

    def check(self, value: Any) -> None:
        block = self.field.stream_block.child_blocks["item"]
        for item in value:
            block.clean(item)


class Several(Column):
    """Phases, stages, decisions."""

    def __init__(self, key: str, block: str, records: Records, names: str = "", **more: Any) -> None:
        super().__init__(key, names, **more)
        self.block, self.records = block, records

    def read(self, value: Value, names: Names) -> list[dict[str, Any]]:
        return self.records.read(value, names)

    def write(self, value: list[dict[str, Any]], names: Names) -> Value:
        return self.records.write(value, names)

    def of(self, page: ProcedurePage) -> list[dict[str, Any]]:
        return self.records.values(getattr(page, self.key))

    def put(self, page: ProcedurePage, value: list[dict[str, Any]]) -> None:
        setattr(page, self.key, stream_of(getattr(page, self.key), self.block, value))

    def check(self, value: Any) -> None:
        """Checked while it was read, entry by entry."""


class Contact(Column):
    """The contact, by its name."""

    def read(self, value: Value, names: Names) -> int | None:
        return names.contacts.find(word) if (word := cells.text(value)) else None

    def write(self, value: int | None, names: Names) -> Value:
        return names.contacts.write(value) if value else ""

    def of(self, page: ProcedurePage) -> int | None:
        return page.contact_id

    def put(self, page: ProcedurePage, value: int | None) -> None:
        page.contact_id = value

    def check(self, value: Any) -> None:
        """It was found."""


class Many(Column):
    """Districts and methods, in their order."""

    ROWS: Mapping[str, tuple[type[models.Model], str]] = {
        "districts": (ProcedureDistrict, "district_id"),
        "methods": (ProcedureMethod, "method_id"),
    }

    def _called(self, names: Names) -> Called:
        return names.districts if self.key == "districts" else names.methods

    def read(self, value: Value, names: Names) -> list[int]:
        words = [word for word in cells.words(value) if self.key != "districts" or not says_whole_city(word)]
        return list(dict.fromkeys(self._called(names).find(word) for word in words))

    def write(self, value: list[int], names: Names) -> Value:
        return "; ".join(filter(None, (self._called(names).write(pk) for pk in value)))

    def of(self, page: ProcedurePage) -> list[int]:
        _model, name = self.ROWS[self.key]
        return [getattr(row, name) for row in getattr(page, self.key).all()]

    def put(self, page: ProcedurePage, value: list[int]) -> None:
        model, name = self.ROWS[self.key]
        rows = [model(**{name: pk, "sort_order": order}) for order, pk in enumerate(value)]
        setattr(page, self.key, rows)

    def check(self, value: Any) -> None:
        """They were found."""


class Topics(Column):
    """The main topic and the further ones: the first that a cell names is the main one."""

    def read(self, value: Value, names: Names) -> list[int]:
        """A name may hold a semicolon."""
        words = [whole] if names.topics.knows(whole := cells.text(value)) else cells.words(value)
        return list(dict.fromkeys(map(names.topics.find, words)))

    def write(self, value: list[int], names: Names) -> Value:
        return "; ".join(filter(None, map(names.topics.write, value)))

    def of(self, page: ProcedurePage) -> list[int]:
        return page.topic_ids

    def put(self, page: ProcedurePage, value: list[int]) -> None:
        page.topic_id = value[0] if value else None
        page.further_topics = [ProcedureTopic(topic_id=pk, sort_order=order) for order, pk in enumerate(value[1:])]

    def check(self, value: Any) -> None:
        """They were found."""


class CurrentStage(Column):
    """How far the project is now, for lists that have no history. Only read: the page keeps its earlier stages."""

    def read(self, value: Value, names: Names) -> Any:
        return STAGES.read(value) if self.key == "stage" else cells.day(value)

    def check(self, value: Any) -> None:
        """Checked when both are known."""


_COST = {
    "cost_from": gettext_lazy("Cost: euros, or at least"),
    "cost_to": gettext_lazy("Cost: euros at most"),
    "cost_on": gettext_lazy("Cost: as of"),
    "cost_basis": gettext_lazy("Cost: what the amount rests on"),
}
#: All columns in the order of the sheet that is offered.
COLUMNS: list[Column] = [
    Text("reference", "nr|nr.|nummer|lfd nr|vorhabennummer|number|reference number|id"),
    Text("title", "titel|vorhaben|bezeichnung|name|projekt|verfahren|project"),
    Text("lead", "vorspann|anriss|kurzbeschreibung|beschreibung|summary"),
    Text("brief_what", "was|worum geht es|kurz was|in kürze was"),
    Text("brief_where", "wo|kurz wo|in kürze wo"),
    Text("brief_how", "wie|kurz wie|wie kann ich mitmachen|was kann ich tun|in kürze was kann ich tun"),
    OneOf("initiator", "initiator|anlass|begonnen von|angestoßen von|initiated by"),
    OneOf("half", "hälfte|federführung|zuständig|lead half"),
    Text("business_area", "geschäftsbereich|fachbereich|amt|dezernat|department"),
    OneOf("level", "stufe|beteiligungsstufe|stufe der beteiligung|level"),
    Text("no_participation_reason", "begründung|grund ohne beteiligung|warum keine beteiligung|reason for none"),
    OneOf("form", "formell|formell/informell|art der beteiligung"),
    Text("legal_basis", "rechtsgrundlage|gesetzliche grundlage"),
    Text("official_address", "adresse für stellungnahmen|stellungnahme an|official address"),
    Scalar("display_from", cells.day, "ausgelegt von|auslegung von|auslegungsbeginn"),
    Scalar("display_until", cells.day, "ausgelegt bis|auslegung bis|auslegungsende"),
    Text("announcement", "bekanntmachung|amtliche bekanntmachung|veröffentlicht in"),
    Scalar("announced_on", cells.day, "bekanntgemacht am|bekannt gemacht am"),
    Text("announcement_url", "adresse der bekanntmachung|link zur bekanntmachung"),
    Text("affected", "betroffene|betroffene gruppen|zielgruppe|zielgruppen|wen betrifft es"),
    Scalar("city_wide", cells.yes, "stadtweit|gesamtstadt|gesamtstädtisch"),
    Many(
        "districts", "stadtteil|stadtteile|ortsteil|ortsteile|bezirk|sozialraum|district",
        label=gettext_lazy("Districts"),
        explained=gettext_lazy("Names, divided by semicolons. Or the word “city-wide”."),
    ),
    Text("place", "ort|straße|adresse|lage"),
    Scalar("latitude", cells.degrees, "breite|breitengrad|geographische breite|lat"),
    Scalar("longitude", cells.degrees, "länge|längengrad|geographische länge|lon|lng"),
    OneOf("cost_kind", "kosten|kostenangabe|art der kosten", label=gettext_lazy("Cost")),
    Scalar("cost_from", cells.amount, "kosten von|kosten in euro|betrag|cost from", label=_COST["cost_from"]),
    Scalar("cost_to", cells.amount, "kosten bis|höchstens|cost to", label=_COST["cost_to"]),
    Scalar("cost_on", cells.day, "kosten stand|kostenstand|stand der kosten", label=_COST["cost_on"]),
    Text("cost_basis", "kosten grundlage|kostengrundlage|grundlage der kosten", label=_COST["cost_basis"]),
    Lines("open_points", "offen|gestaltungsspielraum|beeinflussbar|was ist offen"),
    Lines("fixed_points", "fest|fester rahmen|nicht beeinflussbar|was steht fest"),
    Several(
        "phases", "phase", PHASES, "beteiligung|beteiligungsphasen|phase|zeitraum",
        explained=gettext_lazy(
            "One line each: title | beginning | end. With labelled lines more can be said: “Phase:”, “Begins:”, "
            "“Ends:”, “What happens:”, “Way: online | Words on the button”, “Deadline:”, “Web address:”, “Place:”, "
            "“Methods:”, “Result promised by:”, “Result:”. A line set in by two spaces goes on with the one above."
        ),
    ),
    Several(
        "stages", "stage", STAGE_LIST, "stufen des projekts|verlauf",
        explained=gettext_lazy("One line each, oldest first: stage | since | why, or what was reached."),
    ),
    CurrentStage(
        "stage", "stand|projektstand|status|planungsstand", label=gettext_lazy("Present stage"),
        explained=gettext_lazy("Instead of “stages”: only how far the project is now. Earlier stages stay."),
    ),
    CurrentStage(
        "stage_since", "stand seit|stand vom|seit", label=gettext_lazy("Present stage since"),
        explained=gettext_lazy("The day since which the present stage holds."),
    ),
    Several(
        "decisions", "decision", DECISIONS, "beschluss|beschlüsse|beschlüsse der gremien",
        explained=gettext_lazy("One line each: day | body | reference number | what is decided."),
    ),
    Scalar("first_reading", cells.day, "erste lesung|erstmals im rat|erste beratung"),
    Text("next_steps", "nächste schritte|weiteres vorgehen|weitere schritte"),
    Scalar("board_recommended", cells.yes_if_said, "beirat|beirat empfohlen|einbeziehung des beirats"),
    Scalar("listed_on", cells.day, "auf der liste seit|aufgenommen am|gelistet seit|listed on"),
    Scalar("review_date", cells.day, "wiedervorlage|prüfen am"),
    Topics(
        "topic", "thema|themen|themenfeld|handlungsfeld|topics", label=gettext_lazy("Topics"),
        explained=gettext_lazy("Names, divided by semicolons. The first is the main topic."),
    ),
    Contact(
        "contact", "ansprechpartner|ansprechperson|kontakt|kontaktstelle",
        explained=gettext_lazy("By name or e-mail, as it stands among the contacts."),
    ),
    Many(
        "methods", "methode|methoden|verwendete methoden|method", label=gettext_lazy("Methods"),
        explained=gettext_lazy("The ends of their addresses in the toolkit, divided by semicolons."),
    ),
]  # fmt: skip
BY_KEY = {column.key: column for column in COLUMNS}
#: Columns that fill fields as they stand there; the sheet that is offered has exactly these.
FILLED = [column for column in COLUMNS if not isinstance(column, CurrentStage)]


def says_whole_city(word: str) -> bool:
    return fold(word) in WHOLE_CITY


def find_headings(rows: Sequence[Row], most: int) -> Row | None:
    """The row of headings: that of the first ones in which most cells are known; ``None`` if none is known."""
    known = _known(translation.get_language() or "de")

    def count(row: Row) -> int:
        return sum(isinstance(value, str) and fold(value) in known for value in row.values)

    best = max(rows[:most], key=count, default=None)
    return best if best is not None and count(best) else None


def guess(headings: Iterable[str]) -> dict[str, str]:
    """Key of the column by heading; empty where none fits. Each column is taken once: by the heading that has its own
    name, else by the first that has another name for it."""
    active = translation.get_language() or "de"
    found = dict.fromkeys(headings, "")
    for known in (_own_names(active), _known(active)):
        for heading in found:
            key = known.get(fold(heading), "")
            if not found[heading] and key not in found.values():
                found[heading] = key
    return found


@cache
def _own_names(active: str) -> dict[str, str]:
    found: dict[str, str] = {}
    for language in (active, "de", "en"):
        with translation.override(language):
            for column in COLUMNS:
                found.setdefault(fold(column.label), column.key)
    for column in COLUMNS:
        found.setdefault(fold(column.key), column.key)
    return found


@cache
def _known(active: str) -> dict[str, str]:
    found = dict(_own_names(active))
    for column in COLUMNS:
        for name in column.names:
            found.setdefault(fold(name), column.key)
    return found


def complaint(error: ValidationError) -> Wrong:
    """What a field says, with a remedy where the words alone name none."""
    message = " ".join(error.messages)
    code = getattr(error, "code", None) or next((one.code for one in getattr(error, "error_list", ())), None)
    remedies = {"max_length": _("Shorten it."), "blank": _("Fill it in."), "null": _("Fill it in.")}
    return Wrong(message, remedies.get(str(code), _("Correct the cell.")))
