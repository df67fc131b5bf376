"""The group that the procedures' page types stand in where an editor chooses one."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from cms_blocks.page_types import PageGroup

PROCEDURES = PageGroup(_("Procedures"), 20)
