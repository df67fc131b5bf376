"""What happens when a workflow ends well: the setting ``WAGTAIL_FINISH_WORKFLOW_ACTION`` names this."""

from __future__ import annotations

from typing import Any

# No model is imported here: Wagtail reads the setting while its own models are being defined.


def publish_agreed(workflow_state: Any, user: Any = None) -> None:
    """Publish the version that the other half has approved.

    Nobody can publish such a page alone, so the last approver cannot either; the approval is the permission.
    A workflow without that approval (an administrator may set up others) publishes as far as ``user`` may.
    """
    from wagtail.actions.publish_page_revision import PublishPageRevisionAction
    from wagtail.models import Page, TaskState

    from governance.models import HalfReview

    content = workflow_state.content_object
    revision = content.get_latest_revision()
    if not isinstance(content, Page):
        revision.publish(user=user)
        return
    agreed = HalfReview.objects.filter(
        workflow_state=workflow_state, revision=revision, status=TaskState.STATUS_APPROVED
    ).exists()
    PublishPageRevisionAction(revision, user=user).execute(skip_permission_checks=agreed)
