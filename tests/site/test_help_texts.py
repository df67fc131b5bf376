"""Nobody is left alone with a field: each has a label and says in German what belongs there."""

from __future__ import annotations

from inspect import signature
from typing import Any

import pytest
from django.contrib.auth import get_user_model
from wagtail.admin.forms.collections import CollectionForm
from wagtail.documents import get_document_model
from wagtail.documents.forms import get_document_form
from wagtail.fields import StreamField
from wagtail.images import get_image_model
from wagtail.images.forms import get_image_form
from wagtail.models import get_page_models
from wagtail.snippets.models import get_snippet_models
from wagtail.users.forms import GroupForm, UserCreationForm, UserEditForm

from accounts.forms import CodeForm, FirstCodeForm, LoginForm, PasswordForm, PasswordResetForm
from cms_blocks.models import WebhookEndpoint
from cms_blocks.pages import BasePage
from governance.desk import ReviewForm, UrgentForm
from tests.site.help_texts import Told, told_by_block, told_by_form, told_by_model
from toolkit.models import MethodPage
from website.models import StandardPage

MODELS = [
    WebhookEndpoint,
    *(model for model in get_page_models() if issubclass(model, BasePage)),
    *(
        model
        for model in get_snippet_models()
        if model.__module__.split(".")[0] in {"cms_blocks", "governance", "toolkit"}
    ),
]
STREAMS = {
    type(field.stream_block): field.stream_block
    for model in MODELS
    for field in model._meta.get_fields()
    if isinstance(field, StreamField)
}
FORMS = {"image": (get_image_form, get_image_model), "document": (get_document_form, get_document_model)}


@pytest.fixture
def operator(db: None) -> Any:
    return get_user_model().objects.create_superuser("operator", "operator@office.example", "x")


def faults(told: list[Told]) -> list[str]:
    assert told
    return [one.fault for one in told if one.fault]


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model.__name__)
def test_every_field_of_every_form_says_what_belongs_there(model: Any, operator: Any) -> None:
    assert faults(told_by_model(model, operator)) == []


@pytest.mark.parametrize("stream", STREAMS, ids=lambda stream: stream.__name__)
def test_so_does_everything_in_a_block(stream: Any) -> None:
    assert faults(told_by_block(stream.__name__, STREAMS[stream])) == []


@pytest.mark.parametrize("name", FORMS)
def test_so_does_every_field_of_an_image_and_of_a_document(name: str, operator: Any) -> None:
    form_of, model_of = FORMS[name]
    form = form_of(model_of())
    assert faults(told_by_form(name, lambda: form(user=operator))) == []


OURS = {
    "review": ReviewForm,
    "urgent": UrgentForm,
    "code": CodeForm,
    "password": PasswordForm,
    "first code": FirstCodeForm,
}
WAGTAILS = {
    "sign in": LoginForm,
    "reset": PasswordResetForm,
    "new user": UserCreationForm,
    "user": UserEditForm,
    "group": GroupForm,
    "collection": CollectionForm,
}


@pytest.mark.parametrize("name", OURS)
def test_so_does_every_field_of_our_steps_and_of_the_second_factor(name: str, operator: Any) -> None:
    assert faults(told_by_form(name, lambda: made(OURS[name], operator))) == []


@pytest.mark.parametrize("name", WAGTAILS)
def test_wagtails_forms_for_accounts_speak_german(name: str, operator: Any) -> None:
    told = told_by_form(name, lambda: made(WAGTAILS[name], operator))
    assert [one.not_german for one in told if one.not_german] == []


def made(form: Any, user: Any) -> Any:
    given = {"user": user, "request": None}
    return form(**{name: value for name, value in given.items() if name in signature(form).parameters})


def test_wagtails_own_fields_are_among_them(operator: Any) -> None:
    fields = {one.place.rpartition(".")[2] for one in told_by_model(StandardPage, operator)}
    assert {"title", "slug", "seo_title", "search_description", "show_in_menus", "go_live_at", "expire_at"} <= fields


def tabs(model: Any) -> list[str]:
    return [str(tab.heading) for tab in model.get_edit_handler().children]


def test_the_tabs_follow_the_questions_of_an_editor() -> None:
    asked = ["Was", "Wo und wann", "Wer", "Mitmachen", "Einstellungen"]
    assert tabs(MethodPage) == asked
    assert tabs(StandardPage) == [tab for tab in asked if tab != "Mitmachen"], "no tab without anything in it"
