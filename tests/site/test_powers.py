"""Administrators set up accounts, and yet nobody becomes somebody who approves by their own hand; the log has it all."""

from __future__ import annotations

import io
from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Group, Permission
from django.core.management import call_command
from django.test import Client
from wagtail.models import GroupPagePermission, ModelLogEntry, Page

from accounts import powers
from governance.groups import set_up_groups
from governance.halves import group_name, half_of
from governance.policies import ADMINISTRATORS, CARRIER_EDITORS, EASY_LANGUAGE_REVIEWERS
from tests.site.test_safety_accounts import PASSWORD, account

pytestmark = pytest.mark.django_db
User = get_user_model()
NEW = "ein ganz neues Kennwort"
EMPTY = {"TOTAL_FORMS": 0, "INITIAL_FORMS": 0, "MIN_NUM_FORMS": 0, "MAX_NUM_FORMS": 1000}
SUPERUSER = "alle Rechte (Superuser)"


@pytest.fixture
def administrator() -> Client:
    return desk_of(account("verwaltung", ADMINISTRATORS))


@pytest.fixture
def superuser() -> Any:
    return User.objects.create_superuser("technik", "technik@beteiligung.example", PASSWORD)


@pytest.fixture
def editors() -> Group:
    return Group.objects.create(name=group_name(CARRIER_EDITORS))


def desk_of(user: Any) -> Client:
    client = Client()
    client.force_login(user)
    return client


def fields(name: str, **more: Any) -> dict[str, Any]:
    """What the form of an account sends."""
    person = {"first_name": "Erika", "last_name": "Muster", "email": f"{name}@beteiligung.example", "is_active": "on"}
    return {"username": name, **person, **more}


def passwords(new: str = NEW) -> dict[str, str]:
    return {"password1": new, "password2": new}


def rights_told(subject: Any) -> list[dict[str, list[str]]]:
    kind = subject._meta.model_name
    entries = ModelLogEntry.objects.filter(action="accounts.rights", object_id=subject.pk, content_type__model=kind)
    return [entry.data for entry in entries.order_by("pk")]


def assert_refused(answer: Any, sentence: Any) -> None:
    assert answer.status_code == 403
    assert str(sentence) in answer.content.decode()


# Superusers


def test_only_a_superuser_makes_superusers(administrator: Client, superuser: Any) -> None:
    form = administrator.get("/admin/users/new/").content.decode()
    assert "Nur ein Superuser kann jemanden zum Superuser machen." in form
    made = administrator.post("/admin/users/new/", fields("neu", is_superuser="on", **passwords()))
    assert made.status_code == 302
    neu = User.objects.get(username="neu")
    administrator.post(f"/admin/users/edit/{neu.pk}/", fields("neu", is_superuser="on", email="anders@office.example"))
    neu.refresh_from_db()
    assert neu.email == "anders@office.example" and not neu.is_superuser
    desk_of(superuser).post(f"/admin/users/edit/{neu.pk}/", fields("neu", is_superuser="on"))
    neu.refresh_from_db()
    assert neu.is_superuser
    assert rights_told(neu) == [{"given": [SUPERUSER], "taken": []}]


def test_an_administrator_does_not_touch_a_superusers_account(
    administrator: Client, superuser: Any, editors: Group
) -> None:
    before = User.objects.filter(pk=superuser.pk).values().get()
    edit = f"/admin/users/edit/{superuser.pk}/"
    assert_refused(administrator.get(edit), powers.SUPERUSERS)
    assert_refused(administrator.post(edit, fields("technik", **passwords())), powers.SUPERUSERS)
    assert_refused(administrator.post(f"/admin/users/delete/{superuser.pk}/"), powers.SUPERUSERS)
    for action, sent in {
        "assign_role": {"role": editors.pk}, "set_active_state": {"mark_as_active": "False"}, "delete": {},
    }.items():  # fmt: skip
        bulk = f"/admin/bulk/auth/user/{action}/?id={superuser.pk}"
        assert str(powers.SUPERUSERS) in administrator.get(bulk).content.decode()
        assert_refused(administrator.post(bulk, sent), powers.SUPERUSERS)
    assert User.objects.filter(pk=superuser.pk).values().get() == before
    assert not superuser.groups.exists()
    assert edit not in administrator.get("/admin/users/").content.decode(), "no link that leads to a refusal"
    assert administrator.get(f"/admin/users/copy/{superuser.pk}/").status_code == 404


def test_of_many_accounts_those_of_superusers_are_left_out(administrator: Client, superuser: Any) -> None:
    editor = account("redaktion")
    ids = f"id={superuser.pk}&id={editor.pk}"
    administrator.post(f"/admin/bulk/auth/user/set_active_state/?{ids}", {"mark_as_active": "False"})
    assert list(User.objects.filter(is_active=False)) == [editor]
    administrator.post(f"/admin/bulk/auth/user/delete/?{ids}")
    assert User.objects.filter(pk=superuser.pk).exists() and not User.objects.filter(pk=editor.pk).exists()


def test_superusers_look_after_each_other(superuser: Any) -> None:
    other = User.objects.create_superuser("technik2", "technik2@beteiligung.example", PASSWORD)
    desk_of(superuser).post(f"/admin/users/edit/{other.pk}/", fields("technik2", is_superuser="on", **passwords()))
    other.refresh_from_db()
    assert other.check_password(NEW) and other.is_superuser


# One's own rights


def test_an_administrator_puts_others_into_a_half_and_the_log_says_so(administrator: Client, editors: Group) -> None:
    colleague = User.objects.create_user("redaktion", "redaktion@beteiligung.example", PASSWORD)
    administrator.post(f"/admin/users/edit/{colleague.pk}/", fields("redaktion", groups=[editors.pk]))
    assert half_of(User.objects.get(pk=colleague.pk)) == "carrier"
    assert rights_told(colleague) == [{"given": [editors.name], "taken": []}]
    entry = ModelLogEntry.objects.get(action="accounts.rights", object_id=colleague.pk, content_type__model="user")
    assert entry.user.username == "verwaltung"


def test_an_administrator_does_not_put_themselves_into_a_group(administrator: Client, editors: Group) -> None:
    me = User.objects.get(username="verwaltung")
    mine = set(me.groups.all())
    reviewers = Group.objects.create(name=group_name(EASY_LANGUAGE_REVIEWERS))
    edit = f"/admin/users/edit/{me.pk}/"
    assert str(powers.OWN_GROUPS) in administrator.get(edit).content.decode()
    saved = administrator.post(edit, fields("verwaltung", groups=[editors.pk, reviewers.pk]))
    assert saved.status_code == 302, "the own name may be changed"
    bulk = f"/admin/bulk/auth/user/assign_role/?id={me.pk}"
    assert_refused(administrator.post(bulk, {"role": editors.pk}), powers.OWN_GROUPS)
    assert set(me.groups.all()) == mine


def test_an_administrator_does_not_change_a_group_of_their_own(administrator: Client, superuser: Any) -> None:
    [group] = User.objects.get(username="verwaltung").groups.all()
    before = set(group.permissions.all())
    approve = Permission.objects.get(codename="review_easy_language")
    edit = f"/admin/groups/edit/{group.pk}/"
    formsets = {f"{part}_permissions-{name}": n for part in ("page", "collection", "document", "image")
                for name, n in EMPTY.items()}  # fmt: skip
    sent = {"name": "Administration", "permissions": [approve.pk], **formsets}
    assert_refused(administrator.post(edit, sent), powers.OWN_GROUP)
    assert_refused(administrator.post(f"/admin/groups/delete/{group.pk}/"), powers.OWN_GROUP)
    assert set(group.permissions.all()) == before
    assert desk_of(superuser).post(edit, sent).status_code == 302
    assert approve in group.permissions.all()


# The log


def test_a_superuser_made_by_whichever_door_is_in_the_log(superuser: Any) -> None:
    desk_of(superuser).post("/admin/users/new/", fields("neu", is_superuser="on", **passwords()))
    call_command(
        "createsuperuser", username="server", email="s@office.example", interactive=False, stdout=io.StringIO()
    )
    for name in ("technik", "neu", "server"):
        assert rights_told(User.objects.get(username=name)) == [{"given": [SUPERUSER], "taken": []}]
    assert rights_told(account("redaktion"))[0]["given"] != [SUPERUSER]


def test_accounts_closed_or_deleted_in_bulk_are_in_the_log_each(administrator: Client) -> None:
    closed = [User.objects.create_user(name) for name in ("eins", "zwei")]
    ids = "&".join(f"id={user.pk}" for user in closed)
    for _ in range(2):  # the second time nothing changes
        administrator.post(f"/admin/bulk/auth/user/set_active_state/?{ids}", {"mark_as_active": "False"})
    for user in closed:
        assert rights_told(user) == [{"given": [], "taken": ["aktives Konto"]}]
    administrator.post(f"/admin/bulk/auth/user/delete/?{ids}")
    entries = ModelLogEntry.objects.filter(action="wagtail.delete", deleted=True)
    assert {(entry.label, entry.user.username) for entry in entries} == {
        ("eins", "verwaltung"), ("zwei", "verwaltung"),
    }  # fmt: skip


def test_what_setup_office_does_to_rights_is_one_entry_for_each_group() -> None:
    set_up_groups()
    group = Group.objects.get(name=group_name(CARRIER_EDITORS))
    [first] = rights_told(group)
    assert len(first["given"]) > 10 and first["taken"] == []
    ModelLogEntry.objects.all().delete()
    set_up_groups()
    assert not ModelLogEntry.objects.exists()
    group.permissions.add(Permission.objects.get(codename="delete_user"))
    group.page_permissions.all().delete()
    ModelLogEntry.objects.all().delete()
    set_up_groups()
    [mended] = rights_told(group)
    assert len(mended["taken"]) == 1 and len(mended["given"]) == 5
    assert ModelLogEntry.objects.count() == 1


def test_rights_of_a_group_that_code_changes_are_in_the_log() -> None:
    group = Group.objects.create(name="Praktikum")
    root, right = Page.objects.get(depth=1), Permission.objects.get(codename="publish_page")
    enter = Permission.objects.get(codename="access_admin")
    row = GroupPagePermission.objects.create(group=group, page=root, permission=right)
    row.delete()
    group.permissions.add(enter)
    enter.group_set.remove(group)
    place = f"{right.name} ({root.title})"
    assert rights_told(group) == [
        {"given": [place], "taken": []}, {"given": [], "taken": [place]},
        {"given": [enter.name], "taken": []}, {"given": [], "taken": [enter.name]},
    ]  # fmt: skip


def test_members_of_a_group_that_is_deleted_lose_it_in_the_log(administrator: Client) -> None:
    editor = account("redaktion")
    [group] = editor.groups.all()
    administrator.post(f"/admin/groups/delete/{group.pk}/")
    assert rights_told(editor)[-1] == {"given": [], "taken": [group.name]}
    assert rights_told(group)[-1]["taken"] == [], "the group's own rights go with it"
