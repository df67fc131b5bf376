"""How a procedure is rated by the city's principles. Documents quote principles through the targets."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.db.models.signals import post_delete, post_save
from django.utils.translation import gettext as _

from cms_blocks.publication.targets import TRANSLATIONS, Targets, loads_targets
from cms_blocks.publication.unit import mark_target
from procedures.enums import Degree

if TYPE_CHECKING:
    from procedures.models import ProcedurePage


@dataclass(frozen=True, slots=True)
class Rating:
    """``degree``: a word of :class:`Degree`, ``label`` the same for people."""

    name: str
    question: str
    degree: str
    label: str
    reason: str


@dataclass(frozen=True, slots=True)
class Balance:
    """How many principles were met, of those that could be."""

    met: int
    of: int

    @property
    def words(self) -> str:
        """“3 of 5 principles met”; empty if nothing is rated."""
        return _("{met} of {all} principles met").format(met=self.met, all=self.of) if self.of else ""

    @property
    def fraction(self) -> str:
        """“3 of 5”; empty if nothing is rated."""
        return _("{met} of {all}").format(met=self.met, all=self.of) if self.of else ""


def ratings_of(page: ProcedurePage, targets: Targets) -> list[Rating]:
    """In the order of the principles; one that is gone is left out. One query."""
    targets.preload(principles=[child.value["principle"] for child in page.ratings])
    found = [
        (principle, child.value)
        for child in page.ratings
        if (principle := targets.get("principle", child.value["principle"])) is not None
    ]
    found.sort(key=lambda pair: (pair[0].order, pair[0].name))
    return [
        Rating(one.name, one.question, value["degree"], str(Degree(value["degree"]).label), value["reason"])
        for one, value in found
    ]


def balance_of(page: ProcedurePage) -> Balance:
    degrees = [child.value["degree"] for child in page.ratings]
    return Balance(degrees.count(Degree.MET), len(degrees) - degrees.count(Degree.NOT_APPLICABLE))


@loads_targets("principle")
def _principles(ids: set[int], targets: Targets) -> dict[int, Any]:
    from procedures.models import Principle

    return Principle.objects.select_related("locale").in_bulk(ids)


def _translated(ids: set[int], targets: Targets, locale: str) -> dict[int, Any]:
    from procedures.models import Principle

    keys = dict(Principle.objects.filter(pk__in=ids).values_list("pk", "translation_key"))
    rows = Principle.objects.filter(translation_key__in=keys.values(), locale__language_code=locale)
    translations = {row.translation_key: row for row in rows.select_related("locale")}
    return {pk: translations[key] for pk, key in keys.items() if key in translations}


TRANSLATIONS["principle"] = _translated


def connect() -> None:
    """Called once when the apps are ready."""
    from procedures.models import Principle

    for signal in (post_save, post_delete):
        signal.connect(_changed, sender=Principle, dispatch_uid=f"procedures-principle-{id(signal)}")


def _changed(instance: Any, raw: bool = False, **kwargs: Any) -> None:
    """Whoever quotes it, or another language of it, holds an old copy."""
    if not raw:
        siblings = type(instance).objects.filter(translation_key=instance.translation_key)
        mark_target("principle", {instance.pk, *siblings.values_list("pk", flat=True)})
