"""The import in the admin: upload, columns and preview, result with its way back, and the list as a sheet."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable
from typing import Any

from django import forms
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import path, reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext, pgettext_lazy
from django.views.decorators.http import require_POST
from django.views.generic import FormView
from wagtail.admin import messages
from wagtail.admin.views.generic.base import WagtailAdminTemplateMixin

from cms_blocks.publication.ticker import every
from procedures.importing.columns import COLUMNS
from procedures.importing.memory import remember, understood
from procedures.importing.planning import CHANGE, CREATE, UNCHANGED, Plan, headings_of
from procedures.importing.sheet import MOST_BYTES, Unreadable, read_sheet, with_mark
from procedures.importing.workbook import KINDS, list_as_sheet, template
from procedures.importing.writing import ImportProcedures, Refused, UndoImport, may_import, plan_of_run
from procedures.models.imports import FILE_KEPT, ImportRun
from procedures.models.index import ProcedureIndexPage

#: Rows of each kind that a page shows; all errors can be downloaded.
SHOWN = 100


def lists_for(user: Any) -> list[ProcedureIndexPage]:
    """The lists this person may import into."""
    pages = ProcedureIndexPage.objects.filter(alias_of=None).select_related("locale").order_by("path")
    return [page for page in pages if may_import(user, page)]


def _needed(user: Any) -> list[ProcedureIndexPage]:
    lists = lists_for(user)
    if not lists:
        raise PermissionDenied
    return lists


class UploadForm(forms.Form):
    """A sheet, and the list that it is for."""

    index = forms.ModelChoiceField(
        queryset=ProcedureIndexPage.objects.none(),
        empty_label=None,
        label=pgettext_lazy("import", "List"),
        help_text=gettext_lazy("Below which list do the procedures belong? Its language is that of the sheet."),
    )
    file = forms.FileField(
        label=pgettext_lazy("import", "Sheet"),
        help_text=gettext_lazy(
            "XLSX or CSV, at most 10 MB and 5,000 rows. The first sheet counts; one row holds the headings."
        ),
        widget=forms.FileInput(attrs={"accept": ".xlsx,.csv"}),
    )

    def __init__(self, *args: Any, lists: Iterable[ProcedureIndexPage], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["index"].queryset = ProcedureIndexPage.objects.filter(pk__in=[page.pk for page in lists])

    def clean_file(self) -> tuple[str, bytes, list[str]]:
        """Name, content and headings."""
        file = self.cleaned_data["file"]
        data = file.read(MOST_BYTES + 1)
        try:
            _row, headings = headings_of(read_sheet(file.name, data))
        except Unreadable as error:
            raise ValidationError(str(error)) from None
        return file.name[-200:], data, headings


class OptionsForm(forms.ModelForm):
    """What becomes of the rows, and what each heading means."""

    class Meta:
        model = ImportRun
        fields = ["publish", "faulty_as_drafts", "news_what", "news_why", "editorial_only"]
        help_texts = {
            "publish": gettext_lazy(
                "With a tick complete rows become public, as far as you may publish them alone. Without one everything "
                "becomes a draft."
            ),
            "faulty_as_drafts": gettext_lazy(
                "With a tick faulty rows become drafts with what could be read. Without one a single mistake stops all."
            ),
            "news_what": gettext_lazy(
                "In one plain sentence. It joins the change log of each public procedure in which something changes "
                "that people rely on."
            ),
            "news_why": gettext_lazy("What led to it, if that is known."),
            "editorial_only": gettext_lazy("Tick this if only wording or mistakes were corrected and nothing is new."),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = [("", _("– is left out –")), *((column.key, column.label) for column in COLUMNS)]
        self.headings = list(self.instance.mapping)
        for number, heading in enumerate(self.headings):
            self.fields[f"column_{number}"] = forms.ChoiceField(
                label=heading,
                required=False,
                choices=choices,
                initial=self.instance.mapping[heading],
                help_text=_("What does this column hold?"),
            )

    @property
    def columns(self) -> list[Any]:
        return [self[f"column_{number}"] for number in range(len(self.headings))]

    def save(self, commit: bool = True) -> ImportRun:
        run = super().save(commit=False)
        run.mapping = {heading: self.cleaned_data[f"column_{number}"] for number, heading in enumerate(self.headings)}
        run.save(update_fields=[*self.Meta.fields, "mapping"])  # nothing of what somebody else has done meanwhile
        return run


class ImportView(WagtailAdminTemplateMixin, FormView):
    """Upload a sheet; below stand the ways to get one, and the imports so far."""

    template_name = "procedures/importing/upload.html"
    page_title = gettext_lazy("Import of procedures")
    header_icon = "upload"
    form_class = UploadForm
    _show_breadcrumbs = True

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        self.lists = _needed(request.user)
        return super().dispatch(request, *args, **kwargs)

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        return [*self.breadcrumbs_items, {"url": "", "label": self.page_title}]

    def get_form_kwargs(self) -> dict[str, Any]:
        return {**super().get_form_kwargs(), "lists": self.lists}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        runs = ImportRun.objects.filter(index__in=self.lists).select_related("user", "index")
        return super().get_context_data(**kwargs) | {"lists": self.lists, "runs": runs[:SHOWN]}

    def form_valid(self, form: UploadForm) -> HttpResponse:
        name, data, headings = form.cleaned_data["file"]
        run = ImportRun.objects.create(
            user=self.request.user,
            index=form.cleaned_data["index"],
            file_name=name,
            file=data,
            mapping=understood(headings),
        )
        return redirect("procedure_imports:run", run.pk)


class RunView(WagtailAdminTemplateMixin, FormView):
    """One sheet: before the import its columns and what would happen, afterwards what happened."""

    header_icon = "upload"
    form_class = OptionsForm
    _show_breadcrumbs = True

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        self.run = run_for(request.user, kwargs["pk"])
        if request.method == "POST" and not self.is_prepared:
            return redirect("procedure_imports:run", self.run.pk)
        return super().dispatch(request, *args, **kwargs)

    @property
    def is_prepared(self) -> bool:
        return self.run.state == ImportRun.State.PREPARED

    def get_template_names(self) -> list[str]:
        return [f"procedures/importing/{'preview' if self.is_prepared else 'result'}.html"]

    def get_page_title(self) -> str:
        return self.run.file_name

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        above = {"url": reverse("procedure_imports:index"), "label": ImportView.page_title}
        return [*self.breadcrumbs_items, above, {"url": "", "label": self.run.file_name}]

    def get_form_kwargs(self) -> dict[str, Any]:
        return {**super().get_form_kwargs(), "instance": self.run}

    @cached_property
    def plan(self) -> Plan | str:
        """What would happen; the reason where the sheet as a whole cannot be used."""
        try:
            return plan_of_run(self.run)
        except Unreadable as error:
            return str(error)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs) | {"run": self.run, "shown": SHOWN}
        return context | (self._preview() if self.is_prepared else self._result())

    def _preview(self) -> dict[str, Any]:
        if isinstance(self.plan, str):
            return {"unreadable": self.plan}
        errors = self.plan.errors
        return {
            "unreadable": "",
            "errors": errors[:SHOWN],
            "error_count": len(errors),
            "created": self.plan.of_kind(CREATE)[:SHOWN],
            "changed": self.plan.of_kind(CHANGE)[:SHOWN],
            "counts": {kind: len(self.plan.of_kind(kind)) for kind in (CREATE, CHANGE, UNCHANGED)},
            "ignored": self.plan.ignored,
            "asks": self.plan.asks_what_is_new,
        }

    def _result(self) -> dict[str, Any]:
        pages = self.run.pages.select_related("page")
        return {
            "errors": self.run.errors[:SHOWN],
            "error_count": len(self.run.errors),
            "pages": pages[:SHOWN],
            "counts": {
                "created": pages.filter(is_new=True).count(),
                "changed": pages.filter(is_new=False).count(),
                "drafts": pages.filter(is_published=False).count(),
            },
            "may_undo": self.run.state == ImportRun.State.DONE,
        }

    def form_valid(self, form: OptionsForm) -> HttpResponse:
        run = form.save()
        remember(run.mapping)
        if "import" not in self.request.POST:
            return redirect("procedure_imports:run", run.pk)
        try:
            done = ImportProcedures(run, self.request.user).execute()
        except Refused:
            messages.error(self.request, _("Nothing was imported: cells of the sheet are wrong. They are named below."))
        except Unreadable as error:
            messages.error(self.request, str(error))
        except ValidationError as error:
            messages.error(self.request, " ".join(error.messages))
        else:
            messages.success(self.request, _("Imported. Below you see what became of each row."))
            return redirect("procedure_imports:run", done.pk)
        return redirect("procedure_imports:run", run.pk)


def run_for(user: Any, pk: int) -> ImportRun:
    """Refused before anybody learns which imports exist."""
    lists = _needed(user)
    return get_object_or_404(ImportRun.objects.select_related("index", "index__locale", "user"), pk=pk, index__in=lists)


@require_POST
def undo(request: HttpRequest, pk: int) -> HttpResponse:
    run = run_for(request.user, pk)
    try:
        UndoImport(run, request.user).execute()
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    else:
        messages.success(request, _("The import is taken back. The list is as it was before."))
    return redirect("procedure_imports:run", run.pk)


@require_POST
def discard(request: HttpRequest, pk: int) -> HttpResponse:
    """Forget a sheet that was not imported."""
    run = run_for(request.user, pk)
    if run.state == ImportRun.State.PREPARED:
        run.delete()
        messages.success(request, _("The sheet is forgotten. Nothing was imported."))
    return redirect("procedure_imports:index")


def errors_as_table(request: HttpRequest, pk: int) -> HttpResponse:
    """All wrong cells, to be worked off beside the sheet."""
    run = run_for(request.user, pk)
    errors: list[Any] = run.errors
    if run.state == ImportRun.State.PREPARED:
        try:
            errors = [[one.cell, one.heading, one.value, one.reason, one.remedy] for one in plan_of_run(run).errors]
        except Unreadable:
            raise Http404 from None
    else:
        errors = [[one[name] for name in ("cell", "heading", "value", "reason", "remedy")] for one in errors]
    file = io.StringIO()
    writer = csv.writer(file, delimiter=";")
    writer.writerow(
        [
            pgettext("in a sheet", "Cell"),
            pgettext("in a sheet", "Heading"),
            _("What stands there"),
            _("Why it is wrong"),
            _("What to do"),
        ]
    )
    writer.writerows([with_mark(str(cell)) for cell in line] for line in errors)
    return _file(file.getvalue().encode("utf-8-sig"), _("wrong-cells"), "csv")


def whole_list(request: HttpRequest, pk: int, kind: str) -> HttpResponse:
    """The public list with the columns of the import."""
    index = next((page for page in _needed(request.user) if page.pk == pk), None)
    if index is None or kind not in KINDS:
        raise Http404
    return _file(list_as_sheet(index, kind), f"{index.slug}-{timezone.localdate():%Y-%m-%d}", kind)


def empty_sheet(request: HttpRequest) -> HttpResponse:
    _needed(request.user)
    return _file(template(), _("template-procedures"), "xlsx")


def _file(data: bytes, name: str, kind: str) -> HttpResponse:
    answer = HttpResponse(data, content_type=KINDS[kind])
    answer["Content-Disposition"] = f'attachment; filename="{name}.{kind}"'
    answer["Cache-Control"] = "private, no-store"
    return answer


@every(hours=1)
def forget_uploaded_sheets() -> None:
    """Sheets that nobody has imported within a day, with their files."""
    ImportRun.objects.prepared().filter(created_at__lt=timezone.now() - FILE_KEPT).delete()


urls = (
    [
        path("", ImportView.as_view(), name="index"),
        path("template.xlsx", empty_sheet, name="template"),
        path("list/<int:pk>.<str:kind>", whole_list, name="list"),
        path("<int:pk>/", RunView.as_view(), name="run"),
        path("<int:pk>/errors.csv", errors_as_table, name="errors"),
        path("<int:pk>/undo/", undo, name="undo"),
        path("<int:pk>/discard/", discard, name="discard"),
    ],
    "procedure_imports",
)
