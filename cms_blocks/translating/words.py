"""What wagtail-localize does not say in German, or not in words that editors know: our catalogue says it."""

from django.utils.translation import gettext_noop

WORDS = (
    gettext_noop("Locales"),
    gettext_noop("Locale '{0}' created."),
    gettext_noop("Locale '{0}' updated."),
    gettext_noop("Locale '{0}' deleted."),
    gettext_noop("Add locale"),
    gettext_noop("Add a locale"),
    gettext_noop("Delete locale"),
    gettext_noop("Are you sure you want to delete this locale?"),
)
