"""The addresses of the content API. A kind's resource is here because its declaration is registered."""

# No postponed annotations: ninja reads the types of parameters that are made at run time.
import re
from collections.abc import Callable
from datetime import datetime
from typing import Annotated, Any, Literal

from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.utils import timezone
from ninja import NinjaAPI, Path, Query, Router
from ninja.errors import ValidationError
from pydantic import Field, create_model
from wagtail.coreutils import get_content_languages

from cms_blocks.content_api import answers, exports, forms, openapi
from cms_blocks.content_api.changes import Since, changes
from cms_blocks.content_api.navigation import locales, navigation
from cms_blocks.content_api.parameters import (
    LARGEST,
    NO_NUL,
    Parameters,
    export_parameters,
    list_parameters,
    mistakes,
    record_parameters,
)
from cms_blocks.content_api.preview import preview
from cms_blocks.content_api.problems import ParameterError, Problem, ProblemForm, bad_parameters, not_found
from cms_blocks.content_api.resources import EVERYTHING, Resource, resources
from cms_blocks.content_api.selection import Selection, facets
from cms_blocks.content_api.shapes import NEEDED, STORED, Shape, along, is_fresh
from cms_blocks.languages import original_language
from cms_blocks.publication.prepared import ID, NOW, prepared
from cms_blocks.publication.reader import moment, record_at, release, site_id_for

VERSION = "1.0.0"
NAMESPACE = "content_api"
#: Deepest menu.
DEEPEST = 5
Text = Annotated[str, Field(max_length=2000, pattern=NO_NUL)]
Number = Annotated[int, Field(ge=1, le=LARGEST)]


def build() -> NinjaAPI:
    """The API with a resource for each kind that is declared."""
    api = NinjaAPI(
        title="Content API",
        version=VERSION,
        description="Everything that is public, as JSON. Addresses in answers are relative to this site.",
        docs_url=None,
        openapi_url=None,
        urls_namespace=NAMESPACE,
    )
    api.add_exception_handler(Problem, _refused)
    api.add_exception_handler(ValidationError, lambda request, error: _invalid(error).response())
    for resource in resources().values():
        api.add_router("", _router(resource))
    api.add_router("", _site())

    @api.get("/openapi.json", url_name="openapi", include_in_schema=False)
    def description(request: HttpRequest) -> HttpResponse:
        return openapi.as_json(request, api)

    @api.get("/docs/", url_name="docs", include_in_schema=False)
    def page(request: HttpRequest) -> HttpResponse:
        return openapi.as_page(request, api)

    return api


def _router(resource: Resource) -> Router:
    """List, record and export of one resource."""
    router = Router(tags=[resource.name])
    everything = resources()[EVERYTHING]
    of_list, of_record, of_export = list_parameters(resource), record_parameters(resource), export_parameters(resource)
    words = f"Public records of the kind {resource.kind}." if resource.declaration else "Public records of every kind."

    @router.get(
        f"/{resource.name}/",
        response=_answers(forms.list_form(resource, everything), limited=True),
        operation_id=_operation("list", resource),
        url_name=resource.name,
        summary=f"List {resource.name}",
        description=words,
    )
    def listing(request: HttpRequest, parameters: Query[of_list]) -> HttpResponse:
        _check(request, of_list)
        return _list(request, resource, parameters)

    @router.get(
        f"/{resource.name}/{{id}}/",
        response=_answers(forms.answer_form(resource, everything)),
        operation_id=_operation("get", resource),
        url_name=f"{resource.name}-record",
        summary=f"One record of {resource.name}",
    )
    def one(request: HttpRequest, id: Path[Number], parameters: Query[of_record]) -> HttpResponse:
        _check(request, of_record)
        return _record(request, resource, id, parameters)

    @router.get(
        f"/export/{resource.kind}.{{format}}",
        response=_answers(None, limited=True),
        operation_id=_operation("export", resource),
        url_name=f"{resource.name}-export",
        summary=f"All of {resource.name} in one file",
        description="NDJSON with documents, CSV, XLSX, GeoJSON (needs a point), iCalendar (needs a beginning), Atom.",
    )
    def whole(
        request: HttpRequest, format: Path[Literal[tuple(exports.FORMATS)]], parameters: Query[of_export]
    ) -> HttpResponseBase:
        _check(request, of_export)
        return _export(request, resource, format, parameters)

    return router


def _site() -> Router:
    """What belongs to the site as a whole."""
    router = Router(tags=["site"])
    everything = resources()[EVERYTHING]
    of_find = create_model(
        "Find",
        __base__=record_parameters(everything),
        path=(Text, Field(description="The address of a page on this site, for example /en/.")),
    )
    Language = Literal[tuple(get_content_languages())]

    class Menu(Parameters):
        locale: Language = Field(default=original_language(), description="The language.")
        depth: Annotated[int, Field(ge=1, le=DEEPEST)] = Field(default=1, description="Levels below the home page.")

    class Changed(Parameters):
        since: Text = Field(default="", description="From the answer before. Without it: everything that is public.")

    class Preview(Parameters):
        token: Text = Field(description="A signed token from the editor.")

    @router.get("/find/", response=_answers(forms.answer_form(everything, everything)), url_name="find")
    def find(request: HttpRequest, parameters: Query[of_find]) -> HttpResponse:
        """The record at an address of the site."""
        _check(request, of_find)
        present = moment()
        record = record_at(parameters.path, site_id_for(request, present), present.now)
        if record is None:
            raise not_found()
        return _record(request, everything, record.pk, parameters)

    @router.get("/navigation/", response=_answers(forms.NavigationForm), url_name="navigation")
    def menu(request: HttpRequest, parameters: Query[Menu]) -> HttpResponse:
        """The menu of a language."""
        _check(request, Menu)
        asked = parameters
        return _of_site(request, lambda site_id, now: navigation(asked.locale, asked.depth, site_id, now))

    @router.get("/locales/", response=_answers(forms.LocalesForm), url_name="locales")
    def languages(request: HttpRequest) -> HttpResponse:
        """The languages that are offered."""
        _check(request, Parameters)
        return _of_site(request, locales)

    @router.get("/changes/", response=_answers(forms.changes_form(everything)), url_name="changes")
    def changed(request: HttpRequest, parameters: Query[Changed]) -> HttpResponse:
        """What is new, changed or gone since. Ask again with the last answer's since; an entry may come twice."""
        _check(request, Changed)
        since = Since.from_text(parameters.since) if parameters.since else Since()
        present = moment()
        tag = answers.moment_tag(request, present)
        if answers.has(request, tag):
            return answers.not_modified(tag, 0)
        # Never kept by a shared cache: who asks wants to know what is new.
        return answers.json_answer(changes(since, present, site_id_for(request, present)), tag, 0)

    @router.get("/preview/", response=_answers(forms.PreviewForm, limited=True), url_name="preview")
    def draft(request: HttpRequest, parameters: Query[Preview]) -> HttpResponseBase:
        """One draft, as its document would be if it were published now."""
        _check(request, Preview)
        answers.count_costly(request)
        body = answers.to_json(preview(parameters.token))
        return answers.private(HttpResponse(body, content_type="application/json"))

    return router


def _list(request: HttpRequest, resource: Resource, parameters: Any) -> HttpResponse:
    """A page of records. Two queries, and one more for the facets, for the count and for each include."""
    present = moment()  # before the data, so that no old body is ever stored under a new tag
    tag = answers.moment_tag(request, present)
    if answers.has(request, tag):
        return answers.not_modified(tag, present.seconds)
    if known := answers.kept(tag, present.seconds):
        return known
    if parameters.q or parameters.facets or parameters.count:
        answers.count_costly(request)
    selection = Selection(resource, parameters, present.now, site_id_for(request, present))
    shape = Shape.of(resource, parameters.fields, document=False)
    needed = NEEDED if parameters.include else ()
    page = selection.page(parameters.limit, parameters.cursor or "", [*shape.paths, *needed])
    shown = {row["pk"]: record for row in page.rows if (record := shape.as_json(row, present.now)) is not None}
    body: dict[str, Any] = {"data": list(shown.values()), "next": _next(request, page.next)}
    if parameters.count:
        body["count"] = selection.records().count()
    if parameters.facets:
        body["facets"] = facets(selection, parameters.facets)
    if parameters.include:
        body["included"], related = along(page.rows, parameters.include, present.now)
        for pk, record in shown.items():
            record.update(related[pk])
    return answers.keep(answers.json_answer(body, tag, present.seconds), present.seconds)


def _record(request: HttpRequest, resource: Resource, pk: int, parameters: Any) -> HttpResponse:
    """One record. One query as long as its document is fresh and nothing is sent along."""
    present = moment() if parameters.include else None
    now = present.now if present else timezone.now()
    shape = Shape.of(resource, parameters.fields, document=True)
    needed = NEEDED if present else ()
    paths = {*shape.paths, *STORED, *needed, "version", "content_hash", "visible_until"}

    def asked() -> Any:
        return resource.records().visible(NOW).filter(pk=ID).values("pk", *paths)

    rows = prepared(("record", shape, needed), asked).rows(now, pk)
    if not rows:
        raise not_found()
    row = rows[0]
    tag, seconds = "", 0
    if present:
        tag, seconds = answers.moment_tag(request, present), present.seconds
    elif is_fresh(row, now):
        tag = answers.tag_of(request, row["version"], row["content_hash"], release())
        seconds = answers.seconds_until(min(row["visible_until"], row["document__valid_until"]), now)
    if tag and answers.has(request, tag):
        return answers.not_modified(tag, seconds)
    record = shape.as_json(row, now)
    if record is None:
        raise not_found()
    if parameters.include:
        included, related = along([row], parameters.include, now)
        record |= related[row["pk"]] | {"included": included}
    return answers.json_answer(record, tag, seconds)


def _export(request: HttpRequest, resource: Resource, name: str, parameters: Any) -> HttpResponseBase:
    present = moment()
    tag = answers.moment_tag(request, present)
    if answers.has(request, tag):
        return answers.not_modified(tag, present.seconds)
    answers.count_costly(request)
    wanted = exports.FORMATS[name]
    selection = Selection(resource, parameters, present.now, site_id_for(request, present), wanted.sort)
    response = StreamingHttpResponse(exports.export(selection, name, request), content_type=wanted.content_type)
    response.headers["Content-Disposition"] = f'{wanted.disposition}; filename="{resource.name}.{name}"'
    return answers.for_caches(response, tag, present.seconds)


def _of_site(request: HttpRequest, answer: Callable[[int | None, datetime], Any]) -> HttpResponse:
    """An answer that depends on nothing but the site and the moment."""
    present = moment()
    tag = answers.moment_tag(request, present)
    if answers.has(request, tag):
        return answers.not_modified(tag, present.seconds)
    return answers.json_answer(answer(site_id_for(request, present), present.now), tag, present.seconds)


def _next(request: HttpRequest, cursor: str) -> str | None:
    if not cursor:
        return None
    query = request.GET.copy()
    query["cursor"] = cursor
    return f"{request.path}?{query.urlencode()}"


def _operation(verb: str, resource: Resource) -> str:
    return f"{verb}_{resource.name}".replace("-", "_")


def _answers(form: Any, *, limited: bool = False) -> dict[int, Any]:
    """What an operation may answer, by status."""
    problems = dict.fromkeys([400, 404, *([429] if limited else [])], ProblemForm)
    return {200: form, 304: None, **problems}


def _check(request: HttpRequest, model: type[Parameters]) -> None:
    """Raises a 400 for parameters that are unknown or stand there twice."""
    if found := mistakes(model, request.GET):
        raise bad_parameters(found)


def _refused(request: HttpRequest, problem: Any) -> HttpResponse:
    answer: HttpResponse = problem.response()
    return answer


def _invalid(error: ValidationError) -> Problem:
    """What pydantic has against the parameters, in our form."""
    found = []
    for mistake in error.errors:
        _source, *place = mistake["loc"]
        names = [str(part) for part in place if isinstance(part, str) and part != "parameters"]
        expected = mistake.get("ctx", {}).get("expected", "") if mistake["type"] == "literal_error" else ""
        allowed = tuple(re.findall(r"'([^']*)'", expected))
        message = "Is none of the allowed values." if allowed else f"{mistake['msg']}."
        found.append(ParameterError(names[0] if names else "path", message, allowed))
    if any(mistake["loc"][0] == "path" for mistake in error.errors):
        return not_found()
    return bad_parameters(found)
