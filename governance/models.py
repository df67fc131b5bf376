"""The review by the other half, as a task of Wagtail's workflow, and what one half did alone."""

from governance.acts import UnilateralAct
from governance.review import HalfReview, OtherHalfTask

__all__ = ["HalfReview", "OtherHalfTask", "UnilateralAct"]
