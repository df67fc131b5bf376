"""The page every plugin's pages are made of."""

from __future__ import annotations

from functools import partial

from django.db import models
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import (
    FieldPanel,
    MultiFieldPanel,
    ObjectList,
    Panel,
    TabbedInterface,
    TitleFieldPanel,
)
from wagtail.admin.widgets import SlugInput
from wagtail.models import Page
from wagtail.search import index
from wagtail.utils.decorators import cached_classmethod

from cms_blocks.blocks import BodyBlock
from cms_blocks.blocks.field import StreamField
from cms_blocks.illustrations import illustration_choices
from cms_blocks.indexes import saving
from cms_blocks.office import Half
from cms_blocks.page_types import CONTENT
from cms_blocks.permissions import page_tester
from cms_blocks.publication.targets import current_targets
from cms_blocks.publication.unit import unit
from cms_blocks.reserved import PageForm, check_slug
from cms_blocks.slugs import SPELLINGS, slug_of
from cms_blocks.translating.panels import LanguagePanel
from cms_blocks.writing.previewing import SIZES, modes, preview
from cms_blocks.writing.schedule import SchedulePanel


class BasePage(Page):
    """A translatable page with what all our pages share. Abstract; subclasses declare how they are published.

    Subclasses add panels by overriding ``what_panels`` … ``settings_panels`` and keep the order an editor thinks in.
    """

    lead = models.TextField(
        _("lead"),
        max_length=300,
        blank=True,
        help_text=_("One or two plain sentences: what is this about? Shown below the title, in lists and in search."),
    )
    topic = models.ForeignKey(
        "cms_blocks.Topic",
        verbose_name=_("topic"),
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
        help_text=_("Under which subject should people find this page?"),
    )
    half = models.CharField(
        _("responsible half"),
        max_length=20,
        choices=Half,
        default=Half.JOINT,
        help_text=_("Which half of the office looks after this page?"),
    )
    contact = models.ForeignKey(
        "cms_blocks.Contact",
        verbose_name=_("contact"),
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
        help_text=_("Whom can people ask? Shown beside the text."),
    )
    review_date = models.DateField(
        _("review on"),
        null=True,
        blank=True,
        help_text=_("On this day we remind you to check whether the page is still right. Not shown to the public."),
    )
    illustration = models.CharField(
        _("drawn sign"),
        max_length=40,
        blank=True,
        choices=illustration_choices,
        help_text=_("A small picture for lists. Without one the topic's sign is shown."),
    )
    body = StreamField(
        BodyBlock(),
        verbose_name=_("content"),
        blank=True,
        help_text=_("Build the page from blocks. “+” adds one; drag them into order."),
    )

    # A shared password is no protection, and the anonymous get 404 for whatever is not public.
    private_page_options = ["login", "groups"]
    show_in_menus_default = False
    #: The drawn sign and the group of this page type where an editor chooses one.
    page_sign = "path"
    page_group = CONTENT
    #: Set by pages whose answer depends on the query string (lists with filters).
    reads_query = False

    base_form_class = PageForm
    search_auto_update = False  # see cms_blocks.indexes
    search_fields = [*Page.search_fields, index.SearchField("lead"), index.SearchField("body")]

    title_panel = TitleFieldPanel(
        "title",
        heading=_("Title"),
        classname="",
        placeholder=False,
        help_text=_("In a few words: what do people find here? Shown at the top, in lists and in search."),
    )
    content_panels = [
        title_panel,
        FieldPanel("lead"),
        FieldPanel("body"),
    ]
    who_panels = [FieldPanel("half"), FieldPanel("contact"), FieldPanel("review_date")]
    place_panels = [FieldPanel("topic"), FieldPanel("illustration")]
    promote_panels = [
        MultiFieldPanel(
            [
                FieldPanel(
                    "slug",
                    widget=SlugInput(formatters=list(SPELLINGS.items())),
                    heading=_("Address of the page"),
                    help_text=_(
                        "The end of the address: small letters, numbers and hyphens. Keep it once the page is public, "
                        "or links from elsewhere lead nowhere."
                    ),
                ),
                FieldPanel(
                    "show_in_menus",
                    heading=_("In the main menu"),
                    help_text=_(
                        "Counts for pages right below the home page: with a tick they stand in the menu at the top, "
                        "without one at the foot of every page."
                    ),
                ),
            ],
            _("Address and menu"),
        ),
        MultiFieldPanel(
            [
                FieldPanel(
                    "seo_title",
                    heading=_("Title for search engines"),
                    help_text=_("Only if it should differ from the title. About 60 characters are shown."),
                ),
                FieldPanel(
                    "search_description",
                    heading=_("Sentence for search engines"),
                    help_text=_("Only if it should differ from the lead. About 150 characters are shown."),
                ),
            ],
            _("For search engines"),
        ),
    ]
    #: What has to do with taking part; without anything there is no such tab.
    take_part_panels: list[Panel] = []
    settings_panels = [SchedulePanel()]

    class Meta:
        abstract = True

    @cached_classmethod
    def get_edit_handler(cls):  # noqa: N805
        """The tabs of the editor, bound to this page type."""
        tabs = [
            ObjectList([LanguagePanel(), *cls.content_panels], heading=_("What")),
            ObjectList(cls.place_panels, heading=_("Where and when")),
            ObjectList(cls.who_panels, heading=_("Who")),
            ObjectList(cls.take_part_panels, heading=_("Take part")),
            ObjectList([*cls.promote_panels, *cls.settings_panels], heading=_("Settings")),
        ]
        tabs = [tab for tab in tabs if tab.children]
        return TabbedInterface(tabs, base_form_class=cls.base_form_class).bind_to_model(cls)

    def clean(self):
        super().clean()
        check_slug(self.slug, self.get_parent())

    def _get_autogenerated_slug(self, base_slug: str) -> str:
        """As the editor's form makes it from the title, which Wagtail does without the spelling of umlauts."""
        return super()._get_autogenerated_slug(slug_of(self.title)[:250].rstrip("-") or base_slug)

    def save(self, *args, **kwargs):
        """Save in a unit of work, so that child relations are written before the gate looks."""
        update_fields = kwargs.get("update_fields")
        with unit(), saving(update_fields):
            if not self._state.adding and update_fields is None:
                self._keep_place()
            return super().save(*args, **kwargs)

    save.alters_data = True  # type: ignore[attr-defined]

    def _keep_place(self) -> None:
        """Stay where the tree has the page now. Wagtail writes the place that was read with the page, perhaps before a
        move or a new page below that has been committed since, and would even bring back a page that was deleted."""
        place = ("path", "depth", "numchild", "url_path")
        row = Page.objects.select_for_update(no_key=True).filter(pk=self.pk).values(*place).first()
        if row is None:
            raise self.DoesNotExist(f"Page {self.pk} was deleted meanwhile.")
        if row["path"] != self.path:
            self.__dict__.pop("_cached_parent_obj", None)
        for name in place:
            setattr(self, name, row[name])

    @property
    def preview_modes(self):
        return modes(self)

    @property
    def preview_sizes(self):
        return SIZES

    def serve_preview(self, request, mode_name):
        return preview(self, request, mode_name, partial(super().serve_preview, request, mode_name))

    def contact_for(self, targets):
        """Whom people can ask about the page, on the page and in its document; ``None`` if nobody is named."""
        return targets.contact(self.contact_id)

    def permissions_for_user(self, user):
        return page_tester(user, self)

    def get_context(self, request, *args, **kwargs):
        from cms_blocks.blocks.media import Picture
        from cms_blocks.chrome import chrome_for

        context = super().get_context(request, *args, **kwargs)
        targets = current_targets()
        targets.take_along(self)
        context["chrome"] = chrome_for(request, page=self)
        context["contact"] = contact = self.contact_for(targets)
        photo = targets.image(contact.photo_id) if contact else None
        context["contact_photo"] = Picture.of(photo, "thumb") if photo else None
        topic = targets.topic(self.topic_id)
        context["topic"] = topic
        context["drawn_sign"] = self.illustration or (topic.illustration if topic else "")
        return context
