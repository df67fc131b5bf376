"""Addresses of pages, on the screen and on paper. Included by a project in place of ``wagtail.urls``, last of all."""

from django.urls import path, re_path
from wagtail.urls import serve_pattern

from cms_blocks.print.views import printed
from cms_blocks.views import serve

urlpatterns = [
    path("<path:place>.pdf", printed, name="print"),
    re_path(serve_pattern, serve, name="wagtail_serve"),
]
