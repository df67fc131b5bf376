"""The office of tests/governance/office.py with one thing of every sort in everybody's area, and everybody signed in.

A thing is a mapping from argument names of URL patterns to values, so it says by itself which addresses lead to it.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.contrib.auth.models import Group, Permission
from django.contrib.contenttypes.models import ContentType
from django.core.files.base import ContentFile
from django.test import Client
from django.utils import timezone
from wagtail.admin.models import EditingSession
from wagtail.blocks import Block, CharBlock
from wagtail.models import APIToken, Collection, Locale, Page, Site, Task, UploadedFile, Workflow

from cms_blocks.drafts.kept import KeepText
from cms_blocks.models import Contact, Delivery, Notice, Office, Topic, WebhookCall, WebhookEndpoint
from cms_blocks.publication.unit import unit
from governance.models import UnilateralAct
from procedures.models import (
    Edition,
    EditionDraft,
    ImportRun,
    Principle,
    ProcedureIndexPage,
    UpdateLetter,
    UpdateRequest,
    UpdateRound,
)
from tests.cms_blocks.blocks.conftest import drawing, make_document, make_image
from tests.governance.office import draft, fresh, open_office, person, submit
from tests.procedures.factories import procedure, procedure_list, published_edition
from tests.procedures.sheets import table
from tests.toolkit.factories import home
from website.models import StandardPage

#: Everybody who may try → the account. ``guest`` may enter the desk and is in no group; ``outsider`` may not enter.
PEOPLE = {
    "administration": "anna",
    "carrier": "carla",
    "board": "board",
    "translator": "translator",
    "easy": "easy",
    "administrator": "admin",
    "guest": "guest",
    "outsider": "nobody",
    "anonymous": "",
    "operator": "operator",
}
#: Areas of the page tree → who wrote the newest version there.
AREAS = {
    "administration": "anna",
    "carrier": "carla",
    "joint": "anna",
    "board": "board",
    "translated": "translator",
    "easy_language": "easy",
}
UPLOADERS = {"administration": "anna", "carrier": "carla", "board": "board"}

Thing = dict[str, Any]


@dataclass
class Scene:
    """``things``: sort → whose → thing; ``sessions`` and ``tokens``: person → key."""

    things: dict[str, dict[str, Thing]] = field(default_factory=dict)
    sessions: dict[str, str] = field(default_factory=dict)
    tokens: dict[str, str] = field(default_factory=dict)

    def put(self, sort: str, whose: str, **thing: Any) -> None:
        self.things.setdefault(sort, {})[whose] = thing


def build() -> Scene:
    """Fill the database; everything else that the matrix does is rolled back."""
    open_office()
    home("de-simple")
    from io import StringIO

    from django.core.management import call_command

    call_command("setup_office", stdout=StringIO())
    _guest()
    scene = Scene()
    with unit():
        _pages(scene)
        _translations(scene)
        _files(scene)
        _office(scene)
        _rounds(scene)
        _editions(scene)
        _accounts(scene)
    _sign_in(scene)
    return scene


def _guest() -> None:
    from django.contrib.auth import get_user_model

    guest = get_user_model().objects.create_user("guest", "guest@office.example", "x")
    guest.user_permissions.add(Permission.objects.get(codename="access_admin"))


def _parent(area: str) -> Page:
    slugs = {"board": "beirat"}
    languages = {"translated": "en", "easy_language": "de-simple"}
    if area in slugs:
        return StandardPage.objects.get(slug=slugs[area])
    return home(languages.get(area, "de"))


def _pages(scene: Scene) -> None:
    for area, writer in AREAS.items():
        parent, half = _parent(area), area if area in {"administration", "carrier"} else "joint"

        def page(state: str, **more: Any) -> Any:
            made = draft(half, by=writer, live=True, parent=parent, slug=f"{area}-{state}".replace("_", "-"), **more)  # noqa: B023
            made.title = f"Marke-{area}-{state}"  # noqa: B023
            made.save_revision(user=person(writer))  # noqa: B023
            return fresh(made)

        target = fresh(parent.add_child(instance=StandardPage(title=f"Ziel {area}", slug=f"ziel-{area}")))
        scene.put("page", area, **_about(page("draft"), destination_id=target.pk))
        waiting = page("waiting")
        review = submit(waiting, by=writer)
        scene.put(
            "waiting", area, **_about(waiting),
            task_state_id=review.pk, task_id=review.task_id, workflow_state_id=review.workflow_state_id,
        )  # fmt: skip
        locked = page("locked")
        Page.objects.filter(pk=locked.pk).update(locked=True, locked_by=person("operator"), locked_at=timezone.now())
        scene.put("locked", area, **_about(locked))
        planned = page("planned")
        planned.go_live_at = timezone.now() + timedelta(days=9)
        planned.save_revision(user=person(writer)).publish()
        planned = fresh(planned)
        scene.put("planned", area, **_about(planned) | {"revision_id": planned.scheduled_revision.pk})
        alias = fresh(page("original")).create_alias(parent=parent, update_slug=f"{area}-alias".replace("_", "-"))
        scene.put("alias", area, page_id=alias.pk)
        hidden = StandardPage(title=f"Geheim-{area}", slug=f"geheim-{area}".replace("_", "-"), half=half, live=False)
        parent.add_child(instance=hidden)
        hidden.save_revision(user=person(writer))
        scene.put("hidden", area, **_about(fresh(hidden)))
        kept = KeepText(fresh(waiting), fresh(waiting).get_latest_revision_as_object(), user=person(writer)).execute()
        scene.put("kept", area, page_id=waiting.pk, revision_id=kept.pk)
        scene.put("session", area, **_session(waiting, person(writer)))


def _about(page: Any, **more: Any) -> Thing:
    revisions = page.revisions.order_by("created_at", "pk")
    return {
        **dict.fromkeys(("page_id", "parent_page_id", "page_to_move_id", "pk", "object_id", "page_pk"), page.pk),
        "parent_id": page.get_parent().pk,
        "revision_id": revisions.last().pk,
        "revision_id_a": revisions.first().pk,
        "revision_id_b": revisions.last().pk,
        "app_label": "website",
        "model_name": "standardpage",
        "content_type_app_name": "website",
        "content_type_model_name": "standardpage",
        **more,
    }


def _session(page: Any, user: Any) -> Thing:
    session = EditingSession.objects.create(
        user=user, content_type=ContentType.objects.get_for_model(page), object_id=str(page.pk),
        last_seen_at=timezone.now(),
    )  # fmt: skip
    return {"session_id": session.pk, "app_label": "website", "model_name": "standardpage", "object_id": page.pk}


def _translations(scene: Scene) -> None:
    """Pages of each German area, sent into translation by an editor."""
    from wagtail_localize.models import (
        OverridableSegment,
        StringSegment,
        Translation,
        TranslationContext,
        TranslationSource,
    )

    english = Locale.objects.get(language_code="en")
    for area in ("administration", "carrier", "joint", "board"):
        page = fresh(Page.objects.get(pk=scene.things["page"][area]["page_id"]))
        source, _ = TranslationSource.get_or_create_from_instance(page)
        translation = Translation.objects.create(source=source, target_locale=english)
        translation.save_target(user=person("anna"), publish=False)
        context = TranslationContext.objects.create(object=source.object, path="illustration")
        override = OverridableSegment.objects.create(source=source, context=context, order=99, data_json="1")
        scene.put(
            "translation", area,
            overridable_segment_id=override.pk,
            translation_id=translation.pk,
            uuid=translation.uuid,
            translation_source_id=source.pk,
            string_segment_id=StringSegment.objects.filter(source=source).first().pk,
            page_id=translation.get_target_instance().pk,
        )  # fmt: skip


def _files(scene: Scene) -> None:
    root = Collection.get_first_root_node()
    for whose, name in UPLOADERS.items():
        image = make_image(f"Bild-{whose}", root, alt_text="x", uploaded_by_user=person(name))
        document = make_document(f"Datei-{whose}", root, uploaded_by_user=person(name))
        for sort, made in (("image", image), ("document", document)):
            upload = UploadedFile.objects.create(
                for_content_type=ContentType.objects.get_for_model(made), uploaded_by_user=person(name),
                file=ContentFile(drawing() if sort == "image" else b"x", name=f"offen.{'jpg' if sort == 'image' else 'txt'}"),
            )  # fmt: skip
            numbers = dict.fromkeys(("pk", f"{sort}_id", "doc_id", "object_id"), made.pk)
            scene.put(sort, whose, **numbers, shelf=root.pk, uploaded_file_id=upload.pk, filter_spec="original")


def _office(scene: Scene) -> None:
    locale = Locale.get_default()
    topic = Topic.objects.create(name="Stadtgrün", slug="gruen", locale=locale)
    contact = Contact.objects.create(name="Anlaufstelle", locale=locale)
    office = Office.objects.create(
        name="Büro", short_name="Büro", city="Stadt", administration_name="V", carrier_name="T", board_name="B",
        locale=locale,
    )  # fmt: skip
    notice = Notice.objects.create(text="Heute zu.", locale=locale, ends=timezone.now() + timedelta(days=1))
    principle = Principle.objects.create(name="Offen für alle", question="War es leicht?", locale=locale)
    # The cards of procedures are for those who may change one.
    procedure(procedure_list(title="Liste der Vorhaben"), "Uferweg am Kanal")
    for made in (topic, contact, office, notice, principle):
        label, name = made._meta.app_label, made._meta.model_name
        scene.put(name, "all", pk=made.pk, app_label=label, model_name=name)
    collection = Collection.get_first_root_node().add_child(name="Sammlung")
    block = next(key for key, block in Block.definition_registry.items() if isinstance(block, CharBlock))
    scene.put("block", "all", block_id=block)
    scene.put("shelf", "all", collection=Collection.get_first_root_node().pk)
    scene.put("collection", "all", pk=collection.pk, collection_id=collection.pk)
    site = Site.objects.create(hostname="zweite.example", root_page=home("en"))
    scene.put("site", "all", pk=site.pk, site_id=site.pk, root_page_id=site.root_page_id)
    scene.put("locale", "all", pk=Locale.objects.get(language_code="pl").pk)
    workflow, task = Workflow.objects.order_by("pk").last(), Task.objects.order_by("pk").last()
    scene.put("workflow", "all", pk=workflow.pk, workflow_pk=workflow.pk, page_pk=Page.objects.get(depth=1).pk)
    scene.put("task", "all", pk=task.pk, task_id=task.pk, app_label="governance", model_name="otherhalftask")
    off_workflow = Workflow.objects.create(name="Aus", active=False)
    scene.put("workflow_off", "all", pk=off_workflow.pk)
    from governance.review import OtherHalfTask

    scene.put("task_off", "all", pk=OtherHalfTask.objects.create(name="Aus", active=False).pk)
    delivery = Delivery.objects.create(consumer="mail", topic="mail.send", key="x", failed_at=timezone.now())
    scene.put("delivery", "all", pk=delivery.pk)
    webhook = WebhookEndpoint.objects.create(name="Stadtportal", url="https://example.org/", active=False)
    scene.put("webhook", "all", pk=webhook.pk)
    scene.put("webhook_call", "all", pk=WebhookCall.objects.create(endpoint=webhook, topic="webhook.test").pk)
    index = ProcedureIndexPage.objects.get()
    run = ImportRun.objects.create(
        index=index, file_name="liste.csv", file=table([{"Nummer": "x", "Titel": "Weg"}]),
        mapping={"Nummer": "reference", "Titel": "title"},
    )  # fmt: skip
    scene.put("import", "all", pk=run.pk)
    scene.put("procedure_list", "all", pk=index.pk, kind="csv")
    page_id = scene.things["page"]["joint"]["page_id"]
    for half in ("administration", "carrier"):
        act = UnilateralAct.objects.create(kind="urgent", page_id=page_id, title="Akt", half=half, user=person("anna"))
        scene.put("act", half, act_id=act.pk)


def _rounds(scene: Scene) -> None:
    """One under way, with an answer that is missing, one that waits for a draft and one that stands in one."""
    index = ProcedureIndexPage.objects.get()
    round = UpdateRound.objects.create(title="Runde", deadline=timezone.localdate() + timedelta(days=9))
    letter = UpdateLetter.objects.create(round=round, name="Amt", email="amt@stadt.example")
    changed = {"answer": "changed", "answered_at": timezone.now(), "changes": {"place": "Ort"}, "shown": {"place": ""}}
    pages = [procedure(index) for _ in range(3)]
    UpdateRequest.objects.create(letter=letter, page=pages[0])
    waiting = UpdateRequest.objects.create(letter=letter, page=pages[1], **changed)
    drafted = UpdateRequest.objects.create(letter=letter, page=pages[2], revision=pages[2].save_revision(), **changed)
    scene.put("round_waiting", "all", pk=waiting.pk)
    scene.put("round_request", "all", pk=drafted.pk)
    scene.put("round", "all", pk=round.pk)
    scene.put("round_letter", "all", pk=letter.pk)


def _editions(scene: Scene) -> None:
    """One in preparation with a draft, one that is planned and one that is public."""
    index = ProcedureIndexPage.objects.get()
    page = procedure(index)
    page.save_revision()
    facts = {"cut_off": timezone.localdate(), "index": index, "locale": index.locale, "list_key": index.translation_key}
    begun = Edition.objects.create(title="Ausgabe", **facts)
    draft = EditionDraft.objects.create(edition=begun, page=page, revision=page.latest_revision)
    later = timezone.now() + timedelta(days=1)
    planned = Edition.objects.create(title="Geplante Ausgabe", embargo=later, scheduled_at=timezone.now(), **facts)
    scene.put("edition", "all", pk=begun.pk)
    scene.put("edition_draft", "all", pk=draft.pk)
    scene.put("edition_planned", "all", pk=planned.pk)
    scene.put("edition_public", "all", pk=published_edition(index).pk)


def _accounts(scene: Scene) -> None:
    from django.contrib.auth import get_user_model

    get_user_model().objects.create_user("kollegin", "kollegin@office.example", "x")
    group = Group.objects.create(name="Gruppe")
    accounts = {whose: PEOPLE[whose] for whose in ("administration", "guest", "administrator", "operator")}
    for whose, name in {"colleague": "kollegin", **accounts}.items():
        numbers = dict.fromkeys(("pk", "user_id"), person(name).pk)
        scene.put("user", whose, **numbers, username=name, role=group.pk)
    scene.put("group", "all", pk=group.pk)
    scene.put("group", "administrator", pk=person("admin").groups.get().pk)
    for who, name in PEOPLE.items():
        if who == "anonymous":
            continue
        token = APIToken.generate_token()
        kept = APIToken.objects.create(
            user=person(name), name="t", key_hash=APIToken.hash_token(token), prefix=token[:12],
            last_used_at=timezone.now(),
        )  # fmt: skip
        scene.tokens[who] = token
        if who in {"administration", "board"}:
            scene.put("token", who, pk=kept.pk)


def _sign_in(scene: Scene) -> None:
    for who, name in PEOPLE.items():
        if name:
            client = Client()
            client.force_login(person(name))
            scene.sessions[who] = client.cookies[settings.SESSION_COOKIE_NAME].value
