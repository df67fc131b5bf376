"""One side of the benchmark: ``python -m bench.side ours|stock`` reads commands and answers seconds.

Its data lies in ``DATA_DIR``.
"""

from __future__ import annotations

import io
import json
import os
import sys
import time
from collections.abc import Callable
from typing import Any

from bench.running import ROOT

PARAGRAPH = (
    "<p>Wer an einer Straße wohnt, weiß, wo es eng ist. Wer ein Rathaus leitet, weiß, was es kostet. "
    "Beides gehört an <b>einen</b> Tisch, und zwar bevor der Plan fertig ist. "
    '<a linktype="page" id="{link}">Mehr dazu</a>.</p>'
)
SETTINGS = {"ours": "bench.ours_settings", "stock": "bench.stock.settings"}


def set_up(name: str, settings: str) -> None:
    """Settings and migrations."""
    import django

    if name == "ours":
        sys.path.insert(0, str(ROOT / "site"))
    os.environ["DJANGO_SETTINGS_MODULE"] = settings
    os.environ.setdefault("SECRET_KEY", "bench-" * 10)
    django.setup()
    from django.core.management import call_command

    call_command("migrate", verbosity=0)


class Bench:
    """The measured operations. Page types, block names and the tree are the same on both sides."""

    #: Sections in the menu, and pages in each.
    menu, children = 5, 12

    def __init__(self, name: str) -> None:
        from django.contrib.auth import get_user_model
        from django.contrib.auth.models import Group
        from django.core.management import call_command
        from django.core.wsgi import get_wsgi_application
        from django.test import Client
        from wagtail.models import Page, Site

        if name == "ours":
            from website.models import HomePage as Home
            from website.models import StandardPage as Standard
        else:
            from bench.stock.models import HomePage as Home
            from bench.stock.models import StandardPage as Standard
        self.name = name
        self.standard = Standard
        root = Page.objects.get(depth=1)
        for page in root.get_children():
            page.delete()
        root = Page.objects.get(depth=1)
        self.home = root.add_child(instance=Home(title="Start", slug="start"))
        Site.objects.all().delete()
        Site.objects.create(hostname="localhost", root_page=self.home, is_default_site=True)
        self.pages: list[Any] = []
        for section in range(self.menu):
            top = self.home.add_child(instance=self._page(f"Bereich {section}", self.home.pk, show_in_menus=True))
            self.pages += [
                top.add_child(instance=self._page(f"Seite {section}-{n}", top.pk)) for n in range(self.children)
            ]
        for page in self.pages:
            page.save_revision().publish()
        # On both sides an editor who may publish, with the rights of a group.
        user = get_user_model().objects.create_user("bench", "bench@example.org", "bench")
        group = "Moderators"
        if name == "ours":  # with the table of rights in force
            from governance.halves import group_name
            from governance.policies import ADMINISTRATION_EDITORS

            call_command("setup_office", verbosity=0, stdout=io.StringIO())
            group = group_name(ADMINISTRATION_EDITORS)
        user.groups.set([Group.objects.get(name=group)])
        self.client = Client()
        self.client.force_login(user)
        self.application = get_wsgi_application()
        self.turn = 0

    def _page(self, title: str, link: int, **fields: Any) -> Any:
        stored = [{"type": kind, "value": value} for kind, value in self._body(link)]
        return self.standard(
            title=title,
            slug=title.lower().replace(" ", "-"),
            lead=title,
            body=json.dumps(stored),
            half="administration",
            **fields,
        )

    def _body(self, link: int) -> list[tuple[str, Any]]:
        """Seven blocks, with links to a page."""
        text = PARAGRAPH.format(link=link)
        return [
            ("heading", {"text": "Was geplant ist", "level": "2"}),
            ("paragraph", text * 3),
            ("quote", {"text": "Früh fragen spart spät streiten.", "name": "Eine Rolle", "source": ""}),
            ("paragraph", text * 2),
            ("heading", {"text": "Wie es weitergeht", "level": "2"}),
            ("paragraph", text * 3),
            ("paragraph", text),
        ]

    def _get(self, path: str, **headers: str) -> tuple[str, dict[str, str]]:
        from django.test import RequestFactory

        environ = RequestFactory().get(path, headers=headers).environ
        answer: list[Any] = []
        body = self.application(environ, lambda status, fields: answer.extend((status, dict(fields))))
        b"".join(body)
        body.close()
        return answer[0], answer[1]

    def _paths(self, number: int) -> list[str]:
        self.turn += number
        return [self.pages[(self.turn + n) % len(self.pages)].url for n in range(number)]

    def warm(self, number: int) -> float:
        paths = self._paths(20)
        for path in paths:
            self._get(path)
        return self._timed(number, lambda n: self._expect("200", self._get(paths[n % len(paths)])))

    def not_modified(self, number: int) -> float:
        paths = self._paths(20)
        tags = {path: self._get(path)[1].get("ETag", "") for path in paths}
        wanted = "304" if all(tags.values()) else "200"

        def ask(n: int) -> None:
            path = paths[n % len(paths)]
            headers = {"if-none-match": tags[path]} if tags[path] else {}
            self._expect(wanted, self._get(path, **headers))

        return self._timed(number, ask)

    def cold(self, number: int) -> float:
        from django.core.cache import cache

        paths = self._paths(number)

        def ask(n: int) -> None:
            cache.clear()
            self._expect("200", self._get(paths[n]))

        return self._timed(number, ask)

    def publish(self, number: int) -> float:
        from django.urls import reverse
        from wagtail.test.utils.form_data import nested_form_data, streamfield

        pages = [self.pages[(self.turn + n) % len(self.pages)] for n in range(number)]
        self.turn += number

        def post(n: int) -> None:
            page = pages[n]
            data = nested_form_data(
                {
                    "title": page.title,
                    "slug": page.slug,
                    "lead": f"Fassung {self.turn}-{n}",
                    "half": "administration",
                    "body": streamfield(
                        [
                            ("paragraph", json.dumps({"blocks": [_draft(f"Absatz {k}")], "entityMap": {}}))
                            for k in range(7)
                        ]
                    ),
                    "action-publish": "yes",
                    "comments": {"TOTAL_FORMS": 0, "INITIAL_FORMS": 0, "MIN_NUM_FORMS": 0, "MAX_NUM_FORMS": 1000},
                }
            )
            response = self.client.post(reverse("wagtailadmin_pages:edit", args=[page.pk]), data)
            if response.status_code != 302:
                raise AssertionError(f"publishing answered {response.status_code}")

        return self._timed(number, post)

    def publish_call(self, number: int) -> float:
        from contextlib import nullcontext

        unit: Callable[[], Any] = nullcontext
        if hasattr(self.standard, "topic"):
            from cms_blocks.publication.unit import unit
        pages = [self.standard.objects.get(pk=self.pages[n % len(self.pages)].pk) for n in range(number)]

        def publish(n: int) -> None:
            page = pages[n]
            page.lead = f"Fassung {time.monotonic_ns()}"
            with unit():
                page.save_revision().publish()

        return self._timed(number, publish)

    def fill(self, number: int) -> float:
        """Add pages up to ``number`` records (ours only)."""
        started = time.perf_counter()
        have = self.standard.objects.count()
        top = self.home.add_child(instance=self._page("Archiv", self.home.pk))
        from cms_blocks.publication.unit import unit

        with unit():
            for n in range(number - have):
                top.add_child(instance=self._page(f"Archivseite {n}", top.pk))
        return time.perf_counter() - started

    def rebuild(self, number: int) -> float:
        from cms_blocks.publication import reconcile

        return self._timed(number, lambda n: reconcile.rebuild())

    @staticmethod
    def _expect(status: str, answer: tuple[str, dict[str, str]]) -> None:
        if not answer[0].startswith(status):
            raise AssertionError(f"answered {answer[0]} instead of {status}")

    @staticmethod
    def _timed(number: int, work: Callable[[int], Any]) -> float:
        started = time.perf_counter()
        for n in range(number):
            work(n)
        return time.perf_counter() - started


def _draft(text: str) -> dict[str, Any]:
    return {"key": "a", "type": "unstyled", "depth": 0, "text": text, "inlineStyleRanges": [], "entityRanges": []}


def answer(bench: Callable[[], Bench]) -> None:
    """Make the bench, then do what the lines of standard input say. Standard output is for answers alone."""
    out, sys.stdout = sys.stdout, sys.stderr
    ready = bench()
    print(json.dumps(0.0), file=out, flush=True)
    for line in sys.stdin:
        command, number = line.split()
        print(json.dumps(getattr(ready, command)(int(number))), file=out, flush=True)


def main() -> None:
    def bench() -> Bench:
        set_up(name, SETTINGS[name])
        return Bench(name)

    name = sys.argv[1]
    answer(bench)


if __name__ == "__main__":
    main()
