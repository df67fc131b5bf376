"""Who may have a file: everybody while a public page shows it, otherwise those who work with its collection."""

from __future__ import annotations

from enum import Enum
from typing import TYPE_CHECKING

from django.conf import settings
from django.http import HttpRequest
from wagtail.permissions import policy_registry

if TYPE_CHECKING:
    from cms_blocks.media.models import Document, Image


class Access(Enum):
    PUBLIC = "public"
    STAFF = "staff"
    NONE = "none"


def access_to(request: HttpRequest, item: Image | Document, *, offered_to_public: bool = True) -> Access:
    """How the sender of ``request`` may have ``item``. Asked anew for every request.

    The session is looked at only if the file is not public and a session cookie came, so that answers for the public
    never vary by cookie. ``offered_to_public`` is false for forms of an image that only the admin uses.
    """
    from cms_blocks.publication.reader import is_file_public

    if offered_to_public and is_file_public(item.target_kind, item.pk):
        return Access.PUBLIC
    return Access.STAFF if _works_with(request, item) else Access.NONE


def _works_with(request: HttpRequest, item: Image | Document) -> bool:
    if settings.SESSION_COOKIE_NAME not in request.COOKIES:
        return False
    user = getattr(request, "user", None)
    if user is None or not user.is_active or not user.has_perm("wagtailadmin.access_admin"):
        return False
    policy = policy_registry.get_by_type(type(item))
    return policy.user_has_any_permission_for_instance(user, ["choose", "change", "add"], item)
