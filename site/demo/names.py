"""Names that are content: languages, topics, contacts, and what the office is called, in every language."""

from __future__ import annotations

import uuid

from django.conf import settings
from wagtail.models import Locale

from cms_blocks.models import Contact, Office, Topic
from cms_blocks.publication.unit import unit
from demo.source import read
from procedures.models import Principle

#: Keys of demo objects are made from their names, so that a second run knows them again.
NAMESPACE = uuid.UUID("8f0c6a52-1f5e-5c0a-9b1e-6d5a3e4c2b10")


def key_of(sort: str, key: str) -> uuid.UUID:
    """The translation key all languages of a demo object share."""
    return uuid.uuid5(NAMESPACE, f"{sort}:{key}")


def load_locales() -> dict[str, Locale]:
    """Every language of ``WAGTAIL_CONTENT_LANGUAGES``, by code."""
    locales = {}
    for code, _name in settings.WAGTAIL_CONTENT_LANGUAGES:
        with unit():
            locales[code], _created = Locale.objects.get_or_create(language_code=code)
    return locales


def load_names(locales: dict[str, Locale]) -> int:
    """Topics, contacts, principles and names of the office; what exists stays as it is. Returns how many are new."""
    with unit():
        names = _load_topics(locales) + _load_contacts(locales) + _load_offices(locales)
        return names + _load_principles(locales)


def find_contact(key: str, locale: Locale) -> Contact | None:
    """The contact with this key in a language, else in any language there is."""
    return Contact.objects.best_for(locale.language_code, translation_key=key_of("contact", key))


def find_topic(slug: str, locale: Locale) -> Topic | None:
    return Topic.objects.best_for(locale.language_code, slug=slug)


def _load_topics(locales: dict[str, Locale]) -> int:
    known = set(Topic.objects.values_list("slug", "locale__language_code"))
    # A topic an editor made under the same slug keeps its key; ours become its translations.
    keys = dict(Topic.objects.values_list("slug", "translation_key"))
    topics = [
        Topic(
            slug=topic["slug"],
            name=name,
            illustration=topic["illustration"],
            order=order,
            locale=locales[code],
            translation_key=keys.get(topic["slug"], key_of("topic", topic["slug"])),
        )
        for order, topic in enumerate(read("topics.json"), start=1)
        for code, name in topic["names"].items()
        if code in locales and (topic["slug"], code) not in known
    ]
    return _save(topics)


def _load_contacts(locales: dict[str, Locale]) -> int:
    known = set(Contact.objects.values_list("translation_key", "locale__language_code"))
    contacts = [
        Contact(
            translation_key=key_of("contact", contact["key"]),
            locale=locales[code],
            half=contact["half"],
            email=contact["email"],
            phone=contact["phone"],
            address=contact["address"],
            **names,
        )
        for contact in read("contacts.json")
        for code, names in contact["names"].items()
        if code in locales and (key_of("contact", contact["key"]), code) not in known
    ]
    return _save(contacts)


def _load_offices(locales: dict[str, Locale]) -> int:
    known = dict(Office.objects.values_list("locale__language_code", "translation_key"))
    key = next(iter(known.values()), key_of("office", "office"))
    return _save(
        [
            Office(locale=locales[code], translation_key=key, **names)
            for code, names in read("offices.json").items()
            if code in locales and code not in known
        ]
    )


def _load_principles(locales: dict[str, Locale]) -> int:
    known = set(Principle.objects.values_list("translation_key", "locale__language_code"))
    return _save(
        [
            Principle(locale=locales[code], translation_key=key_of("principle", entry["key"]), order=order, **words)
            for order, entry in enumerate(read("principles.json"), start=1)
            for code, words in entry["names"].items()
            if code in locales and (key_of("principle", entry["key"]), code) not in known
        ]
    )


def _save(objects: list) -> int:
    for item in objects:
        item.full_clean()
        item.save()
    return len(objects)
