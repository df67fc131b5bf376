"""Whatever people do, in whatever order: at every commit exactly that is public which should be.

Random sequences on random trees, through the admin's views, the workflow, the write API and the commands. The oracle
(:mod:`tests.cms_blocks.publication.observer`) looks from a second connection after every outermost commit.
``GATE_STEPS=5000`` runs that many steps with fresh chance instead of the usual ones.
"""

from __future__ import annotations

import os
import random
from collections import Counter
from datetime import datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.core.cache import cache
from django.utils import timezone
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test
from wagtail.models import Collection, Locale, Page, Revision
from wagtail_localize.models import Translation, TranslationSource

from cms_blocks.models import Contact, Document, Image, Topic
from cms_blocks.publication import reconcile
from cms_blocks.publication.unit import unit
from tests.cms_blocks.publication.conftest import MORNING
from tests.cms_blocks.publication.editor import HOUSE, Block, Editor, link, make_document, make_image, stored
from tests.cms_blocks.publication.observer import Observer, watching
from tests.cms_blocks.publication.page_forms import COMPARISON, FINDER, INDEX, METHOD
from tests.cms_blocks.publication.visitor import Visitor
from tests.site.house import accessibility_statement, imprint
from tests.toolkit.factories import entry
from toolkit.models import MethodIndexPage, MethodPage
from website.models import HomePage, StandardPage

pytestmark = [pytest.mark.gate, pytest.mark.unmeasured, pytest.mark.django_db(transaction=True)]

SORTS = [*["website.standardpage"] * 4, *[METHOD] * 3, INDEX, FINDER, COMPARISON]

STEPS = 45
EXAMPLES = max(1, int(os.environ.get("GATE_STEPS", "240")) // STEPS)
LARGEST = 26  # pages; a step costs more the larger the tree
done: Counter[str] = Counter()

which = st.integers(0, 997)
flag = st.booleans()
hours = st.sampled_from([None, None, None, -30, -1, 1, 5, 30])


class Publishing(RuleBasedStateMachine):
    """One editor at work. Rules choose their objects by number, so that a failing sequence shrinks well."""

    def __init__(self) -> None:
        super().__init__()
        HOUSE.put_back()  # made by the fixture ``home``
        cache.clear()
        self.traveller = time_machine.travel(MORNING, tick=False)
        self.clock = self.traveller.start()
        self.editor, self.visitor, self.observer = Editor(), Visitor(), Observer()
        self.watch = watching(self.observer)
        self.found = self.watch.__enter__()
        self.words = 0
        self.before: dict[int, str] = {}
        self.random = random.Random(1)

    def teardown(self) -> None:
        self.watch.__exit__(None, None, None)
        self.observer.close()
        self.traveller.stop()

    @initialize(parents=st.lists(which, min_size=4, max_size=7))
    def plant(self, parents: list[int]) -> None:
        """A random tree, files on two shelves, a topic and a contact, four eyes on one section."""
        shelf = Collection.get_first_root_node().add_child(name="Shelf")
        box = shelf.add_child(name="Box")
        for place in (shelf, box):
            make_image(f"picture in {place}", place)
            make_document(f"paper in {place}", place)
        Topic.objects.create(name="Mobility", slug="mobility", locale=Locale.get_default(), illustration="mobility")
        Contact.objects.create(name="Front desk", locale=Locale.get_default())
        for parent in parents:
            assert self.editor.create(self.page(parent, home=True), *self.name(), self.blocks(parent))
        home = Page.objects.get(depth=2)
        assert self.editor.create(home.pk, *self.name(), self.blocks(1), sort=INDEX)
        index = MethodIndexPage.objects.get().pk
        for sort in (FINDER, COMPARISON):
            assert self.editor.create(index, *self.name(), sort=sort)
        for number in range(2):
            goes_with = list(MethodPage.objects.values_list("pk", flat=True))
            title, slug = self.name()
            assert self.editor.create(index, title, slug, self.blocks(number), sort=METHOD, goes_with=goes_with)
        for legal in (imprint(), accessibility_statement()):
            home.add_child(instance=legal)
        self.editor.set_up_workflow(Page.objects.filter(depth=3).first())

    # What people write and choose

    def name(self) -> tuple[str, str]:
        self.words += 1
        return f"Title zq{self.words}t", f"page-{self.words}"

    def token(self) -> str:
        self.words += 1
        return f"zq{self.words}b"

    def blocks(self, number: int) -> list[Block]:
        """Text of its own with links to a few pages, pictures and papers, public or not."""
        self.words += 1
        chance = random.Random(number)
        pages = list(Page.objects.filter(depth__gt=1).values_list("pk", flat=True))
        links = "".join(link("page", pk) for pk in chance.sample(pages, min(2, len(pages))))
        papers = list(Document.objects.values_list("pk", flat=True))
        links += "".join(link("document", pk) for pk in chance.sample(papers, min(1, len(papers))))
        blocks: list[Block] = [("paragraph", f"<p>Words zq{self.words}b {links}</p>")]
        if number % 2:
            blocks.append(("related_pages", chance.sample(pages, min(3, len(pages)))))
        if number % 3 == 0 and (images := list(Image.objects.values_list("pk", flat=True))):
            blocks.append(("image", chance.choice(images)))
        return blocks

    def fields(self, number: int) -> dict[str, Any]:
        topic, contact = Topic.objects.first(), Contact.objects.first()
        return {
            "topic": topic.pk if topic and number % 4 == 1 else "",
            "contact": contact.pk if contact and number % 4 == 2 else "",
            "lead": f"Lead zq{self.words}b" if number % 5 == 0 else "",
        }

    def method(self, number: int) -> dict[str, Any]:
        """Facts and combinations of a method."""
        methods = list(MethodPage.objects.values_list("pk", flat=True))
        return {
            "people": 5 + number % 40,
            "goes_with": random.Random(number).sample(methods, min(number % 3, len(methods))),
        }

    def page(self, number: int, *, home: bool = False) -> int:
        """A page below the roots; with ``home`` now and then a root."""
        ids = list(Page.objects.filter(depth__gt=1 if home else 2).order_by("pk").values_list("pk", flat=True))
        return ids[number % len(ids)] if ids else 0

    def some(self, model: Any, number: int, **filters: Any) -> Any:
        ids = list(model.objects.filter(**filters).order_by("pk").values_list("pk", flat=True))
        return ids[number % len(ids)] if ids else 0

    def when(self, distance: int | None) -> datetime | None:
        return timezone.now() + timedelta(hours=distance) if distance else None

    def did(self, what: str, effective: bool) -> None:
        done[what if effective else f"{what}: refused"] += 1

    @property
    def full(self) -> bool:
        return Page.objects.count() > LARGEST

    # Pages in the admin

    @rule(parent=which, seed=which, publish=flag, starts=hours, ends=hours, sort=st.sampled_from(SORTS))
    def create(self, parent: int, seed: int, publish: bool, starts: int | None, ends: int | None, sort: str) -> None:
        if not self.full:
            title, slug = self.name()
            fields = {"go_live_at": self.when(starts), "expire_at": self.when(ends)} | self.fields(seed)
            if sort in (METHOD, FINDER, COMPARISON):
                parent = self.some(MethodIndexPage, parent)
                fields |= self.method(seed) if sort == METHOD else {}
            else:
                parent = self.some(HomePage, parent) if sort == INDEX else self.page(parent, home=True)
            done = bool(parent) and self.editor.create(
                parent, title, slug, self.blocks(seed), sort=sort, publish=publish, **fields
            )
            self.did(f"create {sort.partition('.')[2]}", done)

    @rule(
        page=which,
        seed=which,
        rename=flag,
        action=st.sampled_from(["publish", "publish", "", "submit"]),
        starts=hours,
        ends=hours,
    )
    def edit(self, page: int, seed: int, rename: bool, action: str, starts: int | None, ends: int | None) -> None:
        page = self.page(page, home=seed % 5 == 0)
        title, slug = self.name()
        slug = slug if rename or not page else Page.objects.get(pk=page).slug
        fields = {"go_live_at": self.when(starts), "expire_at": self.when(ends)} | self.fields(seed)
        sort = Page.objects.get(pk=page).specific_class._meta.label_lower if page else ""
        fields |= self.method(seed) if sort == METHOD else {}
        self.did(
            f"edit {action or 'draft'}",
            bool(page) and self.editor.edit(page, title, slug, self.blocks(seed), action=action, sort=sort, **fields),
        )

    @rule(page=which, descendants=flag)
    def unpublish(self, page: int, descendants: bool) -> None:
        self.did("unpublish", self.editor.unpublish(self.page(page, home=page % 7 == 0), descendants=descendants))

    @rule(page=which, to=which)
    def move(self, page: int, to: int) -> None:
        self.did("move", self.editor.move(self.page(page), self.page(to, home=True)))

    @rule(page=which, position=st.integers(0, 3))
    def reorder(self, page: int, position: int) -> None:
        self.did("reorder", self.editor.reorder(self.page(page), position))

    @rule(page=which, to=which, recursive=flag, publish=flag, alias=flag)
    def copy(self, page: int, to: int, recursive: bool, publish: bool, alias: bool) -> None:
        if not self.full:
            page, to = self.page(page), self.page(to, home=True)
            self.did(
                "copy", self.editor.copy(page, to, *self.name(), recursive=recursive, publish=publish, alias=alias)
            )

    @rule(page=which)
    def convert_alias(self, page: int) -> None:
        if alias := self.some(Page, page, alias_of__isnull=False, depth__gt=2):
            self.did("convert alias", self.editor.convert_alias(alias))

    @rule(page=which)
    def delete(self, page: int) -> None:
        self.did("delete", self.editor.delete(self.page(page)))

    @rule(page=which, restriction=st.sampled_from(["login", "groups", "none", "none"]))
    def restrict(self, page: int, restriction: str) -> None:
        page = self.page(page, home=page % 7 == 0)
        if restriction == "none":
            page = self.some(Page, page, view_restrictions__isnull=False) or page
        self.did(f"restrict {restriction}", self.editor.restrict(page, restriction))

    @rule(
        action=st.sampled_from(["publish", "unpublish", "move", "delete"]),
        pages=st.lists(which, min_size=1, max_size=3),
        to=which,
        descendants=flag,
    )
    def bulk(self, action: str, pages: list[int], to: int, descendants: bool) -> None:
        data = {"chooser": self.page(to, home=True)} if action == "move" else {}
        data |= {"include_descendants": "on"} if descendants and action != "move" else {}
        chosen = {self.page(page) for page in pages}
        if action == "delete":  # Wagtail answers 500 when it comes to a page that went with its parent
            paths = tuple(Page.objects.filter(pk__in=chosen).values_list("path", flat=True))
            below = (Page.objects.filter(path__startswith=path).exclude(path=path) for path in paths)
            chosen -= {page.pk for pages_below in below for page in pages_below}
        self.did(f"bulk {action}", self.editor.bulk(action, chosen, **data))

    @rule(page=which)
    def unschedule(self, page: int) -> None:
        if pk := self.some(Revision, page, approved_go_live_at__isnull=False):
            self.did("unschedule", self.editor.unschedule(int(Revision.objects.get(pk=pk).object_id)))

    @rule(page=which, action=st.sampled_from(["approve", "approve", "reject"]))
    def decide(self, page: int, action: str) -> None:
        if page := self.some(Page, page, _workflow_states__status="in_progress"):
            self.did(action, self.editor.decide(page, action))

    # Files, collections, sites, names

    @rule(place=which, restriction=st.sampled_from(["login", "groups", "none", "none"]))
    def restrict_collection(self, place: int, restriction: str) -> None:
        place = self.some(Collection, place, depth__gt=1)
        self.did("restrict collection", bool(place) and self.editor.restrict_collection(place, restriction))

    @rule(place=which, to=which)
    def move_collection(self, place: int, to: int) -> None:
        place = self.some(Collection, place, depth__gt=1)
        self.did("move collection", bool(place) and self.editor.move_collection(place, self.some(Collection, to)))

    @rule(place=which)
    def delete_collection(self, place: int) -> None:
        place = self.some(Collection, place, depth__gt=1)
        self.did("delete collection", bool(place) and self.editor.delete_collection(place))

    @rule(kind=st.sampled_from(["image", "document"]), files=st.lists(which, min_size=1, max_size=2), to=which)
    def shelve(self, kind: str, files: list[int], to: int) -> None:
        model = Image if kind == "image" else Document
        if ids := {self.some(model, number) for number in files} - {0}:
            self.did("add to collection", self.editor.shelve(kind, ids, self.some(Collection, to)))

    @rule(kind=st.sampled_from(["image", "document"]), file=which, seed=which)
    def change_file(self, kind: str, file: int, seed: int) -> None:
        """Rename a picture, or delete a file and put another on the shelf."""
        file = self.some(Image if kind == "image" else Document, file)
        place = Collection.objects.get(pk=self.some(Collection, seed))
        if kind == "image" and seed % 3 and file:
            self.did("rename image", self.editor.rename_image(file, f"picture {seed}", place.pk))
        elif file:
            self.did(f"delete {kind}", self.editor.delete_file(kind, file))
            (make_image if kind == "image" else make_document)(f"another {seed}", place)

    @rule(root=which, back=flag)
    def set_site_root(self, root: int, back: bool) -> None:
        home = Page.objects.filter(depth=2, locale=Locale.get_default()).first()
        self.did("site root", self.editor.set_site_root(home.pk if back and home else self.page(root, home=True)))

    @rule(rename=flag, sort=st.sampled_from([Topic, Contact]))
    def change_name(self, rename: bool, sort: Any) -> None:
        """A topic or contact gets another name, as a snippet's form saves it, or goes."""
        self.words += 1
        thing = sort.objects.first()
        if thing is None:
            thing = sort(
                name=f"New {self.words}", locale=Locale.get_default(), **({"slug": "new"} if sort is Topic else {})
            )
        with unit():  # as a request
            if rename or thing.pk is None:
                thing.name = f"Other {self.words}"
                if sort is Topic:
                    thing.slug, thing.illustration = f"topic-{self.words}", ["mobility", "green"][self.words % 2]
                thing.save()
            else:
                thing.delete()
        self.did(f"{'change' if rename else 'delete'} {sort.__name__}", True)

    @rule(code=st.sampled_from(["en", "ar"]), sort=st.sampled_from([Topic, Contact]))
    def translate_name(self, code: str, sort: Any) -> None:
        """A topic or contact is written in another language, or leaves it."""
        locale, first = Locale.objects.get(language_code=code), sort.objects.filter(locale=Locale.get_default()).first()
        there = first.get_translation_or_none(locale) if first else None
        with unit():
            if there is not None:
                there.delete()
            elif first is not None:
                there = first.copy_for_translation(locale)
                there.name = f"{first.name} in {code}"
                there.save()
        self.did(f"translate {sort.__name__}", first is not None)

    # Translations

    @rule(page=which, code=st.sampled_from(["en", "ar"]), subtree=flag)
    def translate(self, page: int, code: str, subtree: bool) -> None:
        if not self.full:
            page = self.some(Page, page, depth__gt=2, locale=Locale.get_default())
            self.did("translate", bool(page) and self.editor.translate(page, code, subtree=subtree))

    @rule(source=which, publish=flag)
    def update_translations(self, source: int, publish: bool) -> None:
        if source := self.some(TranslationSource, source):
            self.did("update translations", self.editor.update_translations(source, publish=publish))

    @rule(page=which, alias=st.sampled_from([False, False, True]))
    def publish_translation(self, page: int, alias: bool) -> None:
        if alias:
            page = self.some(Page, page, depth__gt=1, locale__language_code__in=["en", "ar"])
            self.did("convert to alias", bool(page) and self.editor.convert_to_alias(page))
        elif chosen := self.some(Translation, page, enabled=True):
            translated = Translation.objects.get(pk=chosen).get_target_instance()
            self.did("publish translation", self.editor.publish_translation(translated.pk))

    # The write API

    @rule(parent=which, seed=which, publish=flag)
    def api_create(self, parent: int, seed: int, publish: bool) -> None:
        if not self.full:
            title, slug = self.name()
            meta = {"type": "website.StandardPage", "parent_id": self.page(parent, home=True)}
            meta |= {"action": "publish"} if publish else {}
            body = stored(self.blocks(seed))
            self.did("api create", self.editor.api("post", "", meta=meta, title=title, slug=slug, body=body))

    @rule(page=which, seed=which, publish=flag)
    def api_edit(self, page: int, seed: int, publish: bool) -> None:
        sort = [StandardPage, MethodPage][seed % 2]
        if page := self.some(sort, page):
            meta = {"type": sort._meta.label} | ({"action": "publish"} if publish else {})
            data = {"title": self.name()[0], "body": stored(self.blocks(seed))}
            self.did("api edit", self.editor.api("patch", f"{page}/", meta=meta, **data))

    @rule(
        page=which,
        action=st.sampled_from(["publish", "unpublish", "delete", "convert_alias", "revert"]),
        recursive=flag,
    )
    def api_action(self, page: int, action: str, recursive: bool) -> None:
        page = self.page(page, home=action != "delete" and page % 7 == 0)
        data: dict[str, Any] = {"recursive": recursive} if action == "unpublish" else {}
        method = "delete" if action == "delete" else "post"
        if action == "revert":
            data = {"revision_id": self.some(Revision, page, object_id=str(page)) or 1}
        self.did(f"api {action}", self.editor.api(method, f"{page}/actions/{action}/", **data))

    @rule(
        page=which, to=which, position=st.sampled_from(["first-child", "last-child", "left", "right", "first-sibling"])
    )
    def api_move(self, page: int, to: int, position: str) -> None:
        data = {"destination_id": self.page(to, home=True), "position": position}
        self.did("api move", self.editor.api("post", f"{self.page(page)}/actions/move/", **data))

    @rule(page=which, to=which, action=st.sampled_from(["copy", "create_alias"]), recursive=flag, live=flag)
    def api_copy(self, page: int, to: int, action: str, recursive: bool, live: bool) -> None:
        if not self.full:
            data = {"destination_id": self.page(to, home=True), "recursive": recursive, "slug": self.name()[1]}
            data |= {"keep_live": live} if action == "copy" else {}
            self.did(f"api {action}", self.editor.api("post", f"{self.page(page)}/actions/{action}/", **data))

    @rule(page=which, alias=flag, recursive=flag)
    def api_translate(self, page: int, alias: bool, recursive: bool) -> None:
        if not self.full:
            data = {"locale": "en", "copy_parents": True, "alias": alias, "recursive": recursive}
            page = self.page(page)
            self.did("api translate", self.editor.api("post", f"{page}/actions/copy_for_translation/", **data))

    # Time and commands

    @rule(minutes=st.sampled_from([1, 30, 60, 61, 300, 2000]))
    def wait(self, minutes: int) -> None:
        self.clock.shift(timedelta(minutes=minutes))

    @rule(
        command=st.sampled_from(
            ["publish_scheduled", "publish_scheduled", "fixtree", "repair", "rebuild", "worker", "setup_office"]
        )
    )
    def command(self, command: str) -> None:
        arguments = {
            "repair": ["publication", "repair"], "rebuild": ["publication", "rebuild"], "worker": ["worker", "--once"],
        }  # fmt: skip
        self.editor.command(*arguments.get(command, [command]))
        self.did(command, True)

    @rule(index=which, first=st.integers(1, 4), seed=which)
    def import_methods(self, index: int, first: int, seed: int) -> None:
        """Two methods out of a file: new ones, or others with the slugs of an earlier import."""
        index = self.some(MethodIndexPage, index)
        if index and not self.full:
            slugs = [f"import-{number}" for number in (first, first + 1)]
            entries = []
            for slug in slugs:
                title, _slug = self.name()
                combined = [slugs[0]] if seed % 2 and slug != slugs[0] else []
                lead, text = f"Lead {self.token()}", f"Words {self.token()}"
                values = {"title": title, "summary": lead, "description": [text], "group_size_min": 5 + seed % 10}
                entries.append(entry(slug, combines_with=combined, **values))
            self.did("import methods", self.editor.import_methods(index, entries))

    # What holds after every step

    @invariant()
    def exactly_that_is_public_which_should_be(self) -> None:
        assert not self.found, dict(self.found)
        sight = self.observer.look()
        state = {pk: repr(page) for pk, page in sight.visible.items()}
        changed = {pk for pk in state.keys() | self.before.keys() if state.get(pk) != self.before.get(pk)}
        ids = [page["id"] for page in sight["page"]]
        sample = self.random.sample(ids, min(2, len(ids)))
        problems = [*sight.violations, *self.visitor.document_problems(sight), *self.visitor.file_problems(sight)]
        problems += self.visitor.problems(sight, {*changed, *sample})
        drift = reconcile.check()
        problems += [f"drift: {line}" for line in (*drift.leaked, *drift.wrong, *drift.failed, drift.search) if line]
        assert not problems, "\n".join(problems)
        assert not self.found, dict(self.found)
        self.before = state
        self.clock.shift(timedelta(seconds=1))


@pytest.mark.filterwarnings("default")
def test_exactly_that_is_public_which_should_be_whatever_people_do(home: Page) -> None:
    run_state_machine_as_test(
        Publishing,
        settings=settings(
            max_examples=EXAMPLES,
            stateful_step_count=STEPS,
            derandomize="GATE_STEPS" not in os.environ,
            database=None,
            deadline=None,
            print_blob=False,
            suppress_health_check=list(HealthCheck),
            phases=[Phase.generate, Phase.shrink] if os.environ.get("GATE_SHRINK", "1") == "1" else [Phase.generate],
        ),
    )
    print(f"{sum(done.values())} changes: {dict(sorted(done.items()))}")
