"""Groups and rights set up by code: the database is brought to what :mod:`governance.policies` says."""

from __future__ import annotations

from collections.abc import Iterable

from django.conf import settings
from django.contrib.auth.models import Group, Permission
from django.utils import translation
from wagtail.coreutils import get_content_languages
from wagtail.models import (
    Collection,
    GroupCollectionPermission,
    GroupPagePermission,
    Locale,
    Page,
    Site,
    Workflow,
    WorkflowPage,
    WorkflowTask,
)

from cms_blocks.languages import EASY
from governance.group_rights import change_of
from governance.halves import group_name
from governance.policies import GROUPS, Area, GroupPolicy, permissions_of
from governance.review import OtherHalfTask

#: What Wagtail's first migration creates.
STOCK_GROUPS = ("Editors", "Moderators")


def board_path() -> str:
    """Where the board's section lies below the home page: the setting ``GOVERNANCE_BOARD_PATH``."""
    return getattr(settings, "GOVERNANCE_BOARD_PATH", "ueber-uns/beirat").strip("/")


def set_up_locales() -> list[str]:
    """Make every offered language exist. Returns the codes of new ones."""
    return [code for code in get_content_languages() if Locale.all_objects.get_or_create(language_code=code)[1]]


def set_up_groups() -> list[str]:
    """Create missing groups and set exactly the rights of the policies. Returns one line for each difference mended.

    Wagtail's own groups may publish everywhere; they go as long as nobody is in them.
    """
    stock = Group.objects.filter(name__in=STOCK_GROUPS, user=None)
    changes = [f"{name}: removed, nobody was in it" for name in stock.values_list("name", flat=True)]
    stock.delete()
    for policy in GROUPS:
        name = group_name(policy)
        group, created = Group.objects.get_or_create(name=name)
        if created:
            changes.append(f"{name}: created")
        with change_of(group):
            for step in (_set_pages, _set_files, _set_permissions):
                changes += [f"{name}: {line}" for line in step(group, policy)]
    return changes


def set_up_workflow() -> list[str]:
    """The workflow in which the other half approves, on the whole tree. Returns one line for each difference mended.

    Which page needs it is decided by :data:`governance.rights.RIGHTS`, not by the tree, so it hangs at the root and
    no other workflow stands in its way further down.
    """
    changes = []
    with translation.override(settings.LANGUAGE_CODE):
        names = translation.gettext("Approval by the other half"), translation.gettext("Approval")
    task = OtherHalfTask.objects.filter(active=True).order_by("pk").first()
    if task is None:
        task = OtherHalfTask.objects.create(name=names[1])
        changes.append(f"{task.name}: task created")
    workflow = Workflow.objects.filter(active=True, workflow_tasks__task=task).order_by("pk").first()
    if workflow is None:
        workflow = Workflow.objects.create(name=names[0])
        WorkflowTask.objects.create(workflow=workflow, task=task, sort_order=0)
        changes.append(f"{workflow.name}: workflow created")
    root = Page.objects.get(depth=1)
    elsewhere = WorkflowPage.objects.exclude(page=root)
    changes += [f"{row.workflow}: taken from page {row.page_id}" for row in elsewhere.select_related("workflow")]
    elsewhere.delete()
    if not WorkflowPage.objects.filter(page=root, workflow=workflow).exists():
        WorkflowPage.objects.update_or_create(page=root, defaults={"workflow": workflow})
        changes.append(f"{workflow.name}: put on the whole tree")
    return changes


def area_pages(area: Area) -> list[Page]:
    """The tops of the trees that make up an area today; none as long as it has no page."""
    if area is Area.EVERYTHING:
        return list(Page.objects.filter(depth=1))
    homes = Page.objects.filter(
        translation_key__in=Site.objects.values("root_page__translation_key"), depth__gt=1
    ).select_related("locale")
    if area is Area.BOARD:
        places = [f"{home.url_path}{board_path()}/" for home in homes]
        keys = Page.objects.filter(url_path__in=places).values("translation_key")
        return list(Page.objects.filter(translation_key__in=keys, alias_of=None))
    default = Locale.get_default()
    if area is Area.EASY_LANGUAGE:
        return [home for home in homes if home.locale.language_code == EASY]
    return [home for home in homes if home.locale_id != default.pk]


def _set_pages(group: Group, policy: GroupPolicy) -> Iterable[str]:
    wanted = {
        (page.pk, f"{codename}_page")
        for area, codenames in policy.pages.items()
        for page in area_pages(area)
        for codename in codenames
    }
    have = {
        (row.page_id, row.permission.codename): row
        for row in GroupPagePermission.objects.filter(group=group).select_related("permission")
    }
    for key in have.keys() - wanted:
        have[key].delete()
        yield f"page right {key} taken away"
    for page_id, codename in sorted(wanted - have.keys()):
        permission = Permission.objects.get(content_type__app_label="wagtailcore", codename=codename)
        GroupPagePermission.objects.create(group=group, page_id=page_id, permission=permission)
        yield f"page right {codename} on page {page_id} given"


def _set_files(group: Group, policy: GroupPolicy) -> Iterable[str]:
    root = Collection.get_first_root_node()
    # Wagtail asks for the rights of its own models, whatever model a project uses; collections are managed by rights
    # that hold for a collection too.
    models = {"wagtailimages": ("image", policy.files), "wagtaildocs": ("document", policy.files)}
    models["wagtailcore"] = ("collection", policy.collections)
    wanted = {
        Permission.objects.get(content_type__app_label=app_label, codename=f"{action}_{model}").pk
        for app_label, (model, actions) in models.items()
        for action in actions
    }
    have = {
        (row.collection_id, row.permission_id): row for row in GroupCollectionPermission.objects.filter(group=group)
    }
    for key in have.keys() - {(root.pk, permission) for permission in wanted}:
        have[key].delete()
        yield f"file right {key} taken away"
    for permission in sorted(permission for permission in wanted if (root.pk, permission) not in have):
        GroupCollectionPermission.objects.create(group=group, collection=root, permission_id=permission)
        yield f"file right {permission} given"


def _set_permissions(group: Group, policy: GroupPolicy) -> Iterable[str]:
    names = {"wagtailadmin.access_admin", *permissions_of(policy)}
    wanted = set()
    for name in names:
        app_label, codename = name.split(".")
        wanted.add(Permission.objects.get(content_type__app_label=app_label, codename=codename))
    have = set(group.permissions.all())
    if wanted != have:
        group.permissions.set(wanted)
        yield f"{len(wanted - have)} rights given, {len(have - wanted)} taken away"
