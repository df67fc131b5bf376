"""The worker makes pictures before the first reader asks."""

from __future__ import annotations

import io

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from PIL import Image as Picture

from cms_blocks.models import Delivery, Image, PublicDocument
from cms_blocks.publication import outbox
from tests.toolkit.factories import home
from website.models import StandardPage

pytestmark = pytest.mark.django_db(transaction=True)


def test_the_worker_makes_the_pictures_of_a_published_page_and_no_others(client: Client) -> None:
    out = io.BytesIO()
    Picture.new("RGB", (1600, 900), "navy").save(out, "PNG")
    image = Image(title="Ufer", alt_text="Ein Ufer", file=SimpleUploadedFile("ufer.png", out.getvalue()))
    image.save()
    value = {"image": image.pk, "decorative": False, "alt": "", "caption": "", "size": "text"}
    page = StandardPage(title="Ufer", slug="ufer", body=[("image", value)])
    parent = home()
    parent.add_child(instance=page)
    assert not image.renditions.exists()

    for delivery in outbox.claim():
        assert outbox.deliver(delivery), delivery.error

    made = set(image.renditions.values_list("filter_spec", flat=True))
    assert made
    assert not Delivery.objects.waiting().exists()
    document = PublicDocument.objects.get(record__object_id=page.pk, record__kind="page")
    assert all(spec.replace("|", ".").split(".")[0] in document.body for spec in made)
    before = image.renditions.count()
    page.refresh_from_db()
    page.lead = "Neu"
    page.save()
    for delivery in outbox.claim():
        assert outbox.deliver(delivery)
    assert image.renditions.count() == before
