"""System checks. Their ids are stable."""

from __future__ import annotations

from typing import Any

from django.apps import apps
from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, register
from wagtail.models import get_page_models

from cms_blocks.media import checks as media_checks  # noqa: F401 (registers itself)


@register(Tags.models)
def every_page_type_says_how_it_is_published(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """``cms_blocks.E001``: a page type without a declaration would answer 404 to everybody."""
    from wagtail.models import Page

    from cms_blocks.publication.declaration import declaration_for

    return [
        Error(
            f"The page type {model._meta.label} does not say how it is published.",
            hint="Declare it in a module publications.py of its app, for example "
            f'register_page("{model._meta.label}", kind="{model._meta.model_name}").',
            obj=model,
            id="cms_blocks.E001",
        )
        for model in get_page_models()
        if model is not Page and not model._meta.abstract and declaration_for(model) is None
    ]


@register(Tags.models)
def files_are_ours(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """``cms_blocks.E002``: other image and document models would serve files past the permission check."""
    errors: list[CheckMessage] = []
    for name, wanted in (("WAGTAILIMAGES_IMAGE_MODEL", "Image"), ("WAGTAILDOCS_DOCUMENT_MODEL", "Document")):
        label = getattr(settings, name, "")
        model = apps.get_model(label) if label else None
        if model is None or not issubclass(model, apps.get_model("cms_blocks", wanted)):
            errors.append(
                Error(
                    f"{name} is {label!r}.",
                    hint=f'Set {name} = "cms_blocks.{wanted}" (or a subclass) before the first migration.',
                    id="cms_blocks.E002",
                )
            )
    return errors
