"""The reports on files that nobody uses, and on those that are larger than any reader needs."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

import django_filters
from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from wagtail.admin.filters import WagtailFilterSet
from wagtail.admin.views.reports import ReportView
from wagtail.models import Collection
from wagtail.permissions import policy_registry

from cms_blocks.media.addresses import image_address
from cms_blocks.media.models import Document, Image
from cms_blocks.media.uses import used_ids

MB = 1024 * 1024
#: Pages show pictures up to 1,920 pixels wide, screens with fine pixels twice that.
LARGEST_SIDE = 4000
LARGE_IMAGE = 5 * MB
#: With 5 Mbit a second, as a phone has it at the edge of town, that takes a quarter of a minute.
LARGE_DOCUMENT = 10 * MB
WORKING = ("change", "delete")

PERIODS = [
    ("30", gettext_lazy("a month")),
    ("180", gettext_lazy("half a year")),
    ("365", gettext_lazy("a year")),
]


def may_tidy(user: Any, model: type[Image] | type[Document]) -> bool:
    """Whoever may change or delete files of this sort somewhere."""
    return policy_registry.get_by_type(model).user_has_any_permission(user, WORKING)


def _collections(request: Any) -> QuerySet[Collection]:
    return Collection.objects.order_by("path")


class FilesFilterSet(WagtailFilterSet):
    state = django_filters.ChoiceFilter(
        label=gettext_lazy("State"),
        choices=[("unused", gettext_lazy("Unused")), ("large", gettext_lazy("Too large"))],
        method="in_state",
    )
    rests = django_filters.ChoiceFilter(
        label=gettext_lazy("Unused for at least"), choices=PERIODS, method="resting_for"
    )
    collection = django_filters.ModelChoiceFilter(label=gettext_lazy("Collection"), queryset=_collections)

    #: Set by the view, which knows what is in use and what is large.
    view: FilesReportView

    def in_state(self, files: Any, name: str, value: str) -> Any:
        return files.exclude(pk__in=self.view.used) if value == "unused" else files.filter(self.view.large)

    def resting_for(self, files: Any, name: str, value: str) -> Any:
        since = timezone.now() - timedelta(days=int(value))
        return files.exclude(pk__in=self.view.used).filter(unused_since__lte=since)


class FilesReportView(ReportView):
    """Files that lie about or weigh too much, the heaviest first; of those that the user may change."""

    header_icon = "folder-open-inverse"
    template_name = "cms_blocks/media/files_report.html"
    results_template_name = "cms_blocks/media/files_report_results.html"
    is_searchable = False
    any_permission_required = list(WORKING)
    large: Q
    list_export = ["title", "filename", "collection.name", "file_size", "findings", "since", "created_at"]

    @property
    def permission_policy(self) -> Any:  # type: ignore[override]
        return policy_registry.get_by_type(self.model)

    @cached_property
    def used(self) -> set[int]:
        return used_ids(self.model)

    @cached_property
    def export_headings(self) -> dict[str, str]:  # type: ignore[override]
        return {
            "title": _("Title"),
            "filename": _("File"),
            "collection.name": _("Collection"),
            "file_size": _("Size in bytes"),
            "width": _("Width in pixels"),
            "height": _("Height in pixels"),
            "findings": _("State"),
            "since": _("Unused since"),
            "created_at": _("Uploaded on"),
        }

    def get_base_queryset(self) -> Any:
        files = self.permission_policy.instances_user_has_any_permission_for(self.request.user, WORKING)
        return files.select_related("collection").filter(self.large | ~Q(pk__in=self.used))

    def order_queryset(self, queryset: Any) -> Any:
        return queryset.order_by("-file_size", "pk")

    @cached_property
    def filters(self) -> Any:  # type: ignore[override]
        found = super().filters
        if found is not None:
            found.view = self
        return found

    def decorate_paginated_queryset(self, object_list: Any) -> list[Any]:
        return [self.judged(item) for item in object_list]

    def judged(self, item: Any) -> Any:
        """The file with what is to be said of it: ``unused``, ``since``, ``heavy`` (why it is), ``findings``."""
        item.unused = item.pk not in self.used
        item.since = localtime(item.unused_since).date() if item.unused and item.unused_since else None
        item.heavy = self.too_large(item)
        if isinstance(item, Image):
            item.preview = image_address(item, "original" if item.is_svg() else "max-165x165")
        item.findings = ", ".join([*([_("unused")] if item.unused else []), *item.heavy])
        return item

    def too_large(self, item: Any) -> list[str]:
        """Why a file is too large, in words; empty if it is not."""
        raise NotImplementedError

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        views = (ImagesReportView, DocumentsReportView)
        sorts = [
            (view.model._meta.verbose_name_plural.capitalize(), reverse(view.index_url_name), view is type(self))
            for view in views
            if may_tidy(self.request.user, view.model)
        ]
        return context | {"sorts": sorts, "explained": self.explained, "edit_url_name": self.edit_url_name}

    def render_to_response(self, context: Any, **options: Any) -> Any:
        unused = [] if self.is_export else [item.pk for item in context["object_list"] if item.unused]
        if unused:
            address = reverse("wagtail_bulk_action", args=["cms_blocks", self.model._meta.model_name, "delete"])
            query = [("next", self.request.get_full_path()), *(("id", pk) for pk in unused)]
            context |= {"delete_url": f"{address}?{urlencode(query)}", "unused": len(unused)}
        return super().render_to_response(context, **options)

    def to_row_dict(self, item: Any) -> dict[str, Any]:
        return {**super().to_row_dict(item), "created_at": localtime(item.created_at).date()}


class ImagesFilterSet(FilesFilterSet):
    class Meta:
        model = Image
        fields: list[str] = []


class DocumentsFilterSet(FilesFilterSet):
    class Meta:
        model = Document
        fields: list[str] = []


class ImagesReportView(FilesReportView):
    model = Image
    page_title = gettext_lazy("Files to tidy up: images")
    index_url_name = "files:images"
    index_results_url_name = "files:images_results"
    edit_url_name = "wagtailimages:edit"
    filterset_class = ImagesFilterSet
    export_filename = "bilder-aufraeumen"
    # A drawing has no pixels.
    large = Q(file_size__gt=LARGE_IMAGE) | (
        (Q(width__gt=LARGEST_SIDE) | Q(height__gt=LARGEST_SIDE)) & ~Q(file__endswith=".svg")
    )
    explained = gettext_lazy(
        "Too large means: more than 5 MB, or a side of more than 4,000 pixels. No page shows more of it, and every "
        "size has to be made from it. Upload a smaller version in its place."
    )
    list_export = [*FilesReportView.list_export[:4], "width", "height", *FilesReportView.list_export[4:]]

    def too_large(self, item: Image) -> list[str]:
        found = []
        if (item.file_size or 0) > LARGE_IMAGE:
            found.append(_("more than 5 MB"))
        if not item.is_svg() and max(item.width, item.height) > LARGEST_SIDE:
            found.append(_("more than 4,000 pixels"))
        return found


class DocumentsReportView(FilesReportView):
    model = Document
    page_title = gettext_lazy("Files to tidy up: documents")
    index_url_name = "files:documents"
    index_results_url_name = "files:documents_results"
    edit_url_name = "wagtaildocs:edit"
    filterset_class = DocumentsFilterSet
    export_filename = "dokumente-aufraeumen"
    large = Q(file_size__gt=LARGE_DOCUMENT)
    explained = gettext_lazy(
        "Too large means: more than 10 MB. On the move readers wait a quarter of a minute for that, and pay for it. "
        "Save the document with smaller pictures and replace the file."
    )

    def too_large(self, item: Document) -> list[str]:
        return [_("more than 10 MB")] if (item.file_size or 0) > LARGE_DOCUMENT else []
