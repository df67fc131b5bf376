"""Which values a department is asked about, and what their keys stand for."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from procedures.enums import Form
from procedures.models import ProcedurePage
from procedures.models.round import NEW_STAGE
from procedures.round.parts import (
    DECISION,
    OF_DECISION,
    OF_WAY,
    PHASE_AFTER,
    PHASE_BEFORE,
    NewDecision,
    NewStage,
    Part,
    only,
    parts_at,
)
from procedures.round.values import Answerable, Districts, Lines, Plain, public_districts, words_of

#: Plain fields. Which phases there are is the office's: departments name them in the remark.
ANSWERABLE = (
    "title", "lead", "brief_what", "brief_where", "brief_how", "affected", "initiator", "business_area", "place",
    "city_wide", "level", "no_participation_reason", "contributions", "suspended_from", "suspended_until",
    "suspended_reason", "next_steps", "first_reading", "cost_kind", "cost_from", "cost_to", "cost_on", "cost_basis",
)  # fmt: skip
#: Of formal procedures only. Which ones are formal is the office's.
FORMAL = (
    "legal_basis", "official_address", "display_from", "display_until", "announcement", "announced_on",
    "announcement_url",
)  # fmt: skip
#: Lists of short texts.
LISTS = ("open_points", "fixed_points", "adopted")
#: What belongs together: a change of one is checked with the others.
TOGETHER = (
    frozenset({"level", "no_participation_reason"}),
    frozenset(FORMAL),
    frozenset(name for name in ANSWERABLE if name.startswith("suspended_")),
    frozenset(name for name in ANSWERABLE if name.startswith("cost_")),
)
DISTRICTS = "districts"
#: Stands among values that are kept: what their blocks and districts were called, as pairs in the order of the page.
NAMES = "names"
#: Ids of blocks that can stand in a key, and in a name of a form.
_ID = re.compile(r"[\w-]{1,64}", re.ASCII)
#: By the whole key, else by its beginning.
KINDS: dict[str, type[Answerable]] = {
    **dict.fromkeys((*ANSWERABLE, *FORMAL), Plain),
    **dict.fromkeys(LISTS, Lines),
    DISTRICTS: Districts,
    "phases": Part,
    "decisions": Part,
    NEW_STAGE: NewStage,
    NewDecision.block_key: NewDecision,
}


def answerables(keys: Iterable[str], names: Mapping[str, str]) -> list[Answerable]:
    """What these keys stand for. A key of an answer that is asked for no more is left out."""
    found = [(key, KINDS.get(key) or KINDS.get(key.partition("/")[0])) for key in keys]
    known = [(key, kind) for key, kind in found if kind is not Part or key.rpartition("/")[2] in parts_at(key)]
    return [kind(key, names) for key, kind in known if kind is not None]


def offered(page: ProcedurePage) -> tuple[list[Answerable], dict[str, str]]:
    """All that a department is asked about this page, and what its blocks and the districts are called."""
    names = {f"{DISTRICTS}/{word}": name for _pk, word, name in public_districts(page)}
    places = [DISTRICTS] if names else []
    formal = FORMAL if page.form == Form.FORMAL else ()
    keys = [*ANSWERABLE, *LISTS, *formal, *places, *_keys(page, names), NEW_STAGE, NewDecision.block_key]
    return answerables(keys, names), names


def _keys(page: ProcedurePage, names: dict[str, str]) -> Iterator[str]:
    """Of the parts, in the order of the page; what their blocks are called comes to the ``names``. A decision that
    leads to a page of this website needs no address."""
    for key, block in _known("phases", page.phases.raw_data):
        names[key] = block.get("title", "")
        yield from (f"{key}/{name}" for name in PHASE_BEFORE)
        for way_key, way in _known(f"{key}/ways", block.get("ways") or ()):
            names[way_key] = way.get("label", "")
            yield from (f"{way_key}/{name}" for name in OF_WAY)
        yield from (f"{key}/{name}" for name in PHASE_AFTER)
    for key, block in _known("decisions", page.decisions.raw_data):
        day = words_of(DECISION.child_blocks["on"].to_python(block.get("on")))
        names[key] = ", ".join(filter(None, (block.get("body"), day)))
        yield from (f"{key}/{name}" for name in OF_DECISION if name != "address" or not block.get("page"))


def _known(prefix: str, blocks: Iterable[Any]) -> Iterator[tuple[str, Any]]:
    """Key and stored value of the blocks that can be told from all others."""
    for block in blocks:
        known = block.get("id") if isinstance(block, Mapping) else None
        if isinstance(known, str) and _ID.fullmatch(known) and (value := only(blocks, known)) is not None:
            yield f"{prefix}/{known}", value
