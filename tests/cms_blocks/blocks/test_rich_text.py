"""Rich text shows public links and plain, safe HTML, wherever it came from."""

from __future__ import annotations

from typing import Any

import pytest
from django.urls import reverse
from hypothesis import given, settings
from hypothesis import strategies as st
from wagtail.rich_text import expand_db_html, features

from cms_blocks import rich_text
from cms_blocks.models import Document
from cms_blocks.publication.targets import Targets, rendering


def link(sort: str, pk: Any, words: str) -> str:
    return f'<a linktype="{sort}" id="{pk}">{words}</a>'


def test_a_link_to_a_public_page_gets_its_address(house: Any) -> None:
    html = rich_text.to_html(f"<p>{link('page', house.page.pk, 'Join in')}</p>")
    assert html == '<p><a href="/ways-to-join-in/">Join in</a></p>'


def test_a_link_to_something_that_is_not_public_keeps_its_words_only(house: Any) -> None:
    source = "<p>" + ", ".join(
        (
            link("page", house.draft.pk, "<b>draft</b>"),
            link("page", 99999, "gone"),
            link("document", house.secret_document.pk, "private file"),
            link("unknown", 1, "strange"),
            '<a linktype="page">broken</a>',
            '<a href="javascript:alert(1)">script</a>',
        )
    )
    html = rich_text.to_html(source + "</p>")
    assert html == "<p><strong>draft</strong>, gone, private file, strange, broken, script</p>"


def test_a_public_document_is_linked(house: Any) -> None:
    html = rich_text.to_html(link("document", house.document.pk, "Checklist"))
    ask = f'<a rel="help" href="{reverse("ask_accessible")}?document={house.document.pk}">'
    assert html == f'<a href="{house.document.url}">Checklist</a> {ask}(barrierefreie Fassung anfragen)</a>'
    assert rich_text.to_text(html) == "Checklist", "what we add is no word of the page"
    Document.objects.update(accessible="yes")
    html = rich_text.to_html(link("document", house.document.pk, "Checklist"))
    assert html == f'<a href="{house.document.url}">Checklist</a>'


def test_links_that_leave_the_site_say_so_and_get_no_handle_on_our_window() -> None:
    html = rich_text.to_html(
        '<p><a href="https://example.org/?a=1&amp;b=2">out</a> <a href="http://localhost/x/">in</a> '
        '<a href="mailto:a@example.org">mail</a> <a href="tel:+49301">phone</a> <a href="#part">part</a></p>'
    )
    assert html == (
        '<p><a href="https://example.org/?a=1&amp;b=2" rel="external noopener noreferrer">out</a> '
        '<a href="http://localhost/x/">in</a> <a href="mailto:a@example.org">mail</a> <a href="tel:+49301">phone</a> '
        '<a href="#part">part</a></p>'
    )


def test_what_is_not_plain_text_is_thrown_away() -> None:
    html = rich_text.to_html(
        '<p data-block-key="x" style="color:red" onclick="x()">a<script>alert(1)</script><img src="x" onerror="y">'
        '<embed embedtype="image" id="1" alt="z" format="left"/><i>b</i></p><iframe src="https://e.org"></iframe>'
    )
    assert html == "<p>a<em>b</em></p>"


def test_all_links_of_a_text_cost_one_query_for_each_sort(house: Any, django_assert_num_queries: Any) -> None:
    def text_with(count: int) -> str:
        return "".join(
            link("page", house.page.pk + n, "p") + link("document", house.document.pk + n, "d") for n in range(count)
        )

    for count, queries in ((1, 4), (10, 6)):
        # Pages, documents, private collections (2); two more where pages are missing: have they translations?
        with django_assert_num_queries(queries):
            rich_text.to_html(text_with(count), Targets())


def test_every_link_is_remembered_also_one_that_leads_nowhere_yet(house: Any) -> None:
    targets = Targets()
    rich_text.to_html(link("page", house.page.pk, "a") + link("page", house.draft.pk, "b"), targets)
    assert targets.references == {("page", house.page.pk), ("page", house.draft.pk)}


def test_the_words_of_a_text_come_line_by_line() -> None:
    source = "<h3>One</h3><p>two &amp; <b>three</b><br/>four</p><ul><li>five</li><li> six </li></ul>"
    assert rich_text.to_text(source) == "One\ntwo & three\nfour\nfive\nsix"
    for nothing in (None, "", 7):
        assert rich_text.to_text(nothing) == rich_text.to_html(nothing) == ""


def test_the_json_of_a_text_is_its_html_and_its_words(house: Any) -> None:
    shown = rich_text.to_rich_html(f"<p>{link('page', house.draft.pk, 'soon')}</p>")
    assert shown.as_json() == {"html": "<p>soon</p>", "text": "soon"}
    nothing = rich_text.to_rich_html('<p data-block-key="x"> <br/></p>')
    assert not nothing and nothing.as_json() == {"html": "", "text": ""}


def test_wagtails_own_rendering_reveals_no_draft_either(house: Any) -> None:
    source = link("page", house.draft.pk, "soon") + link("page", house.page.pk, "now")
    assert features.get_link_types()["page"] is rich_text.PageLinkHandler
    assert features.get_link_types()["document"] is rich_text.DocumentLinkHandler
    with rendering():
        assert expand_db_html(source) == '<a>soon</a><a href="/ways-to-join-in/">now</a>'


def test_the_register_of_uses_knows_links_and_leaves_out_broken_ones(house: Any) -> None:
    found = rich_text.PageLinkHandler.extract_references({"id": str(house.page.pk)})
    assert [(model.__name__, pk) for model, pk, _, _ in found] == [("Page", str(house.page.pk))]
    for broken in ({}, {"id": "x"}, {"id": "0"}, {"id": "9" * 30}):
        assert list(rich_text.PageLinkHandler.extract_references(broken)) == []


@pytest.mark.django_db
@settings(max_examples=200, deadline=None)
@given(st.text(alphabet='<>a/ "=hrefiltypgd0p1&;#b', max_size=60))
def test_any_string_gives_html_that_is_safe_and_stays_the_same(source: str) -> None:
    html = rich_text.to_html(source)
    assert rich_text.to_html(html) == html
    assert "linktype" not in html.split("href")[0] or "&" in html or "<" not in html
