"""Sentences in the passive voice, by their form: a form of "werden" and a participle at the place German gives it.

No dictionary and no tagger: where the same form may be future ("werden einen Brief erhalten"), nothing is said. How
often it is right stands in docs/desk.md and is measured by the test.
"""

from __future__ import annotations

import re

PRESENT = frozenset({"werde", "wirst", "wird", "werden", "werdet"})
#: These make no future tense, so that any participle beside them is passive.
PAST = frozenset({"wurde", "wurdest", "wurden", "wurdet", "worden"})
_MODAL = re.compile(
    r"\b(?:kann|kannst|können|könnt|könnte|könnten|konnte|konnten|muss|musst|müssen|müsst|müsste|müssten|musste|mussten"
    r"|soll|sollst|sollen|sollt|sollte|sollten|darf|darfst|dürfen|dürft|dürfte|dürften|durfte|durften|will|wollen|wollte"
    r"|wollten|möchte|möchten|mag|lässt)\b"
)

_SEPARABLE = (
    "ab|an|auf|aus|bei|bekannt|bereit|dar|da|dazu|durch|ein|empor|entgegen|fern|fertig|fest|fort|frei|gegenüber|heim|her"
    "|herab|heran|herauf|heraus|herbei|herein|herunter|hervor|hin|hinaus|hinein|hinzu|hoch|kennen|klar|leer|los|mit|nach"
    "|nieder|offen|richtig|sicher|statt|still|teil|um|unter|voll|vor|voran|voraus|vorbei|vorher|weg|weiter|wieder|zu"
    "|zurecht|zurück|zusammen|über"
)
_INSEPARABLE = "be|emp|ent|er|miss|ver|zer|über|unter|hinter|wider|wieder|um|durch|voll"
_WITH_GE = re.compile(rf"(?:{_SEPARABLE})?ge\w{{2,}}(?:t|en|an)")
_WITHOUT_GE = re.compile(rf"(?:{_SEPARABLE})?(?:{_INSEPARABLE})\w{{2,}}t|\w{{2,}}iert")
#: Strong verbs whose participle is no infinitive.
_STRONG = re.compile(
    rf"(?:{_SEPARABLE})?(?:{_INSEPARABLE})\w*(?:standen|nommen|schrieben|sprochen|troffen|worfen|worben|funden|bunden"
    r"|boten|bogen|schlossen|zogen|hoben|schoben|rissen|schnitten|stritten|trieben|schieden|wiesen|gangen|brochen|holfen"
    r"|storben|schwunden|schwiegen|zwungen|griffen|litten|loren|wogen|schossen|gossen|dorben|borgen|stohlen|fohlen|wunden"
    r"|sungen|stiegen|schworen|getan|tan)"
)
#: The same form as the infinitive: passive only where it cannot be future.
_EITHER = re.compile(rf"(?:{_SEPARABLE})?(?:{_INSEPARABLE})\w{{2,}}en")

_INFINITIVES_WITH_GE = (
    "gehören|gewinnen|genießen|gelingen|geschehen|gefallen|gelten|gestalten|genehmigen|gewähren|gebrauchen|gefährden"
    "|gewöhnen|gelangen|gestehen|geraten|gestatten|gedenken|gehorchen|gebären|genesen|genügen|gewährleisten|gesellen"
)
_BEGINS_WITH_GE = re.compile(rf"\w*(?:{_INFINITIVES_WITH_GE})")
#: Looks like a participle, but says what somebody or something becomes, or when.
_ADJECTIVES = frozenset(
    """
    alt bedeckt begeistert bekannt beliebt bereit berechtigt berühmt bewusst erkältet erst erwachsen gerecht gesamt
    gesinnt gespannt interessiert überhaupt umsonst unbekannt verliebt verrückt verschieden versehentlich
    verwandt bewölkt gelassen gewohnt vertraut betroffen besorgt beunruhigt begabt gebildet zerstreut erfahren geeignet
    verlegen bescheiden offen besten ersten beiden übermorgen gegenüber gemeinsam unten
    """.split()  # noqa: SIM905 (a list of strings would be four times as long)
)
_CLAUSE = re.compile(r"[,;:–—!?.()„“\"]+")
_LINK = frozenset({"und", "oder", "aber", "sowie"})


def passive(sentence: str) -> str:
    """The two words that make the sentence passive ("wird … gebaut"), or an empty string."""
    for clause in _CLAUSE.split(sentence):
        words = re.findall(r"[\w·-]+", clause)
        for part in (words, *_parts(words)):
            if found := _in_clause(part):
                return found
    return ""


def _parts(words: list[str]) -> list[list[str]]:
    """A clause at its "und": "wird geplant und dann gebaut"."""
    parts: list[list[str]] = [[]]
    for word in words:
        if word in _LINK:
            parts.append([])
        else:
            parts[-1].append(word)
    return parts if len(parts) > 1 else []


def _in_clause(words: list[str]) -> str:
    lower = [word.lower() for word in words]
    for at, word in enumerate(lower):
        if word not in PRESENT | PAST:
            continue
        # "gebaut wird", "gebaut zu werden", "Gebaut wird im Mai"
        before = at - 2 if at > 1 and lower[at - 1] == "zu" else at - 1
        if before >= 0 and _is_participle(words, before, _has_no_future(lower, at, before)):
            return f"{words[before]} {words[at]}"
        # "wird … gebaut", "wird … gebaut worden"
        last = len(words) - 1
        while last > at and lower[last] in PRESENT | PAST:
            last -= 1
        joined = last > 0 and lower[last - 1] in _LINK
        if last > at and not joined and _is_participle(words, last, word in PAST or "worden" in lower):
            return f"{words[at]} … {words[last]}" if last > at + 1 else f"{words[at]} {words[last]}"
    return ""


def _has_no_future(lower: list[str], at: int, before: int) -> bool:
    """Whether a participle before this form cannot be an infinitive of the future."""
    if lower[at] in PAST or before == at - 2:
        return True
    return lower[at] == "werden" and bool(_MODAL.search(" ".join(lower)))


def _is_participle(words: list[str], at: int, no_future: bool) -> bool:
    word = words[at].lower().replace("·", "").replace("-", "")
    if word in _ADJECTIVES or (words[at][0].isupper() and at > 0):
        return False
    if _BEGINS_WITH_GE.fullmatch(word):
        return no_future and not word.startswith("ge")
    if _WITH_GE.fullmatch(word) or _WITHOUT_GE.fullmatch(word) or _STRONG.fullmatch(word):
        return True
    return no_future and bool(_EITHER.fullmatch(word))
