"""How the toolkit's pages are published."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.utils.translation import gettext_lazy as _

from cms_blocks.publication.declaration import PagePublication, register
from cms_blocks.publication.records import PublicRecord
from cms_blocks.publication.targets import Targets
from toolkit.cards import card_of
from toolkit.facts import alphabetical
from toolkit.json_forms import MethodDocument
from toolkit.models import MethodComparisonPage, MethodFacts, MethodFinderPage, MethodIndexPage, MethodPage
from toolkit.presentation import TEXT_LISTS, combined_methods, image_json, sign_of, steps_of, texts_of

#: Columns of :class:`MethodFacts` that stand on the page under the same name.
FACTS = tuple(field.name for field in MethodFacts._meta.concrete_fields if field.name not in {"record", "sort_key"})


@register
class MethodPublication(PagePublication):
    """Document: the fields of the methods file by their names there, beside those of every page."""

    model = MethodPage
    kind = "method"
    label = _("Method")
    label_plural = _("Methods")
    facts = MethodFacts
    card_template = "toolkit/components/method_card.html"

    def card(self, record: PublicRecord) -> dict[str, Any]:
        return {"card": card_of(record)}

    def columns(self, page: MethodPage) -> dict[str, Any]:
        return {**super().columns(page), "levels": page.levels, "illustration": sign_of(page, page.topic)}

    def facts_for(self, page: MethodPage) -> dict[str, Any]:
        return {name: getattr(page, name) for name in FACTS} | {"sort_key": alphabetical(page.title)}

    def document(self, page: MethodPage, targets: Targets) -> dict[str, Any]:
        return {
            **super().document(page, targets),
            "levels": list(page.levels),
            **{name: _listed(getattr(page, name)) for name in FACTS},
            **{name: getattr(page, name) for name in ("cost_note", "staff", "origin")},
            **{name: texts_of(page, name) for name in TEXT_LISTS},
            "steps": [{"title": step.title, "text": step.text, "minutes": step.minutes} for step in steps_of(page)],
            "sources": [{name: source.value[name] or "" for name in ("title", "publisher")} for source in page.sources],
            "combines_with": [
                {"title": target.title, "lead": target.lead, "path": target.path}
                for target in combined_methods(page, targets)
            ],
            "image": image_json(targets.image(page.image_id)),
        }

    def document_form(self) -> type[MethodDocument]:
        return MethodDocument

    def search_text(self, page: MethodPage) -> Iterable[str]:
        for name in TEXT_LISTS:
            yield from texts_of(page, name)
        for step in page.steps:
            yield f"{step.value['title']}. {step.value['text']}"
        yield from (page.cost_note, page.staff, page.origin)
        for source in page.sources:
            yield f"{source.value['title']}, {source.value['publisher']}"


@register
class MethodIndexPublication(PagePublication):
    model = MethodIndexPage
    kind = "method_index"
    resource = "toolkits"
    label = _("Toolkit")
    label_plural = _("Toolkits")


@register
class MethodFinderPublication(PagePublication):
    model = MethodFinderPage
    kind = "method_finder"
    label = _("Method finder")
    label_plural = _("Method finders")


@register
class MethodComparisonPublication(PagePublication):
    """Leads on to methods and holds nothing of its own: not searched."""

    model = MethodComparisonPage
    kind = "method_comparison"
    label = _("Comparison of methods")
    label_plural = _("Comparisons of methods")
    searchable = False


def _listed(value: Any) -> Any:
    return list(value) if isinstance(value, tuple) else value
