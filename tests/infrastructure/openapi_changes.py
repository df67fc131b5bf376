"""What in a newer OpenAPI document breaks programs that were written against an older one.

Questions may become wider and answers narrower, never the other way round. A closed set of words in an answer may
not grow either: typed clients tell all cases apart. What this module does not know raises ``ValueError``, so that no
change is overlooked.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

Schema = dict[str, Any]

#: Words for people and generators, which no answer depends on.
ANNOTATIONS = {"title", "description", "default", "examples", "deprecated", "discriminator"}
LOWER_BOUNDS = {"minimum", "exclusiveMinimum", "minLength", "minItems"}
UPPER_BOUNDS = {"maximum", "exclusiveMaximum", "maxLength", "maxItems"}
SHAPE = {"type", "enum", "const", "format", "pattern", "properties", "required", "additionalProperties", "items"}
#: Where :func:`_resolved` notes the name of a type that stands among the components.
NAME = "$name"
KNOWN = ANNOTATIONS | LOWER_BOUNDS | UPPER_BOUNDS | SHAPE | {NAME}


def breaking_changes(old: Schema, new: Schema) -> list[str]:
    """One sentence for each way in which ``new`` takes away what ``old`` promised; empty if clients go on working."""
    return list(dict.fromkeys(_Comparison(old, new).all()))


@dataclass
class _Comparison:
    old: Schema
    new: Schema
    #: Pairs of named types that were compared or are being compared.
    seen: set[tuple[str, str]] = field(default_factory=set)

    def all(self) -> Iterator[str]:
        for path, operations in self.old["paths"].items():
            if path not in self.new["paths"]:
                yield f"{path} is gone"
                continue
            for method, operation in operations.items():
                name = f"{method.upper()} {path}"
                if method not in self.new["paths"][path]:
                    yield f"{name} is gone"
                    continue
                newer = self.new["paths"][path][method]
                if "requestBody" in operation or "requestBody" in newer:
                    raise ValueError(f"{name} has a body, which is not compared.")
                yield from self._parameters(name, operation, newer)
                yield from self._answers(name, operation["responses"], newer["responses"])

    # Questions

    def _parameters(self, name: str, old: Schema, new: Schema) -> Iterator[str]:
        before, after = _parameters_of(self.old, old), _parameters_of(self.new, new)
        for key, parameter in before.items():
            place = f"{name}: parameter {key[1]}"
            if key not in after:
                yield f"{place} is gone"
                continue
            if _written(parameter) != _written(after[key]):
                yield f"{place} is written in another way"
            yield from self._asked(place, parameter["schema"], after[key]["schema"])
        for key, parameter in after.items():
            if parameter.get("required") and not before.get(key, {}).get("required"):
                yield f"{name}: parameter {key[1]} is required"

    def _asked(self, place: str, old: Schema, new: Schema) -> Iterator[str]:
        """Whatever was a right value must be one still."""
        pairs, unmatched = _pairs(_alternatives(self.old, old), _alternatives(self.new, new), _takes)
        yield from (f"{place} is no longer {_sort(one)}" for one in unmatched)
        for before, after in pairs:
            if (words := _words(after)) is not None:
                known = _words(before)
                if known is None:
                    yield f"{place} is confined to {sorted(map(str, words))}"
                else:
                    yield from (f"{place} no longer takes {word!r}" for word in known if word not in words)
            for bound in sorted(LOWER_BOUNDS | UPPER_BOUNDS):
                if _is_narrower(bound, before.get(bound), after.get(bound)):
                    yield f"{place} has {bound} {after[bound]}, before {before.get(bound, 'none')}"
            for shape in ("format", "pattern"):
                if after.get(shape) not in {None, before.get(shape)}:
                    yield f"{place} has {shape} {after[shape]!r}, before {before.get(shape, 'none')!r}"
            if "items" in after:
                yield from self._asked(f"a member of {place}", before.get("items", {}), after["items"])

    # Answers

    def _answers(self, name: str, old: Schema, new: Schema) -> Iterator[str]:
        for status, answer in old.items():
            if status not in new:
                yield f"{name}: status {status} is gone"
                continue
            after = new[status].get("content", {})
            for content_type, media in answer.get("content", {}).items():
                if content_type not in after:
                    yield f"{name}: {status} no longer comes as {content_type}"
                    continue
                yield from self._told(f"{name}: {status}", media["schema"], after[content_type]["schema"])

    def _told(self, place: str, old: Schema, new: Schema) -> Iterator[str]:
        """Nothing may come that did not before, and nothing may be missing."""
        before, after = _alternatives(self.old, old), _alternatives(self.new, new)
        pairs, unmatched = _pairs(after, before, _takes)
        yield from (f"{place} may be {_sort(one)}" for one in unmatched)
        for newer, older in pairs:
            names = (older.get(NAME, ""), newer.get(NAME, ""))
            if all(names) and names in self.seen:
                continue
            self.seen.add(names)
            yield from self._one_told(names[0] or place, older, newer)

    def _one_told(self, place: str, old: Schema, new: Schema) -> Iterator[str]:
        if (words := _words(old)) is not None:
            coming = _words(new)
            if coming is None:
                yield f"{place} may be any word"
            else:
                yield from (f"{place} may be {word!r}" for word in coming if word not in words)
        if old.get("format") and new.get("format") != old["format"]:
            yield f"{place} has format {new.get('format', 'none')!r}, before {old['format']!r}"
        if "items" in old:
            yield from self._told(f"a member of {place}", old["items"], new.get("items", {}))
        if isinstance(old.get("additionalProperties"), dict):
            further = new.get("additionalProperties")
            yield from self._told(
                f"a value of {place}", old["additionalProperties"], further if isinstance(further, dict) else {}
            )
        fields = new.get("properties", {})
        for name, one in old.get("properties", {}).items():
            if name not in fields:
                yield f"{place}.{name} is gone"
                continue
            if name in old.get("required", ()) and name not in new.get("required", ()):
                yield f"{place}.{name} may be missing"
            yield from self._told(f"{place}.{name}", one, fields[name])


def _parameters_of(document: Schema, operation: Schema) -> dict[tuple[str, str], Schema]:
    found = (_resolved(document, parameter) for parameter in operation.get("parameters", ()))
    return {(parameter["in"], parameter["name"]): parameter for parameter in found}


def _written(parameter: Schema) -> tuple[str, bool]:
    style = parameter.get("style", "form" if parameter["in"] == "query" else "simple")
    return style, parameter.get("explode", style == "form")


def _resolved(document: Schema, schema: Schema) -> Schema:
    """What a reference stands for, with what is said beside it."""
    if "$ref" not in schema:
        return schema
    found: Any = document
    for part in schema["$ref"].removeprefix("#/").split("/"):
        found = found[part]
    return {**found, **{name: value for name, value in schema.items() if name != "$ref"}, NAME: part}


def _alternatives(document: Schema, schema: Schema) -> list[Schema]:
    """The schema as a list of schemas of one type each, of which one holds."""
    schema = _resolved(document, schema)
    if len(schema.get("allOf", ())) == 1:
        outer = {name: value for name, value in schema.items() if name != "allOf"}
        return _alternatives(document, {**schema["allOf"][0], **outer})
    for union in ("anyOf", "oneOf"):
        if union in schema:
            if unknown := schema.keys() - ANNOTATIONS - {union, NAME}:
                raise ValueError(f"{sorted(unknown)} beside {union} is not compared.")
            return [one for part in schema[union] for one in _alternatives(document, part)]
    if unknown := schema.keys() - KNOWN:
        raise ValueError(f"{sorted(unknown)} is not compared.")
    types = schema.get("type", "anything")
    return [{**schema, "type": one} for one in (types if isinstance(types, list) else [types])]


def _pairs(
    given: list[Schema], taken: list[Schema], fits: Callable[[Schema, Schema], bool]
) -> tuple[list[tuple[Schema, Schema]], list[Schema]]:
    """Each given schema with the first that takes it, and those that none takes."""
    pairs, unmatched = [], []
    for one in given:
        match = next((other for other in taken if fits(one, other)), None)
        if match is None:
            unmatched.append(one)
        else:
            pairs.append((one, match))
    return pairs, unmatched


def _takes(given: Schema, taker: Schema) -> bool:
    """Whether a value of the one type is a value of the other; objects with a tag are of one type if they share it."""
    kinds = given["type"], taker["type"]
    if kinds[1] == "anything" or kinds == ("integer", "number"):
        return True
    return kinds[0] == kinds[1] and _tag(given) == _tag(taker)


def _tag(schema: Schema) -> str:
    """The word that tells an object from the others of its union."""
    return str(schema.get("properties", {}).get("type", {}).get("const", ""))


def _sort(schema: Schema) -> str:
    return " ".join(filter(None, [_tag(schema), schema["type"]]))


def _words(schema: Schema) -> list[Any] | None:
    """The only values there are; ``None`` if they are not listed."""
    return [schema["const"]] if "const" in schema else schema.get("enum")


def _is_narrower(bound: str, old: float | None, new: float | None) -> bool:
    if new is None:
        return False
    return old is None or (new > old if bound in LOWER_BOUNDS else new < old)
