"""What a department is asked about: values of a page under keys that name them, plain fields and parts alike.

``place`` is a field; ``phases/<id>/ends`` and ``phases/<id>/ways/<id>/deadline`` are parts of a block, which is known
by its id; ``districts`` are rows; ``stages/new`` and ``decisions/new`` are blocks that do not exist yet.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django import forms
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.template.defaultfilters import yesno
from django.utils.formats import date_format, number_format
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from cms_blocks.publication.records import PublicRecord
from procedures import wording
from procedures.changes import plain
from procedures.importing.entries import stream_of
from procedures.models import ProcedureDistrict, ProcedurePage
from procedures.round.fields import LinesField, SentenceField, for_browsers

#: What stands in place of a value whose block is not there (any more). No other value is such a mapping.
GONE = {"gone": True}
#: Lines of a field for longer texts.
ROWS = {
    "lead": 3, "next_steps": 4, "affected": 3, "no_participation_reason": 3, "official_address": 3, "announcement": 2,
}  # fmt: skip
#: Whole sentences on one line.
SENTENCES = frozenset({"title", "brief_what", "brief_where", "brief_how"})
#: Moments up to which something lasts, by the last part of their keys.
ENDS = frozenset({"ends", "deadline", "suspended_until"})


class Answerable:
    """One value. ``names``: what blocks and districts were called when they were shown, by the beginning of keys."""

    def __init__(self, key: str, names: Mapping[str, str]) -> None:
        self.key, self.names = key, names

    @property
    def label(self) -> str:
        """Its name, where it stands alone."""
        return self.caption

    @property
    def caption(self) -> str:
        """Its name, where it stands below the name of its block."""
        raise NotImplementedError

    #: The key of the block that it is a part of.
    block_key = ""

    @property
    def block_title(self) -> str:
        """The name of that block; empty if there is none."""
        return ""

    @property
    def place(self) -> tuple[int, ...]:
        """Where it stands among values whose keys begin alike."""
        return ()

    @property
    def fields(self) -> dict[str, forms.Field]:
        """How a form asks for it."""
        raise NotImplementedError

    def taken(self, cleaned: Mapping[str, Any]) -> Any:
        """The value, from what those fields brought."""
        return cleaned[self.key]

    def of(self, page: ProcedurePage) -> Any:
        """:data:`GONE` if the page has no such block."""
        raise NotImplementedError

    def put(self, page: ProcedurePage, value: Any) -> None:
        """Nothing is written if the page has no such block. What is stored beside it stays as it is."""
        raise NotImplementedError

    def take_out(self, page: ProcedurePage, value: Any, before: Any) -> None:
        """Undo :meth:`put`, unless somebody has written something else since."""
        if before != GONE and is_same(self.of(page), value):
            self.put(page, before)

    def read(self, kept: Any) -> Any:
        """The value, from what is stored of it."""
        return kept

    def words(self, value: Any) -> str:
        """As people read it; empty if there is none."""
        return words_of(value, ends=self.key.rpartition("/")[2] in ENDS)

    def spoken_of(self, *values: Any) -> set[str]:
        """Keys of the ``names`` that its label and the words of these values need."""
        return set()


class OfField(Answerable):
    """What a field of the page holds, under its name."""

    @property
    def _field(self) -> Any:
        return ProcedurePage._meta.get_field(self.key)

    @property
    def caption(self) -> str:
        return str(self._field.verbose_name)


class Plain(OfField):
    """A single value."""

    @property
    def fields(self) -> dict[str, forms.Field]:
        known: dict[str, Any] = {"assume_scheme": "https"} if isinstance(self._field, models.URLField) else {}
        if self.key in SENTENCES:
            known["form_class"] = SentenceField
        field = for_browsers(self._field.formfield(**known))
        if self.key in ROWS:
            field.widget.attrs["rows"] = ROWS[self.key]
        return {self.key: field}

    def of(self, page: ProcedurePage) -> Any:
        return getattr(page, self.key)

    def put(self, page: ProcedurePage, value: Any) -> None:
        setattr(page, self.key, value)

    def read(self, kept: Any) -> Any:
        return None if kept is None else self._field.to_python(kept)

    def words(self, value: Any) -> str:
        if isinstance(value, Decimal):
            return f"{number_format(value.normalize(), use_l10n=True, force_grouping=True)} €"
        return str(dict(self._field.choices or ()).get(value, "")) or super().words(value)


class Lines(OfField):
    """Short texts in a list."""

    @property
    def fields(self) -> dict[str, forms.Field]:
        item = self._field.stream_block.child_blocks["item"]
        help_text = " ".join((str(self._field.help_text), _("Each on a line of its own.")))
        return {self.key: LinesField(item, label=capfirst(self.caption), required=False, help_text=help_text)}

    def of(self, page: ProcedurePage) -> Any:
        return [str(child.value) for child in getattr(page, self.key)]

    def put(self, page: ProcedurePage, value: Any) -> None:
        """A text that stays keeps its id, since its translation hangs on it."""
        setattr(page, self.key, stream_of(getattr(page, self.key), "item", value))

    def words(self, value: Any) -> str:
        return "\n".join(value or ())


class Districts(Answerable):
    """The public districts of the page, as the words they are known by. Others are no business of a department."""

    @property
    def caption(self) -> str:
        return str(ProcedureDistrict._meta.verbose_name_plural)

    @property
    def fields(self) -> dict[str, forms.Field]:
        choices = [(key.rpartition("/")[2], name) for key, name in self.names.items() if key.startswith("districts/")]
        field = forms.MultipleChoiceField(
            label=self.caption,
            choices=choices,
            required=False,
            widget=forms.CheckboxSelectMultiple,
            help_text=_("All in which it takes place."),
        )
        return {self.key: field}

    def taken(self, cleaned: Mapping[str, Any]) -> Any:
        return sorted(cleaned[self.key])

    def of(self, page: ProcedurePage) -> Any:
        words = {pk: word for pk, word, _name in public_districts(page)}
        return sorted(words[row.district_id] for row in page.districts.all() if row.district_id in words)

    def put(self, page: ProcedurePage, value: Any) -> None:
        rows = {row.district_id: row for row in page.districts.all()}
        last = max((row.sort_order or 0 for row in rows.values()), default=-1)
        for pk, word, _name in public_districts(page):
            if word in value and pk not in rows:
                last += 1
                page.districts.add(ProcedureDistrict(district_id=pk, sort_order=last))
            elif word not in value and pk in rows:
                page.districts.remove(rows[pk])

    def words(self, value: Any) -> str:
        return ", ".join(self.names.get(f"{self.key}/{word}", word) for word in value or ())

    def spoken_of(self, *values: Any) -> set[str]:
        return {f"{self.key}/{word}" for value in values for word in value or ()}


def public_districts(page: ProcedurePage) -> list[tuple[int, str, str]]:
    """Id of the page, word and name of each, by name."""
    rows = PublicRecord.objects.listed().of_kind("district").in_locale(page.locale.language_code)
    found = rows.order_by("title", "pk").values_list("object_id", "districts", "title")
    return [(pk, words[0], name) for pk, words, name in found if words]


def is_same(one: Any, other: Any) -> bool:
    """Whether two values say the same, however a browser writes the ends of lines, and to the minute."""
    return bool(_comparable(one) == _comparable(other))


def _comparable(value: Any) -> Any:
    if isinstance(value, datetime):
        return plain(to_the_minute(value))
    return plain("\n".join(value.strip().splitlines()) if isinstance(value, str) else value)


def to_the_minute(value: datetime) -> datetime:
    return value.replace(second=0, microsecond=0)


def stored(value: Any) -> Any:
    """A value as it comes back from where it is stored."""
    return json.loads(json.dumps(value, cls=DjangoJSONEncoder))


def words_of(value: Any, *, ends: bool = False) -> str:
    """As the public page says it, whatever it belongs to; empty if there is none. What ``ends`` at midnight ends with
    the day before."""
    match value:
        case None | "":
            return ""
        case bool():
            return str(yesno(value))
        case int():
            return number_format(value, use_l10n=True, force_grouping=True)
        case datetime():
            return wording.closing(value) if ends else wording.moment(value)
        case date():
            return date_format(value)
        case _other:
            return str(value)
