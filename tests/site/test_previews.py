"""Every page type can be looked at in every preview before it is published."""

from __future__ import annotations

from django.contrib.auth import get_user_model
from django.test import Client
from django.urls import reverse
from wagtail.models import get_page_models

from cms_blocks.pages import BasePage
from tests.site.house import House


def test_every_page_type_has_all_its_previews(house: House, client: Client) -> None:
    client.force_login(get_user_model().objects.create_superuser("operator", "operator@office.example", "x"))
    types = [model for model in get_page_models() if issubclass(model, BasePage)]
    for model in types:
        page = model.objects.filter(locale__language_code="de").first()
        assert page is not None, f"the house has no {model.__name__}"
        for mode, label in page.preview_modes:
            answer = client.get(reverse("wagtailadmin_pages:view_draft", args=[page.pk]), {"mode": mode})
            assert answer.status_code == 200, f"{model.__name__}: {label}"
            assert page.title in answer.content.decode(), f"{model.__name__}: {label}"
