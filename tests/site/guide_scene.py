"""The office in which somebody tries the guide: content as an example site has it, two editors, work in every state."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from io import StringIO
from typing import Any

from django.contrib.auth import get_user_model
from django.contrib.auth.models import Group
from django.core.management import call_command
from django.utils import timezone
from wagtail.models import Page

from accounts import second_factor
from cms_blocks.models import Contact, Document, Notice
from cms_blocks.publication.unit import unit
from governance.halves import group_name
from governance.policies import ADMINISTRATION_EDITORS, CARRIER_EDITORS
from procedures.models import DistrictIndexPage, ProcedureIndexPage
from tests.governance.office import fresh
from tests.procedures.factories import district, phase, procedure
from tests.procedures.outlines import outline
from tests.site import house
from tests.site.house import House
from tests.site.test_safety_second_factor import shown
from website.models import StandardPage

PASSWORD = "ein langes Kennwort"
FESTIVAL, HOURS, LEAFLET = "Nachbarschaftsfest im Mai", "Sprechstunde im Rathaus", "Sommerakademie der Beteiligung"
TO_CHECK = "Wege zum Mitreden"
PLAYGROUND, BENCHES = "Spielplatz am Markt", "Neue Bänke am Kanal"


@dataclass(frozen=True, slots=True)
class Scene:
    """Ids of what the tasks are about."""

    house: House
    #: A draft of both halves, written by the administration.
    draft: int
    #: Written by the carrier, waiting for the administration.
    waiting: int
    #: Public, of both halves.
    joint: int
    #: Public, of the administration alone, with an older version.
    own: int
    #: Public procedures of the administration: one whose participation has ended, and one that is being built.
    playground: int
    benches: int


def build() -> Scene:
    with unit():
        built = house.Builder().build()
    _districts()
    Notice.objects.all().delete()  # in English
    Page.objects.get(slug="home", depth=2).delete()  # what Wagtail's migrations made, in English
    call_command("setup_office", stdout=StringIO())
    editor = _editor("redaktion", "Verwaltung", ADMINISTRATION_EDITORS)
    carrier = _editor("traeger", "freier Träger", CARRIER_EDITORS)
    second_factor.begin(editor)
    second_factor.confirm(editor, shown(editor))
    Document.objects.update(summary="Woran vor einer Veranstaltung zu denken ist.")
    draft = _page(built, FESTIVAL, "Im Mai feiern wir mit allen, die im letzten Jahr mitgemacht haben.", editor)
    waiting = _page(built, LEAFLET, "Eine Woche lang lernen, wie Beteiligung gelingt.", carrier)
    waiting.get_workflow().start(waiting, carrier)
    joint = _page(built, HOURS, "Jeden Dienstag von 10 bis 12 Uhr.", editor, live=True)
    own = _page(built, TO_CHECK, "Vier Wege, um mitzureden.", editor, live=True, half="administration")
    own.review_date = timezone.localdate() + timedelta(days=9)
    own.lead = "Fünf Wege, um mitzureden."
    own.save_revision(user=editor, log_action=True).publish(user=editor)
    ended = [phase(-30, -2, title="Wünsche sammeln", promised_on=f"{timezone.localdate() + timedelta(days=20)}")]
    playground = _procedure(PLAYGROUND, editor, place="Am Markt", phases=ended)
    benches = _procedure(BENCHES, editor, place="Am Kanal", phases=[phase(-60, -40, result="Zehn Bänke kommen.")])
    return Scene(built, draft.pk, waiting.pk, joint.pk, own.pk, playground.pk, benches.pk)


def _editor(name: str, half: str, policy: Any) -> Any:
    user = get_user_model().objects.create_user(
        name, f"{name}@beteiligung.example", PASSWORD, first_name="Beispiel", last_name=half
    )
    user.groups.add(Group.objects.get(name=group_name(policy)))
    return user


def _page(built: House, title: str, lead: str, author: Any, *, live: bool = False, half: str = "joint") -> Any:
    home = StandardPage.objects.get(slug="ueber-uns").get_parent()
    page = StandardPage(
        title=title, lead=lead, half=half, live=False, owner=author,
        body=[("paragraph", "<p>Kommen Sie vorbei und bringen Sie Ihre Fragen mit.</p>")],
    )  # fmt: skip
    home.add_child(instance=page)
    revision = page.save_revision(user=author, log_action=True)
    if live:
        revision.publish(user=author, skip_permission_checks=True)
    return fresh(page)


def _districts() -> None:
    """Those around the two of the house: a city that is as wide as a screen."""
    places = DistrictIndexPage.objects.get(slug="stadtteile", locale__language_code="de")
    for title, *square in (("Uferdorf", 0, 0), ("West", 1, 0), ("Weinberg", 1, 1), ("Ost", 3, 0), ("Waldstadt", 4, 1)):
        district(places, title, outline=outline(*square))


def _procedure(title: str, author: Any, **fields: Any) -> Any:
    """Public, with a department that can be asked."""
    index = ProcedureIndexPage.objects.get(slug="verfahren", locale__language_code="de")
    department = Contact.objects.get_or_create(
        name="Grünflächenamt",
        email="gruen@stadt.example",
        locale=index.locale,
        defaults={"role": "Fragt und antwortet."},
    )[0]
    page = procedure(
        index, title, half="administration", contact=department, lead=f"{title}: Das ist geplant.",
        brief_what="Der Platz wird schöner.", brief_where="In der Innenstadt.", brief_how="Die Stadt wertet aus.",
        **fields,
    )  # fmt: skip
    page.save_revision(user=author, log_action=True).publish(user=author, skip_permission_checks=True)
    return fresh(page)
