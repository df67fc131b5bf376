"""The report: pages × languages, filtered, exported."""

from __future__ import annotations

from typing import Any

import django_filters
from django.core.exceptions import PermissionDenied
from django.utils.formats import date_format
from django.utils.functional import cached_property
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from wagtail.admin.filters import WagtailFilterSet
from wagtail.admin.views.reports import ReportView

from cms_blocks.easy_language import PERMISSION as REVIEW
from cms_blocks.freshness import Freshness
from cms_blocks.languages import EASY
from cms_blocks.office import Half
from cms_blocks.publication.records import PublicRecord
from cms_blocks.translating import matrix


def may_see(user: Any) -> bool:
    """Whoever translates or reviews: everybody else has nothing to do there."""
    return user.has_perm("wagtail_localize.submit_translation") or user.has_perm(REVIEW)


def sections() -> list[tuple[str, str]]:
    """The pages right below the home page."""
    rows = matrix.originals().filter(depth=3)
    return [(record.tree_path, record.title) for record in rows]


class MatrixFilterSet(WagtailFilterSet):
    section = django_filters.ChoiceFilter(
        label=gettext_lazy("Section"), choices=sections, field_name="tree_path", lookup_expr="startswith"
    )
    half = django_filters.ChoiceFilter(label=gettext_lazy("Responsible half"), choices=Half.choices)
    state = django_filters.ChoiceFilter(label=gettext_lazy("State"), choices=Freshness.choices, method="filter_state")
    language = django_filters.ChoiceFilter(
        label=gettext_lazy("State in the language"),
        choices=lambda: list(matrix.languages().items()),
        method="leave",
        help_text=gettext_lazy("Together with “State”."),
    )

    review = django_filters.ChoiceFilter(
        label=gettext_lazy("Review as Leichte Sprache"),
        choices=[("missing", gettext_lazy("not reviewed")), ("given", gettext_lazy("reviewed"))],
        method="filter_review",
    )

    class Meta:
        model = PublicRecord
        fields: list[str] = []

    def filter_state(self, records: Any, name: str, value: str) -> Any:
        code = self.form.cleaned_data.get("language") or ""
        return records.filter(pk__in=matrix.in_state(records, Freshness(value), code))

    def filter_review(self, records: Any, name: str, value: str) -> Any:
        """Pages whose public text in easy language was reviewed, or not."""
        easy = PublicRecord.objects.live().filter(locale=EASY, listed=True, reviewed_on__isnull=value == "missing")
        return records.filter(translation_key__in=easy.values("translation_key"))

    def leave(self, records: Any, name: str, value: str) -> Any:
        """Only narrows the filter by state."""
        return records


class LanguageReportView(ReportView):
    """One row a public German page, one column a language."""

    model = PublicRecord
    page_title = gettext_lazy("Languages")
    header_icon = "globe"
    template_name = "cms_blocks/translating/report.html"
    results_template_name = "cms_blocks/translating/report_results.html"
    index_url_name = "languages:report"
    index_results_url_name = "languages:report_results"
    filterset_class = MatrixFilterSet
    is_searchable = False
    export_filename = "sprachen"

    def dispatch(self, request: Any, *args: Any, **kwargs: Any) -> Any:
        if not may_see(request.user):
            raise PermissionDenied
        return super().dispatch(request, *args, **kwargs)

    def get_base_queryset(self) -> Any:
        return matrix.originals()

    def order_queryset(self, queryset: Any) -> Any:
        return queryset

    def decorate_paginated_queryset(self, object_list: Any) -> list[matrix.Row]:
        return matrix.rows_of(object_list, self.request.user)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        legend = [(matrix.SIGNS[state], state.label, state.value) for state in Freshness]
        return context | {"languages": matrix.languages(), "legend": legend}

    @cached_property
    def list_export(self) -> list[str]:  # type: ignore[override]
        return ["title", "path", "half", "since", *matrix.languages()]

    @cached_property
    def export_headings(self) -> dict[str, str]:  # type: ignore[override]
        own = {
            "title": _("Title"), "path": _("Address"), "half": _("Responsible half"), "since": _("German text of"),
        }  # fmt: skip
        return own | matrix.languages()

    def to_row_dict(self, item: matrix.Row) -> dict[str, str]:
        own = {
            "title": item.title,
            "path": item.path,
            "half": str(Half(item.half).label) if item.half in Half.values else "",
            "since": date_format(localtime(item.since), "SHORT_DATE_FORMAT") if item.since else "",
        }
        return own | {cell.code: words_for(cell) for cell in item.cells}


def words_for(cell: matrix.Cell) -> str:
    """The state of a cell in words."""
    words = str(cell.state.label)
    if cell.is_draft:
        words = _("Only a draft so far")
    elif cell.easy and cell.state != Freshness.MISSING:
        words += ", " + (_("reviewed") if cell.reviewed_on else _("not reviewed"))
    return words
