"""Addresses of files, the same in every language. ``wagtaildocs_serve`` is the name that Wagtail asks for."""

from django.urls import path

from cms_blocks.media import views

urlpatterns = [
    path("images/<int:image_id>/<str:signature>/<str:spec>/<str:filename>", views.serve_image, name="media_image"),
    path("documents/<int:document_id>/<str:filename>", views.serve_document, name="wagtaildocs_serve"),
]
