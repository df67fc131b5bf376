"""The flush of public objects that are no pages: they have no place in the tree, only a language and a window."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from typing import Any

from cms_blocks.publication.declaration import Publication, ThingPublication, declaration_of, declarations
from cms_blocks.publication.records import PublicRecord
from cms_blocks.publication.state import thing_state


def all_things() -> set[tuple[str, int]]:
    """Kind and id of every object that is, or was, public without being a page."""
    found = set()
    for declaration in declarations():
        if isinstance(declaration, ThingPublication):
            records: Any = PublicRecord.objects
            known = records.live().filter(kind=declaration.kind).values_list("object_id", flat=True)
            ids = {*declaration.objects().values_list("pk", flat=True), *known}
            found |= {(declaration.kind, pk) for pk in ids}
    return found


def sync_things(things: Iterable[tuple[str, int]], outcome: Any, *, thorough: bool = False) -> None:
    """Bring the records of these objects up to date. They are few, so each record is written by itself."""
    from cms_blocks.publication.flush import bury, render_all

    by_kind: dict[str, list[int]] = defaultdict(list)
    for kind, pk in sorted(things):
        by_kind[kind].append(pk)
    for kind, ids in by_kind.items():
        declaration = declaration_of(kind)
        assert isinstance(declaration, ThingPublication)
        records = {row.object_id: row for row in PublicRecord.objects.filter(kind=kind, object_id__in=ids)}
        states = {obj: thing_state(obj, declaration) for obj in declaration.objects().filter(pk__in=ids)}
        public = {obj.pk: obj for obj, state in states.items() if state.public}
        bury([row for pk, row in records.items() if row.is_live and pk not in public], outcome)
        jobs: list[tuple[PublicRecord, Any, Publication]] = []
        for pk, obj in public.items():
            state, record = states[obj], records.get(pk) or PublicRecord(kind=kind, object_id=pk)
            values = {
                "is_live": True,
                "locale": state.locale,
                "translation_key": obj.translation_key,
                "path": state.path,
                "title": declaration.title(obj),
                "visible_from": state.visible_from,
                "visible_until": state.visible_until,
                "published_at": state.visible_from,
            }
            if record.pk is None or any(getattr(record, name) != value for name, value in values.items()):
                for name, value in values.items():
                    setattr(record, name, value)
                record.save()
                outcome.written.append(record)
            jobs.append((record, obj, declaration))
        render_all(jobs, outcome, thorough=thorough)
