"""A small public site with a page of every sort, in several languages.

Built once for each test process; the fixture ``house`` (conftest.py) puts it back for every test that asks for it.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from copy import copy
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

from django.urls import reverse
from django.utils import timezone, translation
from wagtail.models import Collection, Locale, Page, Site

from cms_blocks.blocks import BodyBlock
from cms_blocks.models import Contact, Image, Notice, Office, Topic
from cms_blocks.publication.unit import unit
from governance.groups import set_up_locales
from procedures.models import UpdateLetter, UpdateRequest, UpdateRound
from procedures.round.links import token_for
from tests.cms_blocks.blocks.conftest import make_document, make_image, stored
from tests.infrastructure.database import Kept
from tests.procedures.factories import (
    district,
    district_list,
    news,
    news_list,
    phase,
    principle,
    procedure,
    procedure_list,
    published_edition,
    rating,
    street,
    way,
)
from tests.procedures.outlines import outline
from tests.toolkit.factories import method, with_tools
from toolkit.models import MethodIndexPage, MethodPage
from website.models import AccessibilityStatementPage, HomePage, ImprintPage, StandardPage

#: The house as :func:`build` leaves it, for all tests of a process.
HOUSE = Kept()
LANGUAGES = ("de", "de-simple", "en", "uk", "ar", "pl")
#: Languages that have more than a home page here.
HOMES = {
    "de": ("Startseite", "Die Stadt gemeinsam machen."),
    "de-simple": ("Start", "Wir machen die Stadt gemeinsam."),
    "en": ("Home", "Making the city together."),
    "uk": ("Головна", "Разом творимо місто."),
    "ar": ("الصفحة الرئيسية", "نصنع المدينة معًا."),
    "pl": ("Strona główna", "Wspólnie tworzymy miasto."),
}
FULL = {
    "lead": "Viele Menschen sprechen in wechselnden Gruppen an Tischen über wenige gute Fragen.",
    "purposes": ("collect_ideas", "deliberate", "plan"),
    "levels": ("consultation", "involvement"),
    "settings": ("onsite", "hybrid"),
    "recruitment": ("open", "targeted"),
    "steps": [("Einladen", 0), ("Ankommen", 20), ("Erste Runde", 30), ("Ernte", 40), ("Auswerten", 0)],
    "strengths": ["Auch Zurückhaltende kommen zu Wort.", "Leicht zu lernen."],
    "limits": ["Nicht für offene Konflikte."],
    "accessibility": ["Tische, unter die ein Rollstuhl passt."],
    "target_groups": ["Vereine und Initiativen", "Nachbarschaft"],
    "materials": ["Tische", "Papier und dicke Stifte"],
    "cost_note": "Raum, Getränke, Papier: meist unter 2.500 Euro.",
    "staff": "Eine Moderation, je Tisch ein Mensch, der begrüßt.",
    "origin": "Zuerst ausprobiert in Kalifornien.",
}
INITIATIVE = {
    "name": "Nachbarschaftsküche",
    "what": "Kocht jeden Mittwoch.",
    "address": "Hof 3",
    "accessibility": "Rampe am Tor.",
    "contact": "0331 000000",
    "website": "https://kueche.example/",
    "consent": True,
}
#: Names of the office, its two halves and its board; the other languages show the German ones.
OFFICES = {
    "de": ("Büro für Bürgerbeteiligung", "Verwaltung", "freier Träger", "Beirat"),
    "en": ("Office for Participation", "City administration", "Independent carrier", "Board"),
    "ar": ("مكتب المشاركة", "إدارة المدينة", "المنظمة المستقلة", "المجلس"),
}
TOOLS = {"en": ("Method finder", "Compare methods"), "ar": ("البحث عن طريقة", "مقارنة الطرق")}
#: Id of the document that the page with every block shows.
DOCUMENT = 4711
#: A letter of an update round, by whose link a department answers, and the question about one procedure in it.
LETTER = UpdateLetter(pk=4712, nonce="0" * 32, name="Anlaufstelle", email="rat@beteiligung.example")
QUESTION = 4713
MOST = ["world-cafe", "zukunftswerkstatt", "fishbowl", "buergerrat"]


def search(language: str = "de", query: str = "") -> str:
    """Address of the search."""
    with translation.override(language):
        return reverse("search") + query


def report_barrier(language: str = "de", page: str = "/methoden/") -> str:
    """Address of the form that reports a barrier of ``page``."""
    with translation.override(language):
        return f"{reverse('report_barrier')}?page={page}"


def my_street(language: str) -> str:
    """Address of what is planned near a street."""
    with translation.override(language):
        return reverse("my_street") + "?street=lindenstr"


def own(name: str, query: str = "") -> str:
    """Address of one of the website's own views, in German."""
    with translation.override("de"):
        return reverse(name) + query


#: Every page type and every state a visitor can meet it in, by what it is.
PLACES = {
    "home": "/",
    "page with every block": "/alle-bausteine/",
    "page with pages below it": "/ueber-uns/",
    "page that is still empty": "/ueber-uns/im-entstehen/",
    "list of methods": "/methoden/",
    "list with filters": "/methoden/?purpose=plan&purpose=collect_ideas&people=30&cost=3&sort=cost&q=tische",
    "list with nothing left": "/methoden/?people=999999",
    "list asked for nonsense": "/methoden/?purpose=nonsense&sort=nonsense&page=99&m=world-cafe",
    "method": "/methoden/world-cafe/",
    "method with only the least": "/methoden/nur-das-noetigste/",
    "finder": "/methoden/finder/",
    "answers of the finder": "/methoden/finder/?purpose=plan&people=30&setting=onsite&duration=240&cost=2&preparation=8",
    "finder without a fit": "/methoden/finder/?purpose=evaluate&people=2&cost=1",
    "comparison before a choice": "/methoden/vergleich/",
    "comparison of one": "/methoden/vergleich/?m=world-cafe",
    "comparison of four": "/methoden/vergleich/?" + "&".join(f"m={slug}" for slug in MOST),
    "list of procedures": "/verfahren/",
    "list of procedures with filters": "/verfahren/?status=open&district=innenstadt&q=uferweg&sort=title",
    "list of procedures as a map": "/verfahren/?view=map",
    "list of procedures by months": "/verfahren/?view=calendar",
    "list of procedures and what came of them": "/verfahren/?view=outcomes",
    "list of procedures with nothing left": "/verfahren/?status=suspended&q=xyzzyq",
    "list of procedures asked for nonsense": "/verfahren/?status=nonsense&sort=nonsense&page=99",
    "procedure": "/verfahren/uferweg/",
    "procedure with only the least": "/verfahren/nur-das-noetigste/",
    "formal procedure, suspended": "/verfahren/bebauungsplan/",
    "my street before a word": own("my_street"),
    "my street": own("my_street", "?street=lindenstr"),
    "my street, where it is unclear which": own("my_street", "?street=linden"),
    "my street that nobody knows": own("my_street", "?street=xyzzyq"),
    "list of news": "/aktuelles/",
    "second page of the news": "/aktuelles/?page=2",
    "list of news asked for nonsense": "/aktuelles/?page=nonsense",
    "news": "/aktuelles/bagger/",
    "news with only the least": "/aktuelles/nachricht-1/",
    "districts": "/stadtteile/",
    "district": "/stadtteile/innenstadt/",
    "district where nothing happens": "/stadtteile/nord/",
    "search before a word": search(),
    "search with hits": search("de", "?q=tische"),
    "search with a kind": search("de", "?q=tische&kind=method"),
    "search without a hit": search("de", "?q=xyzzyq"),
    "address that leads nowhere": "/rathaus/gibt-es-nicht/",
    "imprint": "/impressum/",
    "accessibility statement": "/barrierefreiheit/",
    "report of a barrier": report_barrier(),
    "Arabic report of a barrier": report_barrier("ar"),
    "thanks for a report": own("barrier_reported", "?page=/methoden/"),
    "request for an accessible version": own("ask_accessible", f"?document={DOCUMENT}"),
    "thanks for a request": own("accessible_asked"),
    "questions to a department": reverse("update_round", args=[token_for(LETTER)]),
    "question to a department": reverse("update_round_answer", args=[token_for(LETTER), QUESTION]),
    "home in Leichte Sprache": "/de-simple/",
    "page in Leichte Sprache": "/de-simple/so-machen-sie-mit/",
    "English home": "/en/",
    "English summary of a method": "/en/methods/world-cafe/",
    "Arabic home": "/ar/",
    "Arabic page with every block": "/ar/kull-al-anasir/",
    "Arabic list of methods": "/ar/turuq/",
    "Arabic method": "/ar/turuq/world-cafe/",
    "Arabic list of procedures": "/ar/verfahren/",
    "Arabic procedure": "/ar/verfahren/uferweg/",
    "Arabic my street": my_street("ar"),
    "Arabic finder": "/ar/turuq/finder/?purpose=plan&people=30",
    "Arabic search": search("ar", "?q=world"),
    "Arabic address that leads nowhere": "/ar/la-shay/",
}
#: Forms, whose token grows old, and what is said after one was sent: no cache keeps them.
UNKEPT = {
    "report of a barrier",
    "Arabic report of a barrier",
    "thanks for a report",
    "request for an accessible version",
    "thanks for a request",
    "questions to a department",
    "question to a department",
}
MISSING = {"address that leads nowhere", "Arabic address that leads nowhere"}


@dataclass(frozen=True, slots=True)
class House:
    """Ids of some of what was built."""

    home: int
    article: int
    index: int
    method: int
    image: int
    contact: int


class Builder:
    """Builds the house; everything is public when it is done."""

    def __init__(self) -> None:
        set_up_locales()
        self.locales = {code: Locale.objects.get(language_code=code) for code in LANGUAGES}
        self.image = make_image(
            "Marktplatz",
            Collection.get_first_root_node(),
            alt_text="Stände auf einem Platz",
            credit="Büro für Beteiligung",
        )
        self.document = make_document(
            "Checkliste", Collection.get_first_root_node(), pk=DOCUMENT, summary="Woran zu denken ist."
        )
        self._names()
        self.homes = self._homes()

    def build(self) -> House:
        home = self.homes["de"]
        self.topic = Topic.objects.create(
            name="Stadtgrün", slug="green", illustration="green", locale=self.locales["de"]
        )
        about = self.page(home, "Über uns", "ueber-uns", show_in_menus=True, lead="Wer wir sind.", topic=self.topic)
        self.page(about, "Das Büro", "das-buero", body=[("paragraph", "<p>Zwei Hälften, ein Büro.</p>")])
        self.page(about, "Im Entstehen", "im-entstehen")
        self.page(home, "Datenschutz", "datenschutz", body=[("paragraph", "<p>Datenschutz dieser Website.</p>")])
        home.add_child(instance=imprint(locale=home.locale))
        home.add_child(instance=accessibility_statement(locale=home.locale))
        article = self.page(
            home, "Alle Bausteine", "alle-bausteine", lead="Was auf einer Seite stehen kann.", show_in_menus=True,
            contact=self.contact, illustration="board",
        )  # fmt: skip
        self.fill(article, about)
        index = self.methods(home, "Methoden", "methoden")
        first = self._methods(index)
        self._procedures(first)
        self._other_languages(article, index, first)
        return House(home.pk, article.pk, index.pk, first.pk, self.image.pk, self.contact.pk)

    def page(self, parent: Page, title: str, slug: str, **fields: Any) -> StandardPage:
        return parent.add_child(instance=StandardPage(title=title, slug=slug, locale=parent.locale, **fields))

    def fill(self, page: StandardPage, other: Page) -> None:
        """Every block there is, in the page's body."""
        values = stored(other.pk, self.image.pk, self.document.pk, self.contact.pk)
        assert set(values) == set(BodyBlock().child_blocks), "a block is missing in tests/cms_blocks/blocks/conftest.py"
        page.body = json.dumps([{"type": name, "value": value} for name, value in values.items()])
        page.save_revision().publish()

    def methods(self, home: Page, title: str, slug: str, **fields: Any) -> MethodIndexPage:
        index = home.add_child(
            instance=MethodIndexPage(
                title=title, slug=slug, locale=home.locale, show_in_menus=True, illustration="join_in", **fields
            )
        )
        for tool, name in zip(with_tools(index), TOOLS.get(home.locale.language_code, ()), strict=False):
            tool.title = name
            tool.save()
        return index

    def _names(self) -> None:
        key = None
        for code, (name, administration, carrier, board) in OFFICES.items():
            office = Office(
                locale=self.locales[code], name=name, short_name="\n".join(name.rsplit(" ", 1)), city="Musterstadt",
                administration_name=administration, carrier_name=carrier, board_name=board,
                email="buero@beteiligung.example", phone="030 23125 100", address="Marktplatz 1\n00000 Musterstadt",
            )  # fmt: skip
            if key:
                office.translation_key = key
            office.save()
            key = office.translation_key
        for tone, text, link in (
            ("warning", "The office is closed today.", "/en/"),
            ("info", "We are at the market on Tuesdays.", ""),
        ):
            Notice.objects.create(
                text=text, tone=tone, link=link, link_text="Where you find us" if link else "", locale=self.locales["en"],
                begins=datetime(2026, 1, 1, tzinfo=UTC), ends=datetime(2099, 1, 1, tzinfo=UTC),
            )  # fmt: skip
        self.contact = Contact.objects.create(
            name="Anlaufstelle", role="Nennt Ihnen die richtige Stelle.", email="rat@beteiligung.example",
            phone="030 23125 110", hours="Montag bis Freitag, 10 bis 16 Uhr", photo=self.image, locale=self.locales["de"],
        )  # fmt: skip

    def _homes(self) -> dict[str, HomePage]:
        root = Page.get_first_root_node()
        homes: dict[str, HomePage] = {}
        for code, (title, headline) in HOMES.items():
            page = HomePage(title=title, headline=headline, slug=f"haus-{code}", locale=self.locales[code])
            if homes:
                page.translation_key = homes["de"].translation_key
            else:
                page.lead = "Hier erfahren Sie, wie Sie mitreden können."
                page.contact = self.contact
                page.body = [
                    ("image", {"image": self.image.pk, "decorative": False, "alt": "", "caption": "", "size": "wide"}),
                    ("paragraph", "<p>Eine Hälfte arbeitet in der Verwaltung, die andere bei einem freien Träger.</p>"),
                ]
            homes[code] = root.add_child(instance=page)
            if code == "de":
                site = Site.objects.get(is_default_site=True)
                site.root_page = page
                site.save()
        return homes

    def _methods(self, index: MethodIndexPage) -> MethodPage:
        others = tuple(
            method(index, title, slug=slug, purposes=purposes, lead=f"{title}: miteinander reden.", cost_level=cost)
            for title, slug, purposes, cost in (
                ("Zukunftswerkstatt", "zukunftswerkstatt", ("plan",), 2),
                ("Fishbowl", "fishbowl", ("deliberate", "inform"), 1),
                ("Bürgerrat mit Losverfahren", "buergerrat", ("deliberate", "decide"), 5),
                ("Auswertungsveranstaltung", "auswertung", ("evaluate",), 2),
            )
        )
        method(index, "Nur das Nötigste", slug="nur-das-noetigste", lead="")
        return method(
            index, "World Café", slug="world-cafe", goes_with=others[:3], image=self.image, topic=self.topic,
            contact=self.contact, **FULL,
            body=[("paragraph", "<p>An kleinen Tischen wird gesprochen und geschrieben.</p>")],
            sources=json.dumps([{"type": "source", "value": {"title": "Methoden von A bis Z", "publisher": "Stiftung"}}]),
        )  # fmt: skip

    def _procedures(self, used: MethodPage) -> None:
        places = district_list(show_in_menus=True, lead="Wählen Sie Ihren Stadtteil.")
        centre = district(
            places, "Innenstadt", lead="Rathaus, Markt und der Kanal.", contact=self.contact, half="joint",
            body=[("paragraph", "<p>Jeden Dienstag sind wir am Markt.</p>")], outline=outline(2),
            initiatives=[("initiative", INITIATIVE)],
        )  # fmt: skip
        street("Lindenstraße", district="innenstadt", latitude=52.4005, longitude=13.0505)
        street("Lindenweg", district="nord", latitude=52.43, longitude=13.05)
        district(places, "Nord", outline=outline(2, 1))
        index = procedure_list(show_in_menus=True, lead="Was die Stadt plant.")
        shore = procedure(
            index, "Umgestaltung des Uferwegs am Stadtkanal", slug="uferweg", districts=[centre], methods=[used],
            half="carrier", topic=self.topic, contact=self.contact, business_area="Stadtentwicklung", affected="Alle am Kanal.",
            place="Am Stadtkanal", latitude=52.4, longitude=13.05, area=AREA, cost_kind="range", cost_from=2_000_000, cost_to=2_400_000,
            cost_on=date(2026, 3, 1), cost_basis="Kostenschätzung", next_steps="Im Februar entscheidet der Ausschuss.",
            board_recommended=True, listed_on="2026-01-07", body=[("paragraph", "<p>Der Weg ist schmal und alt.</p>")],
            ratings=[
                rating(principle(), "met"), rating(principle("Vor Ort"), "partly", "Nur am Ufer."),
                rating(principle("Früh bekannt"), "not_met", "Es stand erst spät im Netz."),
                rating(principle("Von unten"), "not_applicable", "Der Rat hat begonnen."),
            ],
            review_date="2026-02-01", contributions=86, adopted=["Mehr Bänke"], not_adopted=[{"what": "Ein Kiosk", "why": "Das Ufer ist geschützt."}],
            first_reading="2026-02-01", changes=[
                {"on": "2026-03-01", "what": "Es wird teurer.", "why": "Der Boden.", "cost": "200000.00", "days": 14},
            ],
            phases=PHASES, stages=[
                {"stage": "idea", "since": "2025-05-01", "note": ""},
                {"stage": "planning", "since": "2026-01-07", "note": "Der Auftrag ist vergeben."},
            ],
            decisions=[
                {"on": "2026-01-07", "body": "Bauausschuss", "reference": "26/SVV/0815", "text": "Die Planung beginnt.",
                 "page": None, "address": "https://rat.example/0815"},
                {"on": "2099-02-07", "body": "Bauausschuss", "reference": "", "text": "Welcher Entwurf gebaut wird."},
            ],
            further_topics=[Topic.objects.create(name="Mobilität", slug="mobility", locale=index.locale)],
            documents=[{"document": self.document.pk, "words": "Entwurf vom März", "on": "2026-03-01"}],
        )  # fmt: skip
        small = procedure(
            index, "Nur das Nötigste", slug="nur-das-noetigste", level="", no_participation_reason="Eine Leitung wird ersetzt.",
            lead="", open_points=[], fixed_points=[], listed_on="2026-02-01", districts=[centre], initiator="council",
        )  # fmt: skip
        procedure(
            index, "Bebauungsplan Bahnhofsviertel", slug="bebauungsplan", form="formal", legal_basis="§ 3 Absatz 2 BauGB",
            official_address="Stadtplanungsamt\nMarktplatz 1\n00000 Musterstadt", level="consultation",
            display_from="2026-03-02", display_until="2026-04-02", announcement="Amtsblatt 7/2026, Seite 12",
            announced_on="2026-02-20", announcement_url="https://amtsblatt.example/7",
            suspended_from=datetime(2026, 1, 1, tzinfo=UTC), suspended_reason="Ein Gutachten fehlt.", listed_on="2026-03-01",
            phases=[phase(-30, None, ways=[way(None, kind="letter", address="", place="An das Stadtplanungsamt")])],
        )  # fmt: skip
        told = news_list(show_in_menus=False, lead="Was es Neues gibt.")
        for number in range(13):
            news(told, f"Nachricht {number}", slug=f"nachricht-{number}", on=date(2026, 1, 1 + number))
        news(
            told, "Die Bagger kommen", slug="bagger", on=date(2026, 3, 1), procedures=[shore], districts=[centre],
            topic=self.topic, contact=self.contact, half="carrier", body=[("paragraph", "<p>Am Montag geht es los.</p>")],
        )  # fmt: skip
        self._ask(shore, small)
        for number in range(1, 5):
            published_edition(index, number)
        self._planned_in_arabic(index, places, told, centre, shore)

    def _planned_in_arabic(self, index: Page, places: Page, told: Page, centre: Page, shore: Page) -> None:
        """Lists with something in each, so that map, calendar and outcomes have what they show."""
        districts = district_list("ar", title="الأحياء", translation_key=places.translation_key)
        middle = district(
            districts, "وسط المدينة", slug="innenstadt", lead="البلدية والسوق والقناة.", contact=self.contact,
            outline=outline(2), initiatives=[("initiative", INITIATIVE)], translation_key=centre.translation_key,
        )  # fmt: skip
        planned = procedure_list("ar", title="المشاريع", translation_key=index.translation_key)
        page = procedure(
            planned, "طريق الضفة", slug="uferweg", lead="طريق جديد على القناة.", phases=PHASES, half="carrier",
            translation_key=shore.translation_key, listed_on="2026-01-07", contact=self.contact, districts=[middle],
            latitude=52.4, longitude=13.05, contributions=86, adopted=["مزيد من المقاعد"],
        )  # fmt: skip
        list_of_news = news_list("ar", title="الأخبار", translation_key=told.translation_key)
        news(list_of_news, "بدء العمل", slug="bagger", on=date(2026, 3, 1), procedures=[page], districts=[middle])

    def _ask(self, *pages: Page) -> None:
        """A department is asked about the first page, and has confirmed the others."""
        round = UpdateRound.objects.create(title="Vorhabenliste", deadline=timezone.localdate() + timedelta(days=21))
        letter = copy(LETTER)
        letter.round = round
        letter.save(force_insert=True)
        for number, page in enumerate(pages):
            answer = {"answer": "confirmed", "answered_at": timezone.now()} if number else {"pk": QUESTION}
            UpdateRequest.objects.create(letter=letter, page=page, **answer)

    def _other_languages(self, article: Page, index: Page, first: MethodPage) -> None:
        self.page(
            self.homes["de-simple"], "So machen Sie mit", "so-machen-sie-mit", show_in_menus=True,
            body=[
                ("image", {"image": self.image.pk, "decorative": True, "alt": "", "caption": "", "size": "text"}),
                ("paragraph", "<p>Sie haben eine Idee.</p><p>Sie sagen es uns.</p>"),
            ],
        )  # fmt: skip
        english = self.methods(self.homes["en"], "Methods", "methods", translation_key=index.translation_key)
        method(
            english,
            "World café",
            slug="world-cafe",
            lead="Many people talk at small tables.",
            translation_key=first.translation_key,
        )
        arabic = self.homes["ar"]
        page = self.page(
            arabic, "كل العناصر", "kull-al-anasir", lead="ما يمكن أن تحتويه الصفحة.", show_in_menus=True,
            translation_key=article.translation_key, contact=self.contact, illustration="meet",
        )  # fmt: skip
        turuq = self.methods(arabic, "طرق المشاركة", "turuq", translation_key=index.translation_key)
        self.fill(page, turuq)
        method(
            turuq, "World café", slug="world-cafe", image=self.image, translation_key=first.translation_key,
            **{**FULL, "lead": "يتحدث كثير من الناس حول طاولات صغيرة."},
        )  # fmt: skip
        method(turuq, "حلقة النقاش", slug="fishbowl", lead="قليلون يتحدثون وكثيرون يستمعون.")


#: One that is over with a result, one that is late with it, one that people can take part in, one that is to come.
#: What the procedure covers: a part of its district.
AREA = json.dumps(
    {
        "type": "Polygon",
        "coordinates": [[[13.046, 52.392], [13.054, 52.392], [13.054, 52.398], [13.046, 52.398], [13.046, 52.392]]],
    }
)
PHASES = [
    phase(-90, -60, title="Spaziergang am Ufer", ways=[way(-61, kind="event", address="", place="Brücke")], result="118 Hinweise."),
    phase(-60, -30, title="Ideen sammeln", ways=[way(-31)], promised_on="2026-01-01"),
    phase(-10, 12, title="Entwürfe bewerten", text="Drei Entwürfe stehen zur Wahl.", ways=[
        way(10, label="Entwürfe zeichnen"), way(None, kind="phone", label="Anrufen", address="", place="030 23125 110"),
    ]),
    phase(None, None, title="Auswertung"),
]  # fmt: skip
HALVES = {"administration": "Stadt Musterstadt", "carrier": "Träger e. V."}


def imprint(halves: Iterable[str] = tuple(HALVES), **fields: Any) -> ImprintPage:
    """With a publisher for each half."""
    publishers = [
        {
            "half": half, "name": HALVES[half], "represented_by": "Vorstand", "street": "Marktplatz 1", "postcode": "00000",
            "town": "Musterstadt", "phone": "030 23125 110", "email": f"{half}@beteiligung.example",
            "register": "Amtsgericht Musterstadt, VR 0000", "vat_id": "DE000000000", "responsible": "Leitung der Hälfte",
        }
        for half in halves
    ]  # fmt: skip
    values = {"title": "Impressum", "slug": "impressum", **fields}
    return ImprintPage(publishers=[("publisher", publisher) for publisher in publishers], **values)


def accessibility_statement(**fields: Any) -> AccessibilityStatementPage:
    """With everything that can be said in one."""
    barriers = [
        {"content": f"Inhalt {reason}", "reason": reason, "explanation": "Mehr dazu.", "alternative": "Rufen Sie an."}
        for reason in ("burden", "scope", "pending")
    ]
    values = {
        "title": "Barrierefreiheit", "slug": "barrierefreiheit", "covers": "www.beteiligung.example",
        "law": "BGG (Beispiel)", "conformance": "partly", "evaluation": "third_party", "evaluated_by": "Prüfstelle",
        "evaluated_on": date(2026, 5, 1), "prepared_on": date(2026, 5, 4), "reviewed_on": date(2026, 5, 4),
        "barriers": [("barrier", barrier) for barrier in barriers], "feedback_email": "barrieren@beteiligung.example",
        "feedback_phone": "030 23125 110", "enforcement_name": "Durchsetzungsstelle (Beispiel)",
        "enforcement_address": "Beispielweg 3\n00000 Musterstadt", "enforcement_url": "https://stelle.example/",
    }  # fmt: skip
    return AccessibilityStatementPage(**{**values, **fields})


def build() -> House:
    """Everything in one unit of work, as an import does it."""
    with unit():
        return Builder().build()


def image_of(house: House) -> Image:
    return Image.objects.get(pk=house.image)
