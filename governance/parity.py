"""The parity report: what each half wrote, reviewed, has waiting and overdue. Numbers of halves, never of persons."""

from __future__ import annotations

import datetime
from typing import Any

import django_filters
from django.contrib.auth.models import Group
from django.core.exceptions import PermissionDenied
from django.db.models import Case, CharField, Count, IntegerField, OuterRef, Q, QuerySet, Subquery, Value, When
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _
from wagtail.admin.filters import DateRangePickerWidget, WagtailFilterSet
from wagtail.admin.ui.tables import Column
from wagtail.admin.views.reports import ReportView
from wagtail.models import PageLogEntry, TaskState

from governance.acts import UnilateralAct
from governance.deadlines import overdue_since
from governance.desk import may_see_approvals
from governance.halves import EDITORS, group_name
from governance.review import HalfReview, half_label


def parity(begins: datetime.datetime | None = None, ends: datetime.datetime | None = None) -> QuerySet[Group]:
    """One row for each half with all its numbers, in one query. What waits is counted as it is now."""

    def within(rows: QuerySet[Any], field: str) -> QuerySet[Any]:
        if begins:
            rows = rows.filter(**{f"{field}__gte": begins})
        return rows.filter(**{f"{field}__lt": ends}) if ends else rows

    def number(rows: QuerySet[Any], what: str = "pk") -> Coalesce:
        counted = rows.order_by().values(_one=Value(1)).annotate(n=Count(what, distinct=True)).values("n")
        return Coalesce(Subquery(counted, output_field=IntegerField()), 0)

    written = within(PageLogEntry.objects.filter(_by("user"), action__in=_WRITING), "timestamp")
    answered = within(HalfReview.objects.filter(_by("finished_by")), "finished_at")
    submitted = within(HalfReview.objects.filter(_by("revision__user")), "started_at")
    waiting = HalfReview.objects.waiting().filter(Q(half=OuterRef("half")) | Q(half="joint"))
    acts = within(UnilateralAct.objects.filter(_by("user")), "created_at")
    names = {half: group_name(policy) for half, policy in EDITORS.items()}
    return (
        Group.objects.filter(name__in=names.values())
        .annotate(
            half=Case(
                *(When(name=name, then=Value(str(half))) for half, name in names.items()), output_field=CharField()
            )
        )
        .annotate(
            written=number(written, "page"),
            submitted=number(submitted),
            approved=number(answered.filter(status=TaskState.STATUS_APPROVED)),
            sent_back=number(answered.filter(status=TaskState.STATUS_REJECTED)),
            waiting=number(waiting),
            overdue=number(waiting.filter(started_at__lte=overdue_since())),
            alone=number(acts),
            to_confirm=number(UnilateralAct.objects.open().filter(half=OuterRef("half"))),
            objected=number(
                within(
                    UnilateralAct.objects.filter(half=OuterRef("half"), answer=UnilateralAct.Answer.OBJECTED),
                    "answered_at",
                )
            ),
        )
        .order_by("half")
    )


_WRITING = ("wagtail.create", "wagtail.edit", "wagtail.revert")


def _by(user: str) -> Q:
    """Rows whose ``user`` field is a member of the half in question."""
    return Q(**{f"{user}__groups": OuterRef("pk")})


class ParityFilterSet(WagtailFilterSet):
    period = django_filters.DateFromToRangeFilter(
        label=_("Period"), widget=DateRangePickerWidget, method="within_period"
    )

    class Meta:
        model = Group
        fields = ["period"]

    def within_period(self, queryset: QuerySet[Group], name: str, value: Any) -> QuerySet[Group]:
        """The whole table anew: the period concerns what is counted, not which halves there are."""
        if not value:
            return queryset
        return parity(value.start, value.stop)


class ParityReportView(ReportView):
    """Both halves side by side."""

    page_title = _("Parity")
    header_icon = "group"
    model = Group
    filterset_class = ParityFilterSet
    index_url_name = "governance:parity"
    index_results_url_name = "governance:parity_results"
    is_searchable = False
    paginate_by = None
    show_other_searches = False
    results_template_name = "governance/parity_results.html"
    numbers = {
        "written": _("pages written"),
        "submitted": _("versions sent for approval"),
        "approved": _("approved"),
        "sent_back": _("sent back with a request"),
        "waiting": _("waiting for this half now"),
        "overdue": _("of these overdue"),
        "alone": _("done alone (urgent, taken offline, moved, deleted)"),
        "to_confirm": _("to be confirmed by this half now"),
        "objected": _("objections by this half"),
    }
    list_export = ["half", *numbers]
    export_headings = {"half": _("Half"), **numbers}
    columns = [Column(name, label=label) for name, label in export_headings.items()]

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.custom_field_preprocess = {
            **self.custom_field_preprocess,
            "half": dict.fromkeys((self.FORMAT_CSV, self.FORMAT_XLSX), half_label),
        }

    def dispatch(self, request: Any, *args: Any, **kwargs: Any) -> Any:
        if not may_see_approvals(request.user):
            raise PermissionDenied
        return super().dispatch(request, *args, **kwargs)

    def get_filename(self) -> str:
        return f"parity-{datetime.date.today():%Y-%m-%d}"

    def get_base_queryset(self) -> QuerySet[Group]:
        return parity()

    def get_queryset(self) -> QuerySet[Group]:
        return parity()

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        rows = list(context["object_list"])
        context["halves"] = [half_label(row.half) for row in rows]
        context["lines"] = [(label, [getattr(row, name) for row in rows]) for name, label in self.numbers.items()]
        context["waiting"] = self._waiting()
        return context

    def _waiting(self) -> list[Any]:
        from governance.desk import with_pages

        return with_pages(HalfReview.objects.waiting())[:50]
