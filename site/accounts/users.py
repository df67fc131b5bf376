"""Wagtail's editor of accounts, narrowed by :mod:`accounts.powers`."""

from __future__ import annotations

from typing import Any

from django.forms import ModelForm
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _
from wagtail.users.forms import UserCreationForm, UserEditForm
from wagtail.users.views.users import CreateView, DeleteView, EditView, IndexView, UserViewSet

from accounts import powers


class GivenBy:
    """A form that knows who fills it in: what they cannot give is shown, greyed out, with the reason."""

    def __init__(self, *args: Any, by: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        form: ModelForm = self  # type: ignore[assignment]
        if field := form.fields.get("is_superuser"):
            field.label = _("All rights (superuser)")
            field.help_text = _("For those who run the server. Superusers may do everything, approving included.")
            if not by.is_superuser:
                field.disabled = True
                field.help_text = _("Only a superuser can make somebody a superuser.")
        if not powers.may_set_groups_of(by, form.instance):
            form.fields["groups"].disabled = True
            form.fields["groups"].help_text = powers.OWN_GROUPS


class NewAccountForm(GivenBy, UserCreationForm):
    pass


class AccountForm(GivenBy, UserEditForm):
    pass


class FilledInBy:
    """Tells the form who fills it in."""

    request: HttpRequest

    def get_form_kwargs(self) -> dict[str, Any]:
        return {**super().get_form_kwargs(), "by": self.request.user}  # type: ignore[misc]


class AccountsView(IndexView):
    """Without links that would only lead to a refusal."""

    def get_edit_url(self, instance: Any) -> str | None:
        if not powers.may_change_account(self.request.user, instance):
            return None
        url: str | None = super().get_edit_url(instance)
        return url


class NewAccountView(FilledInBy, CreateView):
    pass


class AccountView(FilledInBy, EditView):
    def run_before_hook(self) -> HttpResponse | None:
        if not powers.may_change_account(self.request.user, self.object):
            return powers.refuse(self.request, powers.SUPERUSERS)
        answer: HttpResponse | None = super().run_before_hook()
        return answer


class DeleteAccountView(DeleteView):
    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        if self.user_has_permission("delete"):
            account = self.get_object()
            if not powers.may_change_account(request.user, account):
                return powers.refuse(request, powers.SUPERUSERS)
            if request.user.pk == account.pk:
                return powers.refuse(request, powers.NOT_ONESELF)
        return super().dispatch(request, *args, **kwargs)


class AccountViewSet(UserViewSet):
    index_view_class: Any = AccountsView
    add_view_class: Any = NewAccountView
    edit_view_class: Any = AccountView
    delete_view_class: Any = DeleteAccountView
    #: A copy would begin with all that the other account may do.
    copy_view_enabled = False

    def get_form_class(self, for_update: bool = False) -> type[ModelForm]:
        return AccountForm if for_update else NewAccountForm
