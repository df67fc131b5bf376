"""Who gets a file, and how: the public what a public page shows, editors what they work with, nobody anything else."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from django.contrib.auth.models import Group, User
from django.test import Client
from django.urls import reverse
from wagtail.models import Collection, CollectionViewRestriction

from cms_blocks.media.addresses import image_address, signature
from cms_blocks.media.profiles import PROFILES, STAFF_SPECS, spec_in_address
from cms_blocks.media.responsive import picture_data
from cms_blocks.models import Document, Image
from tests.cms_blocks.media.samples import docx, jpeg, pdf, svg, xlsx

pytestmark = pytest.mark.django_db


def all_addresses(item: Image | Document) -> list[str]:
    """Every address under which a file could be reached."""
    if isinstance(item, Document):
        return [item.url]
    specs = {spec for profile in PROFILES.values() for spec in profile.specs()} | STAFF_SPECS
    return [image_address(item, spec) for spec in sorted(specs)]


def nobody_gets(client: Client, item: Image | Document, every: int = 6) -> None:
    """Nobody gets the file; ``every`` leaves out addresses where another test has asked for all of them."""
    addresses = all_addresses(item)
    for address in addresses[::every]:
        response = client.get(address)
        assert response.status_code == 404, address
        assert not response.cookies
        assert "public" not in response.headers.get("Cache-Control", "")
    assert client.head(addresses[0]).status_code == 404


def address(image: Image, spec: str = "width-480") -> str:
    return image_address(image, spec)


# Who


def test_a_picture_that_a_public_page_shows_is_for_everybody(client, make_image, show):
    image = make_image()
    show(image)
    for spec in sorted(PROFILES["thumb"].specs()):
        response = client.get(address(image, spec))
        assert response.status_code == 200
        assert response.headers["Content-Type"] == f"image/{spec.partition('format-')[2] or 'jpeg'}"


def test_every_address_that_a_page_names_is_answered(client, make_image, show):
    image = make_image()
    page = show(image)
    html = client.get(page.get_url()).content.decode()
    named = set(re.findall(r"/images/\d+/[\w-]+/[\w.-]+/[\w.-]+", html))
    assert picture_data(image, "text")["src"] in named
    assert len(named) >= 6
    for one in named:
        assert client.get(one).status_code == 200


def test_a_document_that_a_public_page_shows_is_for_everybody(client, make_document, show):
    document = make_document()
    show(document)
    response = client.get(document.url)
    assert response.status_code == 200
    assert response.content == pdf()


def test_what_no_public_page_shows_is_for_nobody(client, make_image, make_document):
    nobody_gets(client, make_image())
    nobody_gets(client, make_document())


def test_a_page_that_leaves_the_public_takes_its_files_with_it(client, make_image, make_document, show):
    image, document = make_image(), make_document()
    page = show(image, document)
    assert client.get(address(image)).status_code == 200
    page.unpublish()
    nobody_gets(client, image)
    nobody_gets(client, document)


@pytest.mark.parametrize("kind", ["login", "groups", "password"])
def test_a_private_collection_is_private_in_every_form_of_its_files(
    client, make_image, make_document, show, shelf, kind
):
    image, document = make_image(), make_document()
    show(image, document)
    assert client.get(address(image)).status_code == client.get(document.url).status_code == 200
    CollectionViewRestriction.objects.create(collection=shelf, restriction_type=kind, password="offen")
    nobody_gets(client, image, every=1)
    nobody_gets(client, document)


def test_what_lies_deep_inside_a_private_collection_is_private(
    client, make_image, make_document, show, shelf, restrict
):
    inner = shelf.add_child(name="Inner").add_child(name="Innermost")
    image, document = make_image(collection=inner), make_document(collection=inner)
    show(image, document)
    assert client.get(address(image)).status_code == 200
    restriction = restrict(shelf)
    nobody_gets(client, image)
    nobody_gets(client, document)
    restriction.delete()
    assert client.get(address(image)).status_code == 200


def test_a_collection_that_moves_into_a_private_one_becomes_private(client, make_image, show, shelf, restrict):
    closed = Collection.get_first_root_node().add_child(name="Closed")
    restrict(closed)
    image = make_image()
    show(image)
    assert client.get(address(image)).status_code == 200
    shelf.refresh_from_db()
    shelf.move(Collection.objects.get(pk=closed.pk), "sorted-child")
    nobody_gets(client, image)


@pytest.mark.parametrize("app", ["wagtailimages", "wagtaildocs"])
def test_what_is_moved_into_a_private_collection_by_a_bulk_action_is_private_at_once(
    client, admin_client, make_image, make_document, show, shelf, restrict, app
):
    closed = Collection.get_first_root_node().add_child(name="Closed")
    restrict(closed)
    item = make_image() if app == "wagtailimages" else make_document()
    page = show(item)
    shown_at = all_addresses(item)[0] if app == "wagtaildocs" else address(item)
    assert client.get(shown_at).status_code == 200
    action = reverse("wagtail_bulk_action", args=["cms_blocks", item._meta.model_name, "add_to_collection"])
    response = admin_client.post(f"{action}?id={item.pk}", {"collection": closed.pk})
    assert response.status_code == 302
    assert type(item).objects.get(pk=item.pk).collection == closed
    nobody_gets(client, item)
    assert shown_at not in client.get(page.get_url()).content.decode()


def test_editors_see_what_they_work_with_before_it_is_public(client, editor, make_image, make_document):
    image, document = make_image(), make_document()
    client.force_login(editor)
    for one in (address(image), address(image, "max-165x165"), address(image, "original"), document.url):
        response = client.get(one)
        assert response.status_code == 200
        assert response.headers["Cache-Control"] == "private, no-store"


@pytest.mark.parametrize("permission", ["choose", "change", "add"])
def test_one_right_on_the_collection_is_enough(
    client, make_user, make_image, make_document, shelf, permission, restrict
):
    restrict(shelf)
    somebody = make_user("somebody", f"{permission}_image", f"{permission}_document", collection=shelf)
    image = make_image(uploaded_by_user=somebody)
    document = make_document(uploaded_by_user=somebody)
    client.force_login(somebody)
    assert client.get(address(image)).status_code == 200
    assert client.get(document.url).status_code == 200


def test_rights_on_another_collection_are_not(client, make_user, make_image, make_document, shelf):
    other = Collection.get_first_root_node().add_child(name="Other")
    somebody = make_user("somebody", "choose_image", "change_image", "choose_document", collection=other)
    client.force_login(somebody)
    for item in (make_image(), make_document()):
        for one in all_addresses(item)[::6]:
            assert client.get(one).status_code == 404


def test_people_without_access_to_the_admin_get_nothing_more_than_the_public(
    client, make_user, make_image, make_document
):
    somebody = make_user("somebody", "choose_image", "change_image", "choose_document", admin=False)
    client.force_login(somebody)
    for item in (make_image(), make_document()):
        assert client.get(all_addresses(item)[0]).status_code == 404


def test_somebody_who_has_left_gets_nothing(client, editor, make_image):
    client.force_login(editor)
    User.objects.filter(pk=editor.pk).update(is_active=False)
    assert client.get(address(make_image())).status_code == 404


def test_a_made_up_session_gets_nothing(client, make_image):
    client.cookies["sessionid"] = "made-up"
    response = client.get(address(make_image()))
    assert response.status_code == 404


def test_the_forms_that_only_the_admin_uses_are_for_editors_only(client, make_image, show, editor):
    image = make_image()
    show(image)
    for spec in STAFF_SPECS:
        assert client.get(address(image, spec)).status_code == 404
    client.force_login(editor)
    for spec in STAFF_SPECS:
        assert client.get(address(image, spec)).status_code == 200


# Addresses


def test_a_changed_signature_or_name_is_not_found(client, make_image, show):
    image = make_image()
    show(image)
    good = signature(image, "width-480")
    assert client.get(f"/images/{image.pk}/{good}/width-480/marktplatz.jpg").status_code == 200
    other = make_image()
    show(other)
    for bad in (
        f"/images/{image.pk}/{'A' if good[0] != 'A' else 'B'}{good[1:]}/width-480/marktplatz.jpg",
        f"/images/{image.pk}/{good.upper()}/width-480/marktplatz.jpg",
        f"/images/{image.pk}/x/width-480/marktplatz.jpg",
        f"/images/{image.pk}/{good}/width-720/marktplatz.jpg",
        f"/images/{other.pk}/{good}/width-480/marktplatz.jpg",
        f"/images/{image.pk}/{good}/width-480/marktplatz.png",
        f"/images/{image.pk}/{good}/width-480/other.jpg",
        f"/images/999999/{good}/width-480/marktplatz.jpg",
        f"/images/{10**40}/{good}/width-480/marktplatz.jpg",
        f"/images/{image.pk}/ü/width-480/marktplatz.jpg",
    ):
        assert client.get(bad).status_code == 404, bad


@pytest.mark.parametrize(
    "spec", ["width-481", "fill-1x1", "original", "scale-1000", "width-480|jpegquality-1", "nonsense"]
)
def test_a_form_that_is_not_on_the_list_is_not_found_even_with_a_signature(client, make_image, show, spec):
    image = make_image()
    show(image)
    from cms_blocks.media import addresses

    if spec == "nonsense":
        one = f"/images/{image.pk}/{'A' * 22}/{spec}/marktplatz.jpg"
    else:
        one = f"/images/{image.pk}/{addresses.signature(image, spec)}/{spec_in_address(spec)}/marktplatz.jpg"
    assert client.get(one).status_code == 404
    assert not image.renditions.filter(filter_spec=spec).exists()


def test_a_drawing_is_served_as_it_was_cleaned_and_in_no_other_format(client, make_image, show, editor):
    image = make_image(svg(), name="logo.svg")
    show(image)
    response = client.get(image.file.url)
    assert response.status_code == 200
    assert response.headers["Content-Type"] == "image/svg+xml"
    assert response.content.startswith(b"<svg")
    client.force_login(editor)
    assert client.get(address(image, "width-480|format-webp")).status_code == 404
    assert client.get(address(image, "max-165x165")).status_code == 200


def test_an_address_with_the_name_of_an_earlier_file_leads_to_the_present_one(client, make_document, show):
    document = make_document()
    show(document)
    response = client.get(f"/documents/{document.pk}/plan-2023.pdf")
    assert (response.status_code, response.headers["Location"]) == (302, document.url)
    hidden = make_document()
    assert client.get(f"/documents/{hidden.pk}/plan-2023.pdf").status_code == 404


@pytest.mark.parametrize("one", ["/documents/999999/a.pdf", f"/documents/{10**40}/a.pdf"])
def test_a_document_that_does_not_exist_is_not_found(client, db, one):
    assert client.get(one).status_code == 404


def test_files_are_for_reading_only(client, make_image, make_document, show):
    image, document = make_image(), make_document()
    show(image, document)
    for one in (address(image), document.url):
        assert client.post(one).status_code == 405
        assert client.delete(one).status_code == 405


# How


@pytest.mark.parametrize("kind", ["image", "document"])
def test_the_public_gets_no_cookie_and_nothing_that_depends_on_one(
    client, make_image, make_document, show, kind, editor
):
    item = make_image() if kind == "image" else make_document()
    show(item)
    one = address(item) if kind == "image" else item.url
    # Under the address of a document another file may come: caches ask each time.
    cached = r"public, max-age=\d{1,3}, s-maxage=([0-5]?\d|60)" if kind == "image" else "public, no-cache"
    response = client.get(one)
    assert re.fullmatch(cached, response.headers["Cache-Control"])
    assert not response.cookies
    assert "Cookie" not in response.headers.get("Vary", "")
    client.force_login(editor)
    response = client.get(one)
    assert re.fullmatch(cached, response.headers["Cache-Control"])
    assert "Cookie" not in response.headers.get("Vary", "")


@pytest.mark.parametrize("kind", ["image", "document"])
def test_what_is_sent_can_run_nothing(client, make_image, make_document, show, kind):
    item = make_image() if kind == "image" else make_document(docx(), name="brief.docx")
    show(item)
    response = client.get(address(item) if kind == "image" else item.url)
    assert response.headers["Content-Security-Policy"] == "default-src 'none'; style-src 'unsafe-inline'; sandbox"
    assert response.headers["X-Content-Type-Options"] == "nosniff"


def test_pictures_and_pdfs_open_in_the_browser_and_the_rest_is_saved(client, make_image, make_document, show):
    picture, plan = make_image(), make_document()
    others = [
        make_document(docx(), name="brief.docx"),
        make_document(xlsx(), name="tabelle.xlsx"),
        make_document(b"a;b", name="daten.csv"),
        make_document(b"<script>alert(1)</script>", name="text.txt"),
    ]
    show(picture, plan, *others)
    assert client.get(address(picture)).headers["Content-Disposition"] == 'inline; filename="marktplatz.jpg"'
    response = client.get(plan.url)
    assert response.headers["Content-Disposition"] == 'inline; filename="plan-fuer-den-markt.pdf"'
    assert response.headers["Content-Security-Policy"] == "default-src 'none'; style-src 'unsafe-inline'"
    for document in others:
        response = client.get(document.url)
        assert response.headers["Content-Disposition"] == f'attachment; filename="{document.filename}"'
        assert "html" not in response.headers["Content-Type"]


@pytest.mark.parametrize("kind", ["image", "document"])
def test_an_unchanged_file_is_not_sent_again(client, make_image, make_document, show, kind):
    item = make_image() if kind == "image" else make_document()
    page = show(item)
    one = address(item) if kind == "image" else item.url
    tag = client.get(one).headers["ETag"]
    response = client.get(one, headers={"If-None-Match": tag})
    assert response.status_code == 304
    assert response.headers["Cache-Control"].startswith("public")
    assert client.get(one, headers={"If-None-Match": '"other"'}).status_code == 200
    page.unpublish()
    assert client.get(one, headers={"If-None-Match": tag}).status_code == 404


@pytest.mark.parametrize("kind", ["image", "document"])
def test_head_answers_like_get_without_the_file(client, make_image, make_document, show, kind):
    item = make_image() if kind == "image" else make_document()
    show(item)
    one = address(item) if kind == "image" else item.url
    full, head = client.get(one), client.head(one)
    assert head.content == b""
    assert head.status_code == 200
    for header in ("Content-Length", "Content-Type", "ETag", "Cache-Control", "Content-Disposition", "Accept-Ranges"):
        assert head.headers[header] == full.headers[header]
    assert int(full.headers["Content-Length"]) == len(full.content)


@pytest.mark.parametrize(
    ("asked", "start", "end"),
    [("0-9", 0, 10), ("5-", 5, None), ("-7", -7, None), ("0-999999", 0, None), ("3-3", 3, 4), ("-999999", 0, None)],
)
def test_a_part_of_a_document_can_be_asked_for(client, make_document, show, asked, start, end):
    document = make_document()
    show(document)
    data = pdf()
    expected = data[start:end]
    response = client.get(document.url, headers={"Range": f"bytes={asked}"})
    assert response.status_code == 206
    assert response.content == expected
    assert response.headers["Content-Length"] == str(len(expected))
    first = data.index(expected) if len(expected) > 1 else start
    assert response.headers["Content-Range"] == f"bytes {first}-{first + len(expected) - 1}/{len(data)}"
    head = client.head(document.url, headers={"Range": f"bytes={asked}"})
    assert (head.status_code, head.headers["Content-Length"]) == (206, str(len(expected)))


def test_a_part_beyond_the_end_cannot_be_sent(client, make_document, show):
    document = make_document()
    show(document)
    for asked in ("999999-", "-0"):
        response = client.get(document.url, headers={"Range": f"bytes={asked}"})
        assert response.status_code == 416
        assert response.headers["Content-Range"] == f"bytes */{len(pdf())}"


@pytest.mark.parametrize("asked", ["bytes=0-1,3-4", "bytes=-", "bytes=5-2", "lines=1-2", "nonsense", "bytes=a-b"])
def test_other_wishes_for_parts_are_answered_with_the_whole(client, make_document, show, asked):
    document = make_document()
    show(document)
    response = client.get(document.url, headers={"Range": asked})
    assert response.status_code == 200
    assert response.content == pdf()


def test_a_part_of_a_file_that_has_changed_meanwhile_is_not_mixed_with_it(client, make_document, show):
    document = make_document()
    show(document)
    tag = client.get(document.url).headers["ETag"]
    part = {"Range": "bytes=0-9"}
    assert client.get(document.url, headers={**part, "If-Range": tag}).status_code == 206
    assert client.get(document.url, headers={**part, "If-Range": '"other"'}).status_code == 200


def test_a_lost_file_is_said_to_be_lost(client, make_image, make_document, show):
    image, document = make_image(), make_document()
    show(image, document)
    for item, one in ((image, address(image)), (document, document.url)):
        Path(item.file.path).unlink()
        response = client.get(one)
        assert response.status_code == 410
        assert response.headers["Content-Type"].startswith("text/plain")
        assert len(response.content.decode()) > 20
        assert response.headers["Cache-Control"] == "private, no-store"


def test_an_answer_costs_few_queries_and_no_more_the_second_time(
    client, make_image, show, django_assert_max_num_queries
):
    image = make_image()
    show(image)
    client.get(address(image))
    with django_assert_max_num_queries(6):
        assert client.get(address(image)).status_code == 200


def test_wagtail_tells_others_that_a_document_was_served(client, make_document, show):
    from wagtail.documents.models import document_served

    document = make_document()
    show(document)
    served = []

    def remember(sender, instance, request, **kwargs):
        served.append(instance)

    document_served.connect(remember)
    try:
        client.get(document.url)
    finally:
        document_served.disconnect(remember)
    assert served == [document]


def test_a_group_that_may_see_a_restricted_collection_still_needs_the_admin(client, make_image, show, shelf):
    """Restricted means: not for the public. Files have no reader's login of their own."""
    group = Group.objects.create(name="Insiders")
    restriction = CollectionViewRestriction.objects.create(collection=shelf, restriction_type="groups")
    restriction.groups.add(group)
    insider = User.objects.create_user("insider", password="a long password")
    insider.groups.add(group)
    image = make_image(jpeg())
    show(image)
    client.force_login(insider)
    assert client.get(address(image)).status_code == 404


def test_a_large_document_is_streamed_whole_and_in_parts(client, make_document, show):
    data = b"".join(b"%07d;\n" % number for number in range(120_000))
    document = make_document(data, name="daten.csv")
    show(document)
    response = client.get(document.url)
    assert response.streaming
    assert b"".join(response.streaming_content) == data
    assert response.headers["Content-Disposition"] == 'attachment; filename="daten.csv"'
    part = client.get(document.url, headers={"Range": "bytes=100000-"})
    assert part.status_code == 206
    assert b"".join(part.streaming_content) == data[100_000:]
    assert part.headers["Content-Length"] == str(len(data) - 100_000)
