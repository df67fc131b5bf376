"""The only way to a file. Every request asks anew whether its sender may have it."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponseBase, HttpResponseRedirect
from django.views.decorators.http import require_safe
from wagtail.documents import get_document_model
from wagtail.documents.models import document_served
from wagtail.images import get_image_model

from cms_blocks.media import serving
from cms_blocks.media.access import Access, access_to
from cms_blocks.media.addresses import is_genuine, public_name
from cms_blocks.media.profiles import may_be_made, spec_from_address
from cms_blocks.media.renditions import SourceMissing, TooBusy, open_image
from cms_blocks.media.uploads import extension_of

IMAGE_TYPES = {
    "jpg": "image/jpeg",
    "jpeg": "image/jpeg",
    "png": "image/png",
    "gif": "image/gif",
    "webp": "image/webp",
    "avif": "image/avif",
    "svg": "image/svg+xml",
}
DOCUMENT_TYPES = {
    "pdf": "application/pdf",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "pptx": "application/vnd.openxmlformats-officedocument.presentationml.presentation",
    "odt": "application/vnd.oasis.opendocument.text",
    "ods": "application/vnd.oasis.opendocument.spreadsheet",
    "odp": "application/vnd.oasis.opendocument.presentation",
    "csv": "text/csv",
    "txt": "text/plain",
    "ics": "text/calendar",
    "zip": "application/zip",
}


@require_safe
def serve_image(request: HttpRequest, image_id: int, signature: str, spec: str, filename: str) -> HttpResponseBase:
    """A picture in one of the forms on the list: 200, 304, 404, or 410 if its file is lost."""
    spec = spec_from_address(spec)
    if not may_be_made(spec, is_svg=True, for_staff=True):
        return serving.not_found()
    image = get_image_model().objects.filter(pk=image_id).first()
    if (
        image is None
        or not image.file
        or not is_genuine(image, spec, signature)
        or filename != public_name(image, spec)
    ):
        return serving.not_found()
    offered = may_be_made(spec, is_svg=image.is_svg(), for_staff=False)
    access = access_to(request, image, offered_to_public=offered)
    if access is Access.NONE or (image.is_svg() and "format-" in spec):
        return serving.not_found()
    answer = serving.Answer(
        content_type=IMAGE_TYPES.get(extension_of(filename), "application/octet-stream"),
        filename=filename,
        etag=signature,
        public=access is Access.PUBLIC,
    )
    if (unchanged := answer.conditional(request)) is not None:
        return unchanged
    try:
        return answer.send(request, open_image(image, spec))
    except SourceMissing:
        return serving.gone()
    except TooBusy:
        return serving.busy()


@require_safe
def serve_document(request: HttpRequest, document_id: int, filename: str) -> HttpResponseBase:
    """A document: 200, 206, 304, 404, 410. An address with the name of an earlier file leads to the present one."""
    Document = get_document_model()
    document = Document.objects.filter(pk=document_id).first()
    if document is None or not document.file:
        raise Http404
    access = access_to(request, document)
    if access is Access.NONE:
        raise Http404
    if filename != document.filename:
        return HttpResponseRedirect(document.url, headers={"Cache-Control": serving.STAFF_CACHE})
    content_type = DOCUMENT_TYPES.get(extension_of(filename), "application/octet-stream")
    answer = serving.Answer(
        content_type=content_type,
        filename=filename,
        etag=document.file_hash,
        public=access is Access.PUBLIC,
        download=content_type != "application/pdf",
        changing=True,
    )
    if (unchanged := answer.conditional(request)) is not None:
        return unchanged
    try:
        content = document.file.storage.open(document.file.name)
        response = answer.send(request, content)
    except FileNotFoundError:
        return serving.gone()
    document_served.send(sender=Document, instance=document, request=request)
    return response
