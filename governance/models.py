"""The review by the other half, as a task of Wagtail's workflow, and what one half did alone."""

import wagtail.models  # noqa: F401  # wagtail.actions cannot be imported before it, and we may be the first app

from governance.acts import UnilateralAct
from governance.review import HalfReview, OtherHalfTask

__all__ = ["HalfReview", "OtherHalfTask", "UnilateralAct"]
