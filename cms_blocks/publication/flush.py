"""The flush: bring records, documents, references, search and outbox to what is public now, under one lock."""

from __future__ import annotations

import hashlib
import json
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder
from django.db.models import F, Max, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.utils import timezone, translation
from wagtail.models import Page

from cms_blocks.easy_language import reviews
from cms_blocks.freshness import made_from
from cms_blocks.languages import EASY, original_language
from cms_blocks.office import Contact, Topic
from cms_blocks.publication import outbox
from cms_blocks.publication.declaration import Publication, declarations, page_kinds
from cms_blocks.publication.lock import take_flush_lock
from cms_blocks.publication.reach import CHUNK, affected_pages, chunks, files_in, pages_filed_under
from cms_blocks.publication.reader import sequence_now
from cms_blocks.publication.records import (
    PublicationClock,
    PublicDocument,
    PublicRecord,
    PublicReference,
    RecordFacts,
    StatusSpan,
)
from cms_blocks.publication.state import PublicState, public_states
from cms_blocks.publication.targets import Target, Targets, rendering
from cms_blocks.publication.things import all_things, sync_things
from cms_blocks.publication.unit import Marks
from cms_blocks.search.engine import IndexEntry, engine
from cms_blocks.wording import digest

#: What translations tell of their original.
TOLD = frozenset({"path", "wording", "translation_key", "visible_from", "visible_until", "is_live"})
#: What other documents quote of a record: a change of one of these makes its sources stale.
QUOTED = frozenset(
    {"title", "lead", "path", "locale", "translation_key", "illustration", "half", "visible_from", "visible_until",
     "is_live"}
)  # fmt: skip
TOMBSTONE: dict[str, Any] = {
    name: PublicRecord._meta.get_field(name).get_default()  # type: ignore[union-attr]
    for name in (
        "tree_path", "depth", "in_menu", "listed", "path", "title", "lead", "illustration", "topics", "districts",
        "levels", "fixed_status", "half", "starts_at", "ends_at", "latitude", "longitude", "wording", "wording_since",
        "made_from", "reviewed_on", "published_at", "content_hash",
        "stale", "visible_from", "visible_until", "is_live",
    )
}  # fmt: skip


@dataclass
class Outcome:
    """What a flush changed: records written, gone from the public, rendered anew because stale; rows made stale."""

    written: list[PublicRecord] = field(default_factory=list)
    gone: list[PublicRecord] = field(default_factory=list)
    freshened: list[PublicRecord] = field(default_factory=list)
    staled: int = 0
    chrome: bool = False
    #: Words in easy language that nobody has reviewed and that were not public before.
    unreviewed: list[PublicRecord] = field(default_factory=list)

    def __bool__(self) -> bool:
        return bool(self.written or self.gone or self.staled or self.chrome)


def flush(marks: Marks) -> Outcome:
    """Apply all marks. Runs inside the caller's transaction; the lock is held to its end."""
    take_flush_lock()
    outcome = Outcome(chrome=marks.chrome or marks.everything or bool(marks.targets))
    _make_sources_stale(marks.targets | files_in(marks.collections), outcome)
    refill = pages_filed_under(marks.targets)
    for ids in chunks(sorted(refill.union(affected_pages(marks)))):
        sync_pages(ids, render=marks.pages, refill=refill, outcome=outcome)
    sync_things(all_things() if marks.everything else marks.things, outcome)
    finish(outcome)
    return outcome


def sync_pages(
    ids: Iterable[int],
    *,
    render: set[int],
    outcome: Outcome,
    refill: set[int] | frozenset[int] = frozenset(),
    thorough: bool = False,
) -> None:
    """Bring the records of these pages up to date.

    ``render`` names the pages whose own text may have changed; others are rendered only when they become public.
    ``refill`` names those whose columns may have changed without their text. ``thorough`` trusts nothing that is
    stored beside a record, and compares it.
    """
    ids = list(ids)
    pages = {page.pk: page for page in Page.objects.filter(pk__in=ids)}
    states = public_states(pages.values())
    records = {
        (record.kind, record.object_id): record
        for record in PublicRecord.objects.filter(kind__in=page_kinds(), object_id__in=ids)
    }
    gone = [
        record
        for (kind, pk), record in records.items()
        if record.is_live and not (pk in states and states[pk].public and _kind(states[pk]) == kind)
    ]
    quoted = {("page", record.object_id) for record in gone}
    original = original_language()
    originals = {record.translation_key for record in gone if record.locale == original}
    bury(gone, outcome)

    public = [pages[pk] for pk in ids if pk in states and states[pk].public]
    fresh = {
        page.pk
        for page in public
        if page.pk in render or (record := records.get((_kind(states[page.pk]), page.pk))) is None or not record.is_live
    }
    specifics = _specifics([page for page in public if page.pk in fresh | refill], states)
    bases = made_from(page for page in specifics.values() if states[page.pk].locale != original)
    reviewed = reviews(specifics.values())
    jobs: list[tuple[PublicRecord, Page, Publication]] = []
    new: list[PublicRecord] = []
    changed: list[PublicRecord] = []
    differing: set[Any] = set()
    for page in public:
        state = states[page.pk]
        declaration = state.declaration
        assert declaration is not None
        key = (declaration.kind, page.pk)
        record = records.get(key) or PublicRecord(kind=declaration.kind, object_id=page.pk)
        values = _tree_columns(page, state)
        specific = specifics.get(page.pk)
        if specific is not None:
            values |= _own_columns(specific, declaration, state.locale)
            values["made_from"] = bases.get(page.pk, "")
            values["reviewed_on"] = reviewed.get((page.pk, values["wording"]))
            if values["wording"] != record.wording:
                values["wording_since"] = page.last_published_at or timezone.now()
                if state.locale == EASY and not values["reviewed_on"] and values["listed"] and not thorough:
                    outcome.unreviewed.append(record)
            if page.pk in fresh:
                jobs.append((record, specific, declaration))
        before = {name: getattr(record, name) for name in values}
        if record.pk and record.is_live and before == values:
            continue
        difference = {name for name, value in values.items() if before[name] != value}
        if difference & QUOTED:
            quoted.add(("page", page.pk))
        if difference & TOLD and state.locale == original:
            originals |= {before.get("translation_key"), page.translation_key}
        for name in difference:
            setattr(record, name, values[name])
        if record.pk:
            differing |= difference
        (changed if record.pk else new).append(record)
    PublicRecord.objects.bulk_create(new, batch_size=CHUNK)
    _update(changed, differing)
    outcome.written += new + changed
    _make_sources_stale(quoted, outcome)
    _make_translations_stale(originals - {None}, original, outcome)
    render_all(jobs, outcome, thorough=thorough)


def finish(outcome: Outcome) -> None:
    """Count the clock on and write versions and outbox events of all that changed."""
    if not outcome:
        return
    if not PublicationClock.objects.filter(pk=1).update(sequence=F("sequence") + 1):
        last = PublicRecord.objects.aggregate(last=Max("sequence"))["last"] or 0
        PublicationClock.objects.create(pk=1, sequence=last + 1)
    touched = {record.pk: record for record in (*outcome.gone, *outcome.written)}
    gone = {record.pk for record in outcome.gone}
    clock = PublicationClock.objects.filter(pk=1).values("sequence")
    for part in chunks(touched):
        PublicRecord.objects.filter(pk__in=part).update(
            version=F("version") + 1, sequence=Subquery(clock), changed_at=timezone.now()
        )
        outbox.emit(
            outbox.Event(
                topic="record.gone" if pk in gone else "record.changed",
                key=str(pk),
                version=version,
                payload={"kind": touched[pk].kind, "object_id": touched[pk].object_id},
            )
            for pk, version in PublicRecord.objects.filter(pk__in=part).values_list("pk", "version")
        )
    if outcome.unreviewed:  # one event for all, so that an import makes one letter
        found = sorted(record.pk for record in outcome.unreviewed)
        outbox.emit([outbox.Event("easy_language.unreviewed", str(sequence_now()), payload={"records": found})])


def render_document(
    page: Page, declaration: Publication, locale: str, pages: dict[int, Target | None] | None = None
) -> tuple[str, Targets]:
    """The JSON text of a page, in its own language whoever publishes it, and the look-ups it made. Writes nothing.

    ``pages``: see :class:`~cms_blocks.publication.targets.Targets`.
    """
    with rendering(Targets(locale=locale, pages=pages)) as targets, translation.override(locale):
        targets.take_along(page)
        document = declaration.document(page, targets)
        text = json.dumps(document, cls=DjangoJSONEncoder, ensure_ascii=False, sort_keys=True)
    return text, targets


def _update(records: list[PublicRecord], names: set[str]) -> None:
    """Write these columns. One record, the usual case, without the CASE expressions of a bulk update."""
    if len(records) == 1:
        PublicRecord.objects.filter(pk=records[0].pk).update(**{name: getattr(records[0], name) for name in names})
    elif records:
        PublicRecord.objects.bulk_update(records, fields=sorted(names), batch_size=50)


def _kind(state: PublicState) -> str:
    return state.declaration.kind if state.declaration else ""


def _tree_columns(page: Page, state: PublicState) -> dict[str, Any]:
    """The columns that follow from the page's place in the tree and its dates, without its own text."""
    return {
        "is_live": True,
        "locale": state.locale,
        "translation_key": page.translation_key,
        "site_id": state.site_id,
        "tree_path": page.path,
        "depth": page.depth,
        "in_menu": page.show_in_menus,
        "listed": page.alias_of_id is None,
        "path": state.path,
        "visible_from": state.visible_from,
        "visible_until": state.visible_until,
    }


def _own_columns(page: Page, declaration: Publication, locale: str) -> dict[str, Any]:
    with translation.override(locale):
        return {
            "title": page.title,
            "lead": declaration.lead(page),
            "wording": digest(page, declaration),
            "published_at": page.first_published_at,
            **declaration.columns(page),
        }


def _specifics(pages: list[Page], states: dict[int, PublicState]) -> dict[int, Page]:
    """The full pages, one query for each type."""
    by_declaration: dict[Publication, list[int]] = defaultdict(list)
    for page in pages:
        declaration = states[page.pk].declaration
        assert declaration is not None
        by_declaration[declaration].append(page.pk)
    found: dict[int, Page] = {}
    for declaration, ids in by_declaration.items():
        found.update((page.pk, page) for page in declaration.objects().filter(pk__in=ids))
    return found


def _make_sources_stale(quoted: set[tuple[str, int]], outcome: Outcome) -> None:
    """Whoever quotes one of these targets, or another language of it, holds an old copy from now on.

    A constant number of queries for each sort and chunk.
    """
    by_kind: dict[str, list[int]] = defaultdict(list)
    for kind, pk in sorted(quoted):
        by_kind[kind].append(pk)
    for kind, ids in by_kind.items():
        for part in chunks(ids):
            asked = Q(target_id__in=part) | _asked_in_another_language(kind, part)
            for sources in chunks(
                PublicReference.objects.filter(asked, target_kind=kind).values_list("source_id", flat=True).distinct()
            ):
                live = PublicRecord.objects.live().filter(pk__in=sources)
                outcome.staled += _make_stale(live)
                if kind in {"image", "document"}:
                    # A file may have become private, and with it the words about it: not found until rendered anew.
                    engine().delete(sources)


def _make_translations_stale(keys: set[Any], original: str, outcome: Outcome) -> None:
    """Each translation tells whether it is behind its original."""
    if keys:
        translations = PublicRecord.objects.live().filter(translation_key__in=keys).exclude(locale=original)
        outcome.staled += _make_stale(translations)


def _make_stale(records: QuerySet[PublicRecord]) -> int:
    """Mark them as old copies. For whoever reads them they have changed with the flush that is going on."""
    clock = PublicationClock.objects.filter(pk=1).values("sequence")
    coming = Coalesce(Subquery(clock[:1]), 0) + 1
    return records.update(stale=True, version=F("version") + 1, sequence=coming)


def _asked_in_another_language(kind: str, ids: list[int]) -> Q:
    """References of pages in the language of one of these targets to translations of it: this one may answer now."""
    model = {"page": Page, "contact": Contact, "topic": Topic}.get(kind)
    if model is None:
        return Q(pk=None)
    here = model.objects.filter(pk__in=ids)
    siblings = model.objects.filter(translation_key__in=here.values("translation_key"))
    return Q(target_id__in=siblings.values("pk"), source__locale__in=here.values("locale__language_code"))


def render_all(jobs: list[tuple[PublicRecord, Any, Publication]], outcome: Outcome, *, thorough: bool) -> None:
    """Write documents, references, facts and search text of objects whose text may be new."""
    if not jobs:
        return
    ids = [record.pk for record, _, _ in jobs]
    known_references: dict[int, set[tuple[str, int]]] = defaultdict(set)
    for source, kind, target in PublicReference.objects.filter(source_id__in=ids).values_list(
        "source_id", "target_kind", "target_id"
    ):
        known_references[source].add((kind, target))
    stored = PublicDocument.objects.defer(*([] if thorough else ["body"])).in_bulk(ids)
    now = timezone.now()
    changed_slim = {record.pk for record in outcome.written}
    documents, references, requoted, rehashed = [], [], [], []
    facts: dict[type[RecordFacts], list[RecordFacts]] = defaultdict(list)
    spans: dict[int, list[StatusSpan]] = {}
    entries, unsearchable = [], []
    pages: dict[int, Target | None] = {}
    for record, page, declaration in jobs:
        text, targets = render_document(page, declaration, record.locale, pages)
        with translation.override(record.locale):
            values = declaration.facts_for(page)
            search = "\n".join(filter(None, [declaration.body_text(page, targets), *declaration.search_text(page)]))
        own_spans = list(declaration.spans(page))
        digest = hashlib.sha256(
            "\0".join([text, search, repr(sorted(values.items())), repr(own_spans)]).encode()
        ).hexdigest()
        document = stored.get(record.pk)
        was_stale = record.stale or (document is not None and document.valid_until <= now)
        own_facts = [declaration.facts(record=record, **values)] if declaration.facts is not None else []
        requote = targets.references != known_references[record.pk]
        new_text = digest != record.content_hash or (
            thorough
            and not was_stale
            and (
                requote
                or document is None
                or (document.body, document.valid_until) != (text, targets.valid_until)
                or not all(map(_is_stored, own_facts))
                or list(record.spans.order_by("since").values_list("status", "since", "until")) != own_spans
            )
        )
        if requote:
            requoted.append(record.pk)
            references += [
                PublicReference(source=record, target_kind=kind, target_id=pk)
                for kind, pk in sorted(targets.references)
            ]
        if new_text or document is None or targets.valid_until != document.valid_until:
            documents.append(PublicDocument(record=record, body=text, valid_until=targets.valid_until))
        if new_text:
            record.content_hash = digest
            rehashed.append(record)
            if record.pk not in changed_slim:
                (outcome.freshened if was_stale else outcome.written).append(record)
            for row in own_facts:
                facts[type(row)].append(row)
            if declaration.timed:
                spans[record.pk] = [StatusSpan(record=record, status=s, since=a, until=b) for s, a, b in own_spans]
        if new_text or record.stale or record.pk in changed_slim:
            if declaration.searchable and record.listed:
                entries.append(IndexEntry(record.pk, record.locale, record.kind, record.title, record.lead, search))
            else:
                unsearchable.append(record.pk)
    PublicReference.objects.filter(source_id__in=requoted).delete()
    PublicReference.objects.bulk_create(references, batch_size=CHUNK)
    PublicDocument.objects.bulk_create(
        documents,
        batch_size=CHUNK,
        update_conflicts=True,
        unique_fields=["record"],
        update_fields=["body", "valid_until"],
    )
    for model, rows in facts.items():
        names = [field.name for field in model._meta.concrete_fields if not field.primary_key]
        model._default_manager.bulk_create(
            rows, batch_size=CHUNK, update_conflicts=True, unique_fields=["record"], update_fields=names
        )
    if spans:
        StatusSpan.objects.filter(record_id__in=spans).delete()
        StatusSpan.objects.bulk_create([span for own in spans.values() for span in own], batch_size=CHUNK)
    _update(rehashed, {"content_hash"})
    if outcome.staled or any(record.stale for record, _, _ in jobs):
        PublicRecord.objects.stale().filter(pk__in=ids).update(stale=False)
    if entries:
        engine().index(entries)
    if unsearchable:
        engine().delete(unsearchable)


def _is_stored(facts: RecordFacts) -> bool:
    """Whether exactly this row is in the database."""
    columns = {field.name: getattr(facts, field.attname) for field in facts._meta.concrete_fields}
    return type(facts)._default_manager.filter(**columns).exists()


def bury(records: list[PublicRecord], outcome: Outcome) -> None:
    """Turn records into tombstones and remove everything that held their content."""
    if not records:
        return
    ids = [record.pk for record in records]
    PublicDocument.objects.filter(record_id__in=ids).delete()
    PublicReference.objects.filter(source_id__in=ids).delete()
    StatusSpan.objects.filter(record_id__in=ids).delete()
    for declaration in declarations():
        if declaration.facts is not None:
            declaration.facts._default_manager.filter(record_id__in=ids).delete()
    PublicRecord.objects.filter(pk__in=ids).update(**TOMBSTONE)
    engine().delete(ids)
    for record in records:
        for name, value in TOMBSTONE.items():
            setattr(record, name, value)
    outcome.gone += records
