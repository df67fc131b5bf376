"""Every address of the project. The leak test walks this list, so a new exit is covered as soon as it stands here."""

from django.conf import settings
from django.conf.urls.i18n import i18n_patterns
from django.http import Http404
from django.urls import include, path
from wagtail.admin import urls as wagtailadmin_urls
from wagtail.api.v3.urls import api as write_api

from cms_blocks.content_api import urls as content_api
from website import views

urlpatterns = [
    path("healthz", views.healthz, name="healthz"),
    path("readyz", views.readyz, name="readyz"),
    path("api/write/v3/", write_api.urls),
    path("api/content/v1/", content_api.urls),
    path(settings.ADMIN_PATH, include("accounts.urls")),
    # Wagtail's page that always fails, so that anybody at the desk could send alarms.
    path(f"{settings.ADMIN_PATH}failwhale/", views.not_found, {"exception": Http404()}, name="no_alarms"),
    path(settings.ADMIN_PATH, include(wagtailadmin_urls)),
    path("", include("cms_blocks.media.urls")),
    path("", include("procedures.round.urls")),
    *i18n_patterns(
        path("", include("cms_blocks.search.urls")),
        path("", include("website.urls")),
        path("", include("procedures.urls")),
        path("", include("cms_blocks.urls")),
        prefix_default_language=False,
    ),
]

handler404 = "website.views.not_found"
