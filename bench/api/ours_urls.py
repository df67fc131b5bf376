"""The site's addresses, and below the content API's prefix the bare view: so the same middleware has the same work."""

from django.http import HttpRequest, JsonResponse
from django.urls import path

from config import urls

BARE = "api/content/bare/"


def bare(request: HttpRequest) -> JsonResponse:
    return JsonResponse({"data": [], "next": None})


urlpatterns = [path(BARE, bare), *urls.urlpatterns]
handler404 = urls.handler404
