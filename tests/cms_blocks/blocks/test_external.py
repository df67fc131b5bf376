"""Films and dialogues: who may fill a frame, and that nothing is asked of them before consent."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.core.exceptions import ValidationError

from cms_blocks.blocks import BodyBlock
from cms_blocks.blocks.providers import dialogue_frame, frame_sources, service_names, video_frame
from cms_blocks.publication.targets import Targets

BODY = BodyBlock()
PEERTUBE = {"video.example.org": "City of Example"}
DIALOGUES = {"mitreden.example.org": "Association Example"}


@pytest.fixture(autouse=True)
def allowed_hosts(settings: Any) -> None:
    settings.CMS_BLOCKS_PEERTUBE_HOSTS = PEERTUBE
    settings.CMS_BLOCKS_DIALOGUE_HOSTS = DIALOGUES


@pytest.mark.parametrize(
    ("address", "frame"),
    [
        ("https://www.youtube.com/watch?v=aqz-KE-bpKQ&t=3", "https://www.youtube-nocookie.com/embed/aqz-KE-bpKQ?rel=0"),
        ("https://youtu.be/aqz-KE-bpKQ", "https://www.youtube-nocookie.com/embed/aqz-KE-bpKQ?rel=0"),
        ("http://m.youtube.com/shorts/aqz-KE-bpKQ", "https://www.youtube-nocookie.com/embed/aqz-KE-bpKQ?rel=0"),
        ("https://www.youtube-nocookie.com/embed/aqz-KE-bpKQ", "https://www.youtube-nocookie.com/embed/aqz-KE-bpKQ?rel=0"),
        ("https://vimeo.com/123456789", "https://player.vimeo.com/video/123456789?dnt=1"),
        ("https://vimeo.com/123456789/0a1b2c3d4e", "https://player.vimeo.com/video/123456789?dnt=1&h=0a1b2c3d4e"),
        ("https://player.vimeo.com/video/123456789?h=0a1b2c3d4e", "https://player.vimeo.com/video/123456789?dnt=1&h=0a1b2c3d4e"),
        ("https://video.example.org/w/kkGMgK9ZtnKfYAgnEtQxbv", "https://video.example.org/videos/embed/kkGMgK9ZtnKfYAgnEtQxbv"),
    ],
)  # fmt: skip
def test_the_address_of_a_film_gives_the_frame_that_tells_least_about_visitors(address: str, frame: str) -> None:
    found = video_frame(address)
    assert found and found.url == frame
    assert any(found.url.startswith(source + "/") for source in frame_sources())
    assert found.recipient


@pytest.mark.parametrize(
    "address",
    [
        "https://www.youtube.com/@channel",
        "https://youtube.com.example.org/watch?v=aqz-KE-bpKQ",
        "https://www.youtube.com@example.org/watch?v=aqz-KE-bpKQ",
        'https://youtu.be/"><script>',
        "https://vimeo.com/about",
        "https://elsewhere.example.org/w/kkGMgK9ZtnKfYAgnEtQxbv",
        "javascript:alert(1)//youtu.be/aqz-KE-bpKQ",
        "https://[broken",
        "https://youtu.be:x/aqz-KE-bpKQ",
        "",
    ],
)
def test_other_addresses_fill_no_frame(address: str) -> None:
    assert video_frame(address) is None
    assert dialogue_frame(address) is None


def test_the_settings_say_which_further_hosts_may_fill_a_frame() -> None:
    assert service_names() == ["YouTube", "Vimeo", "video.example.org"]
    assert "https://mitreden.example.org" in frame_sources()
    assert dialogue_frame("https://mitreden.example.org/square") is not None
    assert dialogue_frame("http://mitreden.example.org/square") is None


def test_no_address_of_a_service_is_requested_before_consent(raw: Any, read: Any) -> None:
    html = BODY.render(read(("video", raw["video"]), ("dialogue", raw["dialogue"])))
    assert "<iframe" not in html
    requested = re.findall(r'(?:src|srcset|poster)="([^"]*)"', html)
    assert requested and all(address.startswith("/") for address in requested)
    assert 'data-embed="https://www.youtube-nocookie.com/embed/aqz-KE-bpKQ?rel=0"' in html


def test_without_javascript_there_is_a_plain_link_and_no_dead_button(raw: Any, read: Any) -> None:
    html = BODY.render(read(("video", raw["video"])))
    assert '<a class="text-link" href="https://www.youtube.com/watch?v=aqz-KE-bpKQ" rel="external noopener' in html
    assert re.search(r"<button[^>]* hidden ", html)


def test_visitors_read_who_will_receive_what(raw: Any, read: Any) -> None:
    assert "Google Ireland Limited" in BODY.render(read(("video", raw["video"])))
    assert "Association Example" in BODY.render(read(("dialogue", raw["dialogue"])))


def test_the_words_of_a_film_can_be_read_without_loading_it(raw: Any, read: Any) -> None:
    assert "<p>People walk.</p>" in BODY.render(read(("video", raw["video"])))


def test_a_dialogue_that_may_not_fill_a_frame_is_a_link(raw: Any, read: Any, settings: Any) -> None:
    settings.CMS_BLOCKS_DIALOGUE_HOSTS = {}
    html = BODY.render(read(("dialogue", raw["dialogue"])))
    assert 'href="https://mitreden.example.org/square"' in html
    assert "<button" not in html and "<script" not in html


def test_the_json_of_a_film_names_its_service_and_its_frame(raw: Any, read: Any, house: Any) -> None:
    (item,) = BODY.to_json(read(("video", raw["video"])), Targets())
    assert item["url"] == "https://www.youtube.com/watch?v=aqz-KE-bpKQ"
    assert item["embed_url"].startswith("https://www.youtube-nocookie.com/")
    assert (item["provider"], item["recipient"]) == ("YouTube", "Google Ireland Limited")
    assert item["preview"]["id"] == house.image.pk
    assert item["transcript"] == {"html": "<p>People walk.</p>", "text": "People walk."}


def test_an_address_that_is_no_film_is_refused_at_its_field(raw: Any, read: Any) -> None:
    with pytest.raises(ValidationError) as refused:
        BODY.clean(read(("video", {**raw["video"], "provider_url": "https://example.org/film"})))
    messages = refused.value.as_json_data()["blockErrors"][0]["blockErrors"]["provider_url"]["messages"]
    assert "YouTube, Vimeo, video.example.org" in messages[0]
