"""What editors fill in for a picture or a document. The file is judged here, so that the reason stands at its field."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from wagtail.admin.staticfiles import versioned_static
from wagtail.documents.fields import WagtailDocumentField
from wagtail.documents.forms import BaseDocumentForm
from wagtail.documents.widgets import AdminDocumentChooser
from wagtail.images.fields import WagtailImageField
from wagtail.images.forms import BaseImageForm

from cms_blocks.media.models import Accessible
from cms_blocks.media.uploads import check_document, clean_image_upload


class CleanedImageFormField(WagtailImageField):
    """Accepts by content and hands on the rewritten picture (see :mod:`cms_blocks.media.uploads`)."""

    def to_python(self, data: Any) -> Any:
        upload = forms.FileField.to_python(self, data)
        if upload is not None:
            clean_image_upload(upload)
        return upload


class CheckedDocumentFormField(WagtailDocumentField):
    """Accepts a document whose content is what its name says."""

    def to_python(self, data: Any) -> Any:
        upload = forms.FileField.to_python(self, data)
        if upload is not None:
            check_document(upload.name or "", upload)
        return upload


def _replaced(field: forms.FileField, kind: type[forms.FileField]) -> forms.FileField:
    """A field of another kind in the place of the one that Wagtail builds without asking."""
    kept = {name: getattr(field, name) for name in ("required", "label", "widget", "initial", "max_length")}
    return kind(**kept)


#: Of Wagtail's own fields, which say nothing.
HELP = {
    "title": _("A name under which colleagues find the file again."),
    "tags": _("Words that colleagues would look for, separated by commas."),
    "file": _("Choose a file from your computer."),
}


def _explain(form: forms.BaseForm) -> None:
    for name in HELP.keys() & form.fields.keys():
        form.fields[name].help_text = form.fields[name].help_text or HELP[name]


class SourceFormField(forms.URLField):
    """An address without a scheme is taken for ``https``."""

    def __init__(self, **options: Any) -> None:
        super().__init__(assume_scheme="https", **options)


class ImageForm(BaseImageForm):
    """Setting ``WAGTAILIMAGES_IMAGE_FORM_BASE``."""

    class Meta(BaseImageForm.Meta):
        widgets = {
            **BaseImageForm.Meta.widgets,
            "alt_text": forms.Textarea(attrs={"rows": 2}),
        }
        field_classes = {"source_url": SourceFormField}

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        if "file" in self.fields:
            self.fields["file"] = _replaced(self.fields["file"], CleanedImageFormField)
        _explain(self)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        asked = {"alt_text", "is_decorative"} & self.fields.keys()
        alt_text = cleaned.get("alt_text", self.instance.alt_text)
        if asked and not alt_text and not cleaned.get("is_decorative", self.instance.is_decorative):
            self.add_error(
                "alt_text" if "alt_text" in self.fields else "is_decorative",
                forms.ValidationError(
                    _("Describe what the picture shows, or mark it as decorative."), code="alt_text_required"
                ),
            )
        return cleaned

    def save(self, commit: bool = True) -> Any:
        self.original_file = None  # the model removes the old file itself, once the new row is committed
        return super().save(commit=commit)


class DocumentForm(BaseDocumentForm):
    """Setting ``WAGTAILDOCS_DOCUMENT_FORM_BASE``."""

    class Meta(BaseDocumentForm.Meta):
        widgets = {**BaseDocumentForm.Meta.widgets, "superseded_by": AdminDocumentChooser}

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        if "file" in self.fields:
            self.fields["file"] = _replaced(self.fields["file"], CheckedDocumentFormField)
        if "summary" in self.fields:
            self.fields["summary"].required = True
        if "file" in self.fields and self.instance.pk:
            self.fields["file"].help_text = _(
                "A new file takes the place of this one: the address stays the same, readers get the new file at once, "
                "and the earlier one is deleted."
            )
            self._ask_of_new_file()
        if self.prefix:  # the chooser's own form and the multiple upload: a chooser inside would not work there
            self.fields.pop("superseded_by", None)
        _explain(self)

    def _ask_of_new_file(self) -> None:
        asked = forms.ChoiceField(
            label=_("Is the new file accessible?"),
            choices=Accessible.choices,
            widget=forms.RadioSelect(attrs={"data-new-file-question": ""}),
            required=False,
            help_text=_("Only if you have chosen a new file: what was known of the earlier one says nothing about it."),
        )
        names = list(self.fields)
        self.fields["accessible_anew"] = asked
        names.insert(names.index("file") + 1, "accessible_anew")
        self.order_fields(names)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        if "accessible_anew" in self.fields and "file" in self.changed_data and not self.errors:
            if answer := cleaned.get("accessible_anew"):
                self.instance.accessible_anew = answer
            else:
                self.add_error(
                    "accessible_anew",
                    forms.ValidationError(
                        _("Say whether people who use a screen reader can read the new file."), code="required"
                    ),
                )
        return cleaned

    @property
    def media(self) -> forms.Media:
        return super().media + forms.Media(js=[versioned_static("cms_blocks/admin/new_file.js")])

    def save(self, commit: bool = True) -> Any:
        self.original_file = None
        return super().save(commit=commit)
