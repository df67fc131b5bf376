"""How the website's pages are published."""

from collections.abc import Iterable

from django.utils.translation import gettext_lazy as _

from cms_blocks.blocks.words import words
from cms_blocks.publication.declaration import PagePublication, register
from cms_blocks.publication.targets import Targets
from website.json_forms import AccessibilityStatementDocument, HomeDocument, ImprintDocument
from website.models import AccessibilityStatementPage, HomePage, ImprintPage, StandardPage


@register
class HomePublication(PagePublication):
    model = HomePage
    kind = "home"
    label = _("Home page")
    label_plural = _("Home pages")
    searchable = False

    def document(self, page: HomePage, targets: Targets) -> dict:
        return {**super().document(page, targets), "headline": page.headline or page.title}

    def document_form(self) -> type[HomeDocument]:
        return HomeDocument

    def wording(self, page: HomePage) -> Iterable[str]:
        yield page.headline
        yield from super().wording(page)


@register
class StandardPublication(PagePublication):
    model = StandardPage
    kind = "page"
    label = _("Page")
    label_plural = _("Pages")


@register
class ImprintPublication(PagePublication):
    model = ImprintPage
    kind = "imprint"
    label = _("Imprint")
    label_plural = _("Imprints")

    def document(self, page: ImprintPage, targets: Targets) -> dict:
        publishers = [{name: text or "" for name, text in child.value.items()} for child in page.publishers]
        return {**super().document(page, targets), "publishers": publishers}

    def document_form(self) -> type[ImprintDocument]:
        return ImprintDocument

    def search_text(self, page: ImprintPage) -> Iterable[str]:
        yield from words(page.publishers.stream_block, page.publishers)


@register
class AccessibilityStatementPublication(PagePublication):
    model = AccessibilityStatementPage
    kind = "accessibility_statement"
    label = _("Accessibility statement")
    label_plural = _("Accessibility statements")

    def document(self, page: AccessibilityStatementPage, targets: Targets) -> dict:
        texts = ("covers", "law", "conformance", "evaluation", "evaluated_by", "feedback_email", "feedback_phone")
        body = ("enforcement_name", "enforcement_address", "enforcement_url")
        days = ("evaluated_on", "prepared_on", "reviewed_on")
        return {
            **super().document(page, targets),
            **{name: getattr(page, name) for name in (*texts, *body)},
            **{name: day.isoformat() if (day := getattr(page, name)) else None for name in days},
            "barriers": [{name: text or "" for name, text in child.value.items()} for child in page.barriers],
        }

    def document_form(self) -> type[AccessibilityStatementDocument]:
        return AccessibilityStatementDocument

    def search_text(self, page: AccessibilityStatementPage) -> Iterable[str]:
        yield from words(page.barriers.stream_block, page.barriers)
        yield page.enforcement_name

    def wording(self, page: AccessibilityStatementPage) -> Iterable[str]:
        yield from super().wording(page)
        yield from (page.law, page.evaluated_by)
