"""Sign-ins and rights in Wagtail's own log, beside what it says of publishing: the report "Site history" shows and
exports all of it. An entry of an account is seen by those who may manage accounts, nobody else.

No entry holds an IP address, a browser's name or what somebody typed.
"""

from __future__ import annotations

from typing import Any

from axes.signals import user_locked_out
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Group
from django.contrib.auth.signals import user_logged_in, user_logged_out, user_login_failed
from django.db.models import Model
from django.db.models.signals import m2m_changed, post_save, pre_delete, pre_save
from django.http import HttpRequest
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from wagtail.log_actions import LogActionRegistry, LogFormatter, log
from wagtail.models import BaseLogEntry, Site

from accounts.attempts import UNKNOWN, forget_attempts
from governance.group_rights import rights_changed

#: Actions by name: label in the filter and the export, sentence in the list. Those of sign-ins are forgotten in time.
SIGN_INS: dict[str, tuple[Promise, Promise]] = {
    "accounts.sign_in": (gettext_lazy("Sign in"), gettext_lazy("Signed in")),
    "accounts.sign_in_failed": (gettext_lazy("Sign in: failed"), gettext_lazy("An attempt to sign in failed")),
    "accounts.locked": (
        gettext_lazy("Sign in: locked"),
        gettext_lazy("Too many attempts to sign in failed: locked for some time"),
    ),
    "accounts.sign_out": (gettext_lazy("Sign out"), gettext_lazy("Signed out")),
    "accounts.password_asked": (
        gettext_lazy("Password: link sent"),
        gettext_lazy("A link to set a new password was sent by mail"),
    ),
}
CREDENTIALS: dict[str, tuple[Promise, Promise]] = {
    "accounts.password": (gettext_lazy("Password: changed"), gettext_lazy("The password was changed")),
    "accounts.factor_on": (gettext_lazy("Second factor: on"), gettext_lazy("The second factor was set up")),
    "accounts.factor_off": (gettext_lazy("Second factor: off"), gettext_lazy("The second factor was turned off")),
    "accounts.factor_reset": (
        gettext_lazy("Second factor: taken away"),
        gettext_lazy("The second factor was taken away by an administrator"),
    ),
    "accounts.factor_codes": (
        gettext_lazy("Second factor: new recovery codes"),
        gettext_lazy("New recovery codes were made"),
    ),
    "accounts.factor_code_used": (
        gettext_lazy("Second factor: recovery code used"),
        gettext_lazy("A recovery code was used to sign in"),
    ),
}
RIGHTS = "accounts.rights"
#: Fields of an account that are rights.
FLAGS = {"is_active": gettext_lazy("active account"), "is_superuser": gettext_lazy("all rights (superuser)")}


class RightsFormatter(LogFormatter):
    """Names what was given and what was taken away."""

    label = gettext_lazy("Rights: changed")

    def format_message(self, log_entry: BaseLogEntry) -> str:
        given, taken = (", ".join(log_entry.data.get(part, ())) for part in ("given", "taken"))
        sentences = [_("Given: %(names)s.") % {"names": given}] if given else []
        sentences += [_("Taken away: %(names)s.") % {"names": taken}] if taken else []
        return " ".join(sentences)


def register_actions(actions: LogActionRegistry) -> None:
    """Hook ``register_log_actions``."""
    for name, (label, message) in (SIGN_INS | CREDENTIALS).items():
        actions.register_action(name, label, message)
    actions.register_action(RIGHTS)(RightsFormatter)


def log_rights(instance: Model, given: set[str], taken: set[str]) -> None:
    """An entry with the names of what was given and taken away; none if nothing was."""
    if given or taken:
        log(instance, RIGHTS, data={"given": sorted(given), "taken": sorted(taken)})


def connect() -> None:
    User = get_user_model()
    user_logged_in.connect(_signed_in)
    user_logged_out.connect(_signed_out)
    user_login_failed.connect(_failed)
    user_locked_out.connect(_locked)
    pre_save.connect(_before_change, sender=User)
    post_save.connect(_after_change, sender=User)
    m2m_changed.connect(_memberships, sender=User.groups.through)
    m2m_changed.connect(_memberships, sender=User.user_permissions.through)
    pre_delete.connect(_group_goes, sender=Group)
    rights_changed.connect(_group_changed)


def _signed_in(user: Any, **kwargs: Any) -> None:
    log(user, "accounts.sign_in", user=user)


def _signed_out(user: Any, **kwargs: Any) -> None:
    if user is not None:
        log(user, "accounts.sign_out", user=user)


def _failed(credentials: dict[str, Any], request: HttpRequest | None = None, **kwargs: Any) -> None:
    """Attempts at names that nobody has leave no entry, nor do those at a door that is locked already."""
    if getattr(request, "axes_locked_out", False):
        return
    user = get_user_model().objects.filter(username=credentials.get("username") or "").first()
    if user is not None:
        log(user, "accounts.sign_in_failed")


def _locked(request: HttpRequest, username: str, **kwargs: Any) -> None:
    """Once, by the attempt that was one too many (axes sends the signal for every later one, too)."""
    if getattr(request, "axes_failures_since_start", None) is None:
        return
    name = "" if username.startswith(UNKNOWN) else username.split(" ")[0]
    subject = get_user_model().objects.filter(username=name).first() or Site.objects.first()
    if subject is not None:
        log(subject, "accounts.locked")


def _before_change(instance: Any, update_fields: Any = None, **kwargs: Any) -> None:
    instance._flags_before = None
    if instance.pk and (update_fields is None or FLAGS.keys() & set(update_fields)):
        instance._flags_before = type(instance).objects.filter(pk=instance.pk).values(*FLAGS).first()


def _after_change(instance: Any, created: bool, **kwargs: Any) -> None:
    if created:  # by whichever door: the desk, ``createsuperuser``, code
        log_rights(instance, given={str(FLAGS["is_superuser"])} if instance.is_superuser else set(), taken=set())
        return
    if instance._password is not None:  # set_password() came before this save; a new hash of the old one is no change
        log(instance, "accounts.password")
        forget_attempts(instance.get_username())
    before = instance._flags_before or {}
    changed = {name: getattr(instance, name) for name in before if before[name] != getattr(instance, name)}
    log_rights(
        instance,
        given={str(FLAGS[name]) for name, now in changed.items() if now},
        taken={str(FLAGS[name]) for name, now in changed.items() if not now},
    )


def _memberships(instance: Any, action: str, pk_set: Any, model: type[Model], reverse: bool, **kwargs: Any) -> None:
    """Groups and single rights of an account. ``reverse``: from the group's side, where ``model`` is the account's."""
    if action not in {"post_add", "post_remove", "pre_clear"}:
        return
    given = action == "post_add"
    if reverse:
        users = instance.user_set.all() if pk_set is None else model._default_manager.filter(pk__in=pk_set)
        pairs = [(user, {instance.name}) for user in users]
    else:
        related = instance.groups if model is Group else instance.user_permissions
        named = related.all() if pk_set is None else model._default_manager.filter(pk__in=pk_set)
        pairs = [(instance, {one.name for one in named})]
    for user, names in pairs:
        log_rights(user, given=names if given else set(), taken=set() if given else names)


def _group_goes(instance: Group, **kwargs: Any) -> None:
    """Its members lose what it gave them; no signal says so of each."""
    for user in instance.user_set.all():
        log_rights(user, given=set(), taken={instance.name})


def _group_changed(group: Group, given: set[str], taken: set[str], **kwargs: Any) -> None:
    log_rights(group, given, taken)
