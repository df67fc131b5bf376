"""A ``{{ variable }}`` of our own templates that names nothing fails the test that rendered it.

Django prints nothing for an unknown variable, so a typo would only be missed by a reader. Variables with a fallback
(``|default``, ``|default_if_none``, ``|yesno``) are meant to be optional. Templates of Wagtail and Django are left
alone, and so is what ``{% if %}`` and ``{% firstof %}`` ask.
"""

from __future__ import annotations

from collections.abc import Generator
from typing import Any

import pytest
from django.template.base import Variable, VariableDoesNotExist, VariableNode

from tests.infrastructure.requirements import REPOSITORY

OPTIONAL = {"default", "default_if_none", "yesno", "length"}
_OURS = tuple(f"{REPOSITORY / room}/" for room in ("cms_blocks", "governance", "toolkit", "procedures", "site"))
_unknown: list[str] = []
_render = VariableNode.render


def _strict_render(self: VariableNode, context: Any) -> Any:
    origin = str(getattr(getattr(self, "origin", None), "name", ""))
    expression = self.filter_expression
    if origin.startswith(_OURS) and isinstance(expression.var, Variable):
        optional = any(getattr(function, "_filter_name", "") in OPTIONAL for function, _ in expression.filters)
        if not optional:
            try:
                expression.var.resolve(context)
            except VariableDoesNotExist:
                _unknown.append(f"{{{{ {expression.token} }}}} in {origin} names nothing")
    return _render(self, context)


@pytest.fixture(autouse=True)
def known_template_variables(request: pytest.FixtureRequest) -> Generator[None]:
    """Marker ``unknown_variables`` lets a test render them on purpose."""
    VariableNode.render = _strict_render  # type: ignore[method-assign]
    _unknown.clear()
    yield
    found = sorted(set(_unknown))
    assert not found or request.node.get_closest_marker("unknown_variables"), "\n".join(found)
