"""Private files, and what people in the office write to each other: comments, notes, letters."""

from __future__ import annotations

import io
from datetime import timedelta
from typing import Any

from axes.models import AccessAttempt
from django.contrib.auth.models import Group
from django.contrib.contenttypes.models import ContentType
from django.core.files.base import ContentFile
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.mail import EmailMessage, get_connection
from django.utils import timezone
from django_otp.plugins.otp_totp.models import TOTPDevice
from PIL import Image as Picture
from wagtail.admin.models import FormState
from wagtail.log_actions import log
from wagtail.models import (
    APIToken,
    Collection,
    CollectionViewRestriction,
    Comment,
    CommentReply,
    GroupApprovalTask,
    Page,
    TaskState,
    Workflow,
    WorkflowState,
    WorkflowTask,
)
from wagtail_localize.models import StringTranslation, TranslationSource

from cms_blocks.media.addresses import image_address
from cms_blocks.media.responsive import picture_data
from cms_blocks.models import Document, Image
from cms_blocks.webhooks.models import WebhookCall, WebhookEndpoint
from governance.acts import UnilateralAct
from procedures.models import (
    ColumnMemory,
    Edition,
    EditionDraft,
    EditionPaper,
    ImportedPage,
    ImportRun,
    ProcedureIndexPage,
    ProcedurePage,
    UpdateLetter,
    UpdateRequest,
    UpdateRound,
)
from tests.site.leaks.aviary import Aviary
from website.models import StandardPage

PRIVATE, UNSHOWN = "private collection", "file of a draft"


class Papers:
    """``addresses``: genuine addresses of the private files."""

    def __init__(self, aviary: Aviary) -> None:
        self.aviary = aviary
        self.addresses: list[str] = []
        root = Collection.get_first_root_node()
        private = root.add_child(name=aviary.word("collection: name"))
        CollectionViewRestriction.objects.create(
            collection=private, restriction_type="login", password=aviary.word("password")
        )
        self.files = {place: self._files(place, shelf) for place, shelf in ((PRIVATE, private), (UNSHOWN, root))}
        image, document = self.files[PRIVATE]
        aviary.chosen |= {Image: image.pk, Document: document.pk}

    def _files(self, place: str, shelf: Collection) -> tuple[Image, Document]:
        word = self.aviary.word
        image = Image(
            collection=shelf,
            file=_picture(word(f"{place}: image file's name")),
            **self.aviary.fields(Image, f"{place}: image"),
        )
        image.save()
        document = Document(
            collection=shelf,
            file=ContentFile(word(f"{place}: document's text").encode() * 50, name=f"{place}.txt"),
            **self.aviary.fields(Document, f"{place}: document"),
        )
        document.save()
        image.tags.add(word(f"{place}: image tag"))
        document.tags.add(word(f"{place}: document tag"))
        self.addresses += [*_addresses(image), document.url, str(image.file.name), str(document.file.name)]
        return image, document

    def show(self, home: Page) -> list[str]:
        """A public page that shows the private files, and a draft that shows files of a public collection.

        A third one shows a public picture, of which the public learns nothing but what stands below it.
        """
        paths = []
        for place, (image, document) in self.files.items():
            block = {"image": image.pk, "decorative": False, "size": "text"}
            words = {name: self.aviary.word(f"{place}: {name} in this place") for name in ("alt", "caption")}
            heading = self.aviary.word(f"{place}: heading of the list")
            page = StandardPage(title=f"Zeigt {place}", slug=f"zeigt-{image.pk}", live=place == PRIVATE)
            page.body = [
                ("image", {**block, **words}),
                ("documents", {"title": heading, "documents": [document.pk]}),
            ]
            home.add_child(instance=page)
            paths.append(page.url)
        procedure = ProcedurePage(
            title="Vorhaben mit Plänen",
            slug="vorhaben-mit-plaenen",
            **dict.fromkeys(("brief_what", "brief_where", "brief_how"), "Etwas"),
        )
        words = self.aviary.word(f"{PRIVATE}: words of a procedure's document")
        procedure.documents = [("document", {"document": self.files[PRIVATE][1].pk, "words": words, "on": None})]
        home.add_child(instance=procedure)
        image = Image(title=self.aviary.word("public picture: title"), alt_text="Ein Platz", file=_picture("platz"))
        image.save()
        image.tags.add(self.aviary.word("public picture: tag"))
        shown = {"image": image.pk, "decorative": False, "alt": "", "caption": "", "size": "text"}
        home.add_child(instance=StandardPage(title="Zeigt ein Bild", slug="zeigt-ein-bild", body=[("image", shown)]))
        return paths

    def write(self, public: Page, draft: Page, user: Any) -> None:
        """Everything that the office keeps beside its pages: ``public`` is talked about as well as ``draft``."""
        word = self.aviary.word
        for number, page in enumerate((public, draft)):
            comment = Comment.objects.create(page=page, user=user, text=word("comment"), contentpath="lead")
            CommentReply.objects.create(comment=comment, user=user, text=word("answer to a comment"))
            UnilateralAct.objects.create(
                kind="urgent",
                page=page,
                half="carrier",
                user=user,
                **self.aviary.fields(UnilateralAct, "act of one half"),
            )
            self._review(page, number, user)
            kind = ContentType.objects.get_for_model(page)
            FormState.objects.create(
                data=f"title={word('kept form')}",
                user=user,
                content_type=kind,
                object_id=str(page.pk),
                last_updated_at=timezone.now(),
            )
        source, _created = TranslationSource.update_or_create_from_instance(draft)
        for segment in source.stringsegment_set.all()[:1]:
            StringTranslation.objects.create(
                translation_of=segment.string,
                locale=draft.locale,
                context=segment.context,
                data=word("translation of a draft"),
                translation_type=StringTranslation.TRANSLATION_TYPE_MANUAL,
            )
        Group.objects.create(name=word("group"))
        APIToken.objects.create(user=user, name=word("token"), key_hash="x", prefix="x")
        TOTPDevice.objects.create(user=user, name=word("second factor"))
        AccessAttempt.objects.create(username=word("failed login"), failures_since_start=1)
        log(self.files[UNSHOWN][0], "wagtail.edit", user=user, title=word("audit log"))
        endpoint = WebhookEndpoint.objects.create(
            active=False,
            name=word("webhook: name"),
            url=f"https://{word('webhook: address')}.example/",
            secret=word("webhook: secret"),
        )
        self._imported(word, user)
        WebhookCall.objects.create(endpoint=endpoint, event_id=word("webhook: event"), topic="record.changed")
        letter = EmailMessage(word("letter: subject"), word("letter: text"), to=["office@example.org"])
        letter.from_email = f"{word('letter: sender').lower()}@example.org"
        get_connection("cms_blocks.publication.mail.OutboxEmailBackend").send_messages([letter])

    def ask(self, page: Page) -> None:
        """A round that is under way asks about a public page; the link is genuine, and the name is the department's own."""
        fields = self.aviary.fields
        round = UpdateRound.objects.create(
            deadline=timezone.localdate() + timedelta(days=9), **fields(UpdateRound, "update round")
        )
        values = {**fields(UpdateLetter, "letter of a round"), "name": "Fachamt"}
        letter = UpdateLetter.objects.create(round=round, **values)
        values = {**fields(UpdateRequest, "question of a round"), "changes": {"place": self.aviary.word("change")}}
        self.asked = UpdateRequest.objects.create(letter=letter, page_id=page.pk, **values)

    def edit(self, public: Page) -> None:
        """An edition that nobody may know of yet, and one that was withdrawn, with its genuine address."""
        fields, now = self.aviary.fields, timezone.now()
        days = {"cut_off": timezone.localdate(), "adopted_on": timezone.localdate()}
        kept = {"index": public, "locale": public.locale, "list_key": public.translation_key, **days}
        planned = Edition.objects.create(
            embargo=now + timedelta(days=1), scheduled_at=now, failure={"why": self.aviary.word("edition: failure")},
            **fields(Edition, "edition to come"), **kept,
        )  # fmt: skip
        EditionDraft.objects.create(edition=planned, page=ProcedurePage.objects.filter(live=False).first())
        self.editions = []
        for number in (1, 2):
            words = fields(Edition, "edition withdrawn") | {"address": f"{public.url}ausgabe-{number}.pdf"}
            entries = [{"title": self.aviary.word("edition: title of a procedure")}]
            gone = Edition.objects.create(
                number=number, published_at=now, withdrawn_at=now, entries=entries, **words, **kept
            )
            pdf = b"%PDF-1.7 " + self.aviary.word("edition: paper").encode()
            EditionPaper.objects.create(edition=gone, pdf=pdf, digest=self.aviary.word("edition: digest"))
            self.editions.append(gone.address)

    def _imported(self, word: Any, user: Any) -> None:
        """A sheet of procedures with what was wrong in it. Its list is no page of this site's tree, so nobody sees it."""
        home = Page.objects.filter(depth=2).first()
        index = home.add_child(
            instance=ProcedureIndexPage(title="Verfahren", slug="verfahren-eingelesen", locale=home.locale, live=False)
        )
        run = ImportRun.objects.create(
            index=index, user=user, file_name=word("import: file"), file=word("import: content").encode(),
            news_what=word("import: news"), errors=[{"cell": "A1", "value": word("import: cell")}],
            mapping={word("import: heading"): ""},
        )  # fmt: skip
        ImportedPage.objects.create(run=run, reference="2026-0001", title=word("import: page"), row=2)
        ColumnMemory.objects.create(headings="x", mapping={word("import: remembered"): ""})

    def _review(self, page: Page, number: int, user: Any) -> None:
        """The note that came with an answer in the workflow."""
        task = GroupApprovalTask.objects.create(name=self.aviary.word("workflow: task"))
        workflow = Workflow.objects.create(name=self.aviary.word("workflow: name"))
        WorkflowTask.objects.create(workflow=workflow, task=task)
        state = WorkflowState.objects.create(
            content_type=ContentType.objects.get_for_model(page),
            base_content_type=ContentType.objects.get_for_model(Page),
            object_id=str(page.pk),
            workflow=workflow,
            requested_by=user,
            status=WorkflowState.STATUS_NEEDS_CHANGES,
        )
        TaskState.objects.create(
            workflow_state=state,
            revision=page.latest_revision or page.save_revision(user=user),
            task=task.task_ptr,
            status=TaskState.STATUS_REJECTED,
            comment=self.aviary.word("workflow: note"),
            finished_by=user,
        )


def _picture(name: str) -> SimpleUploadedFile:
    out = io.BytesIO()
    Picture.new("RGB", (1600, 900), "navy").save(out, "PNG")
    return SimpleUploadedFile(f"{name}.png", out.getvalue(), "image/png")


def _addresses(image: Image) -> list[str]:
    """Genuinely signed addresses of every form of a picture that a page or the admin uses."""
    data = picture_data(image, "text")
    in_pages = [data["src"], *(part.split()[0] for source in data["sources"] for part in source["srcset"].split(", "))]
    return [image_address(image, "original"), image_address(image, "max-165x165"), *in_pages]
