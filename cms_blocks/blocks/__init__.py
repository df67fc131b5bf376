"""The StreamField blocks. ``BodyBlock`` is what pages hold, ``ContentBlock`` what a new block builds on."""

from cms_blocks.blocks.base import ContentBlock
from cms_blocks.blocks.body import BodyBlock

__all__ = ["BodyBlock", "ContentBlock"]
