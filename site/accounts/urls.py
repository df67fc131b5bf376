"""Below the desk's path, before Wagtail's own addresses of the same name."""

from django.urls import path
from wagtail.admin.auth import require_admin_access

from accounts import views
from accounts.report import HistoryReport

urlpatterns = [
    path("login/", views.LoginView.as_view(), name="wagtailadmin_login"),
    path("login/code/", views.CodeView.as_view(), name="second_factor_code"),
    path("password_reset/", views.PasswordResetView.as_view(), name="wagtailadmin_password_reset"),
    path("reports/site-history/", require_admin_access(HistoryReport.as_view())),
]
