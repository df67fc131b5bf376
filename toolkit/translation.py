"""Translations of methods: what is no text is the same in every language."""

from __future__ import annotations

from toolkit.models.method import NEUTRAL_FIELDS, MethodCombination, MethodPage

#: Neutral fields of the base page; topic and contact are translated themselves.
_BASE = ("half", "illustration")


def copy_neutral_fields(source: MethodPage, target: MethodPage) -> None:
    """Set numbers, words, picture and combinations of ``target`` as ``source`` has them. Saves nothing.

    Whoever makes a translation calls it before saving. Topic and combinations become their counterparts in the
    target's language; those without one are left out.
    """
    for name in (*NEUTRAL_FIELDS, *_BASE):
        setattr(target, name, getattr(source, name))
    topic = source.topic
    target.topic = topic.get_translation_or_none(target.locale) if topic else None
    keys = [combination.method.translation_key for combination in source.combinations.select_related("method")]
    counterparts = {
        page.translation_key: page for page in MethodPage.objects.filter(translation_key__in=keys, locale=target.locale)
    }
    wanted = [counterparts[key].pk for key in keys if key in counterparts]
    if wanted != [combination.method_id for combination in target.combinations.all()]:
        target.combinations = [MethodCombination(method_id=pk, sort_order=order) for order, pk in enumerate(wanted)]
