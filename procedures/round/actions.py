"""What editors do with a round. Each is checked, atomic, and written in the log."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from itertools import groupby
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.utils import timezone
from django.utils.translation import gettext as _
from wagtail.log_actions import log

from cms_blocks.publication.unit import unit
from procedures.models import UpdateLetter, UpdateRequest, UpdateRound
from procedures.models.round import new_nonce
from procedures.policies import may_run_rounds
from procedures.round import letters
from procedures.round.choice import Candidate, candidates


class SendRound:
    """Ask the contact of each procedure, in one mail each. Nothing is written if one of them cannot be asked."""

    def __init__(self, user: Any, *, title: str, deadline: date, message: str, page_ids: Iterable[int]) -> None:
        self.user, self.page_ids = user, set(page_ids)
        self.round = UpdateRound(title=title, deadline=deadline, message=message, started_by=user)

    def check(self) -> list[Candidate]:
        """What is asked about. ``PermissionDenied``: not this person; ``ValidationError``: something is missing."""
        if not may_run_rounds(self.user):
            raise PermissionDenied
        if self.round.deadline <= timezone.localdate():
            raise ValidationError({"deadline": _("The last day must lie ahead, so that people can answer.")})
        if not self.page_ids:
            raise ValidationError(_("Choose at least one procedure."))
        found = candidates(self.user, ids=self.page_ids)
        if len(found) < len(self.page_ids):
            raise ValidationError(_("A procedure is not public any more, or not yours to change. Load the list anew."))
        if nobody := [candidate.title for candidate in found if not candidate.email]:
            said = _("Nobody can be asked about these, since their contact has no e-mail: {titles}")
            raise ValidationError(said.format(titles=", ".join(nobody)))
        return found

    def execute(self) -> UpdateRound:
        with unit():
            found = self.check()
            self.round.save()
            for contact_id, asked in groupby(found, key=lambda candidate: candidate.contact_id):
                about = list(asked)
                letter = UpdateLetter.objects.create(
                    round=self.round, contact_id=contact_id, name=about[0].name, email=about[0].email
                )
                UpdateRequest.objects.bulk_create(
                    UpdateRequest(letter=letter, page_id=candidate.page_id) for candidate in about
                )
                letters.write(letter, "round", [candidate.title for candidate in about])
            log(self.round, "procedures.round.send", user=self.user, data={"procedures": len(found)})
        return self.round


class RoundAction:
    """What is done with a round that is under way. The worker is ``user=None``."""

    word: str

    def __init__(self, user: Any, round: UpdateRound) -> None:
        self.user, self.round = user, round

    def check(self) -> None:
        """``PermissionDenied``: not this person; ``ValidationError``: the round is over."""
        if self.user is not None and not may_run_rounds(self.user):
            raise PermissionDenied
        if not self.round.is_open():
            raise ValidationError(_("The round is over. Begin a new one."))

    def execute(self) -> Any:
        with unit():
            self.round = UpdateRound.objects.select_for_update(no_key=True).get(pk=self.round.pk)
            self.check()
            outcome = self.act()
            log(self.round, f"procedures.round.{self.word}", user=self.user)
        return outcome

    def act(self) -> Any:
        raise NotImplementedError


class RemindRound(RoundAction):
    """Write once more to every contact whose answer is missing, about what is still public. Returns to how many.

    ``only_first``: leave out who was reminded already.
    """

    word = "remind"

    def __init__(self, user: Any, round: UpdateRound, *, only_first: bool = False) -> None:
        super().__init__(user, round)
        self.only_first = only_first

    def act(self) -> int:
        late = UpdateRequest.objects.missing().filter(letter__round=self.round)
        if self.only_first:
            late = late.filter(letter__reminded_at=None)
        found = late.select_related("letter__round", "page").order_by("letter__name", "letter_id", "page__title")
        number = 0
        for letter, requests in groupby(found, key=lambda request: request.letter):
            letter.reminded_at = timezone.now()
            letters.write(letter, "round_reminder", [request.page.title for request in requests])
            number += 1
        return number


class CloseRound(RoundAction):
    """No link works any more; what was answered stays."""

    word = "close"

    def check(self) -> None:
        """A round whose links have expired can still be closed."""
        if not may_run_rounds(self.user):
            raise PermissionDenied
        if self.round.closed_at:
            raise ValidationError(_("The round is closed already."))

    def act(self) -> None:
        self.round.closed_at = timezone.now()
        self.round.save(update_fields=["closed_at"])


class ReissueLink(RoundAction):
    """Send a new link to the address that the contact has now; the old link does not work any more. Refused if none of
    the letter's procedures is public any more."""

    word = "reissue"

    def __init__(self, user: Any, letter: UpdateLetter) -> None:
        super().__init__(user, letter.round)
        self.letter = letter

    def act(self) -> UpdateLetter:
        letter = UpdateLetter.objects.select_for_update(of=("self",), no_key=True).get(pk=self.letter.pk)
        letter.round, letter.nonce = self.round, new_nonce()
        if letter.contact is not None and letter.contact.email:
            letter.name, letter.email = letter.contact.name, letter.contact.email
        titles = list(letter.requests.public().order_by("page__title").values_list("page__title", flat=True))
        if not titles:
            said = _("None of the procedures that {name} was asked about is public any more. No new link is needed.")
            raise ValidationError(said.format(name=letter.name))
        letters.write(letter, "round", titles)
        return letter
