"""The content API. A project mounts it as ``path("api/content/v1/", content_api.urls)``, once all apps are ready."""

from cms_blocks.content_api.api import build

api = build()
urls = api.urls
