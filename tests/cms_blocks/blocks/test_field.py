"""The StreamField keeps blocks out of migrations, and migrations keep their hands off the content."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.db import connection, migrations, models
from django.db.migrations.autodetector import MigrationAutodetector
from django.db.migrations.state import ModelState, ProjectState
from wagtail.blocks import CharBlock, StreamBlock, StreamValue

from cms_blocks.blocks import BodyBlock
from cms_blocks.blocks.field import StreamField

STORED = [
    {"type": "heading", "value": {"text": "What is open", "level": "2"}, "id": "a"},
    {"type": "block_of_the_past", "value": 7, "id": "b"},
]


def state_with(field: StreamField) -> ProjectState:
    state = ProjectState()
    state.add_model(ModelState("notes", "Note", [("id", models.BigAutoField(primary_key=True)), ("body", field)]))
    return state


@pytest.mark.parametrize(
    "field",
    [
        StreamField([("title", CharBlock(label="Another label"))], blank=True),
        StreamField(StreamBlock([("a", CharBlock()), ("b", CharBlock())]), blank=True),
        StreamField(
            BodyBlock, blank=True, min_num=1, max_num=3, block_counts={"heading": {"max_num": 1}}, collapsed=True
        ),
    ],
)
def test_changing_blocks_makes_no_migration(field: StreamField) -> None:
    before, after = state_with(StreamField(BodyBlock(), blank=True)), state_with(field)
    assert MigrationAutodetector(before, after)._detect_changes() == {}


def test_changing_the_column_makes_a_migration() -> None:
    before, after = state_with(StreamField(BodyBlock())), state_with(StreamField(BodyBlock(), blank=True, null=True))
    assert list(MigrationAutodetector(before, after)._detect_changes()) == ["notes"]


def test_a_migration_file_names_no_block() -> None:
    from django.db.migrations.writer import MigrationWriter

    written, _imports = MigrationWriter.serialize(StreamField(BodyBlock(), blank=True, max_num=4))
    assert written == "cms_blocks.blocks.field.StreamField(blank=True)"


def test_limits_reach_the_blocks_without_reaching_the_migration() -> None:
    field = StreamField(BodyBlock(), max_num=2, block_counts={"heading": {"max_num": 1}})
    assert (field.stream_block.meta.max_num, field.stream_block.meta.block_counts) == (2, {"heading": {"max_num": 1}})
    assert field.clone().holds_raw_json


@pytest.mark.django_db(transaction=True)
def test_a_data_migration_reads_and_writes_the_stored_json_and_loses_nothing() -> None:
    """Wagtail's own field, without its blocks, reads an empty stream, and saving the row would empty it."""
    from website.models import StandardPage

    historical = ProjectState.from_apps(StandardPage._meta.apps).apps.get_model("website", "StandardPage")
    field = historical._meta.get_field("body")
    assert field.holds_raw_json
    row = historical(body=json.dumps(STORED))
    assert row.body == STORED
    row.body[0]["value"]["text"] = "Changed"
    prepared = json.loads(field.get_db_prep_save(row.body, connection))
    assert (prepared[0]["value"]["text"], prepared[1]) == ("Changed", STORED[1])
    assert json.loads(field.value_to_string(row)) == row.body
    assert historical().body == []


@pytest.mark.django_db(transaction=True)
def test_a_historical_model_round_trips_through_the_database() -> None:
    """A table made, filled, changed and read by the operations a migration consists of."""
    create = migrations.CreateModel(
        "Note", [("id", models.BigAutoField(primary_key=True)), ("title", models.TextField(default=""))]
    )
    add = migrations.AddField("Note", "body", StreamField(BodyBlock(), blank=True))
    states = [ProjectState()]
    for operation in (create, add):
        states.append(states[-1].clone())
        operation.state_forwards("notes", states[-1])
    with connection.schema_editor() as editor:
        create.database_forwards("notes", editor, states[0], states[1])
    states[1].apps.get_model("notes", "Note").objects.create(title="older than the column")
    with connection.schema_editor() as editor:
        add.database_forwards("notes", editor, states[1], states[2])
    Note = states[2].apps.get_model("notes", "Note")
    assert [note.body for note in Note.objects.all()] == [[]]
    Note.objects.create(body=STORED)
    note = Note.objects.get(body__0__type="heading")
    assert note.body == STORED
    note.save()
    note.refresh_from_db()
    assert note.body == STORED
    with connection.schema_editor() as editor:
        create.database_backwards("notes", editor, states[1], states[0])


def test_a_historical_field_takes_whatever_form_a_value_comes_in() -> None:
    field = StreamField(blank=True)
    stream = BodyBlock().to_python(STORED[:1])
    assert field.to_python(stream) == field.to_python(json.dumps(STORED[:1])) == STORED[:1]
    assert field.to_python("") == field.to_python(None) == field.get_default() == []
    assert field.to_python("<p>no JSON</p>") == "<p>no JSON</p>"
    assert (field.get_searchable_content(STORED), list(field.extract_references(STORED))) == ([], [])


def test_the_field_of_a_real_model_gives_a_stream() -> None:
    field = StreamField(BodyBlock(), blank=True)
    value = field.to_python(STORED)
    assert isinstance(value, StreamValue)
    assert [child.block_type for child in value] == ["heading"]


@pytest.mark.django_db
def test_content_survives_a_revision(read: Any) -> None:
    from wagtail.models import Site

    from website.models import StandardPage

    parent = Site.objects.get(is_default_site=True).root_page
    page = parent.add_child(instance=StandardPage(title="With body", body=json.dumps(STORED[:1]), live=False))
    page.save_revision().publish()
    again = StandardPage.objects.get(pk=page.pk)
    assert again.body[0].value["text"] == "What is open"
    assert again.latest_revision.as_object().body == again.body
