"""What the toolkit adds to Wagtail's admin."""

from __future__ import annotations

from django.utils.safestring import SafeString
from wagtail.admin.compare import TextFieldComparison, register_comparison_class

from cms_blocks.guide.tasks import Task, register_task
from toolkit.fields import ChoiceSetField


class ChoiceSetComparison(TextFieldComparison):
    """Two sets of words side by side, as people read them."""

    def htmldiff(self) -> SafeString:
        self.val_a, self.val_b = (", ".join(self.field.labels(value)) for value in (self.val_a, self.val_b))
        return super().htmldiff()


register_comparison_class(ChoiceSetField, comparison_class=ChoiceSetComparison)

register_task(
    Task(
        "method",
        "toolkit",
        "deliberate",
        100,
        "wagtailadmin_explore_root",
        ("wagtailadmin_pages:add", "wagtailadmin_pages:edit"),
    )
)
