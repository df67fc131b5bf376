"""The step before a new page: which type shall it be?"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from wagtail.admin.views.pages.create import AddSubpageView
from wagtail.models import Page

from cms_blocks.page_types import CONTENT, PageGroup

#: For page types of the host site that name no sign of their own.
ANY_SIGN = "motif"


@dataclass(frozen=True, slots=True)
class TypeCard:
    """One page type to choose: its drawn sign, its name and a sentence on what it is for."""

    name: str
    sentence: str
    sign: str
    app_label: str
    model_name: str


def type_cards(models: Iterable[type[Page]]) -> list[tuple[str, list[TypeCard]]]:
    """Page types as cards under the names of their groups, both in the order an editor reads them."""
    groups: dict[PageGroup, list[TypeCard]] = {}
    for model in models:
        card = TypeCard(
            name=str(model.get_verbose_name()),
            sentence=model.get_page_description(),
            sign=getattr(model, "page_sign", ANY_SIGN),
            app_label=model._meta.app_label,
            model_name=model._meta.model_name or "",
        )
        groups.setdefault(getattr(model, "page_group", CONTENT), []).append(card)
    return [
        (str(group.label), sorted(cards, key=lambda card: card.name.lower()))
        for group, cards in sorted(groups.items(), key=lambda entry: entry[0].order)
    ]


class ChooseTypeView(AddSubpageView):
    """Wagtail's view, with cards. A single possible type needs no choice: Wagtail goes on to its form."""

    template_name = "cms_blocks/writing/choose_type.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        models = type(self.parent_page).creatable_subpage_models()
        possible = [model for model in models if model.can_create_at(self.parent_page)]
        return super().get_context_data(**kwargs) | {
            "groups": type_cards(possible),
            "already_there": sorted(str(model.get_verbose_name()) for model in models if model not in possible),
        }
