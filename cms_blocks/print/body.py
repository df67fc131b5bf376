"""The body of a stored document → a flow for print. All fifteen blocks have a form; what only a screen can do (a film,
a dialogue in a frame) becomes its words and its address."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

from django.template.defaultfilters import filesizeformat
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from cms_blocks.print.flow import Flow, Node, address, bullets, heading, of_html, paragraph, paragraphs

#: Sort of block → function(its JSON, level of headings within it, origin). A site adds its own blocks here.
FORMS: dict[str, Callable[[dict[str, Any], int, str], Flow]] = {}


def body_flow(body: list[dict[str, Any]] | None, origin: str) -> Flow:
    """The blocks one after the other. A block without a form is left out: it says nothing on paper."""
    flow: Flow = []
    below_heading = False
    for block in body or []:
        form = FORMS.get(block["type"])
        opens = bool(block.get("title")) or (block["type"] == "heading" and block.get("level") == 2)
        if form is not None:
            flow += form(block, 3 if below_heading or opens else 2, origin)
        below_heading = below_heading or opens
    return flow


def prints_block(name: str) -> Callable[[Any], Any]:
    """Register the printed form of a block."""

    def remember(form: Any) -> Any:
        FORMS[name] = form
        return form

    return remember


def picture_ids(flow: Flow) -> set[int]:
    """The images that a flow shows."""
    found: set[int] = set()
    for node in flow:
        found |= {picture["id"] for picture in node.get("pictures", []) if picture.get("id")}
        for inner in (node.get("flow", []), *node.get("items", [])):
            found |= picture_ids(inner)
    return found


def telephone(number: str) -> str:
    """The address that dials it."""
    return "tel:" + "".join(sign for sign in number if sign in "+0123456789")


def contact_flow(contact: dict[str, Any], level: int) -> Flow:
    """How to reach a human being, as a box."""
    inner: Flow = [heading(contact["name"], level)]
    inner += paragraphs(contact.get("role") or "")
    if phone := contact.get("phone"):
        inner.append(paragraph({"t": phone, "href": telephone(phone)}))
    if email := contact.get("email"):
        inner.append(paragraph({"t": email, "href": f"mailto:{email}"}))
    for name in ("hours", "address"):
        if lines := (contact.get(name) or "").strip():
            inner.append(paragraph({"t": "\n".join(line.strip() for line in lines.splitlines())}))
    return [{"kind": "box", "tone": "paper", "flow": inner}]


def _title(block: dict[str, Any]) -> Flow:
    return [heading(block["title"], 2)] if block.get("title") else []


def _rich(text: Any, origin: str) -> Flow:
    return of_html(text["html"], origin) if text else []


def _linked(label: str, url: str, origin: str) -> Node:
    """A link that can be followed from paper: the address stands behind the words."""
    target = address(url, origin)
    return paragraph({"t": label, "href": target, "strong": True}, {"t": "\n"}, {"t": target, "href": target})


@prints_block("paragraph")
def _paragraph(block: dict[str, Any], level: int, origin: str) -> Flow:
    return of_html(block["html"], origin)


@prints_block("heading")
def _heading(block: dict[str, Any], level: int, origin: str) -> Flow:
    return [heading(block["text"], block["level"])]


@prints_block("quote")
def _quote(block: dict[str, Any], level: int, origin: str) -> Flow:
    by = ", ".join(filter(None, (block["name"], block["source"])))
    return [{"kind": "quote", "flow": paragraphs(block["text"]), "by": by}]


@prints_block("image")
def _image(block: dict[str, Any], level: int, origin: str) -> Flow:
    return [{"kind": "pictures", "pictures": [picture_of(block["image"])]}]


@prints_block("gallery")
def _gallery(block: dict[str, Any], level: int, origin: str) -> Flow:
    return [*_title(block), {"kind": "pictures", "pictures": [picture_of(image) for image in block["images"]]}]


def picture_of(image: dict[str, Any]) -> Node:
    """A picture of the JSON form. Its address is not printed, but changes with the picture."""
    return {name: image[name] for name in ("id", "alt", "decorative", "caption", "credit", "licence_url", "src")}


@prints_block("accordion")
def _accordion(block: dict[str, Any], level: int, origin: str) -> Flow:
    flow = _title(block)
    for item in block["items"]:
        flow += [heading(item["question"], level), *_rich(item["answer"], origin)]
    return flow


@prints_block("steps")
def _steps(block: dict[str, Any], level: int, origin: str) -> Flow:
    items = [
        [*([paragraph({"t": step["title"], "strong": True})] if step["title"] else []), *_rich(step["text"], origin)]
        for step in block["steps"]
    ]
    return [*_title(block), bullets(items, ordered=True)]


@prints_block("timeline")
def _timeline(block: dict[str, Any], level: int, origin: str) -> Flow:
    states = {"done": _("Done"), "current": _("Now"), "planned": _("Planned")}
    items = []
    for entry in block["entries"]:
        day = entry["label"] or (date_format(date.fromisoformat(entry["date"]), "DATE_FORMAT") if entry["date"] else "")
        time = " · ".join(filter(None, (day, states[entry["state"]])))
        items.append(
            [paragraph({"t": entry["title"], "strong": True}), *paragraphs(time), *_rich(entry["text"], origin)]
        )
    return [*_title(block), bullets(items, ordered=True)]


@prints_block("table")
def _table(block: dict[str, Any], level: int, origin: str) -> Flow:
    return [{"kind": "table", **{name: block[name] for name in ("caption", "header_row", "header_column", "rows")}}]


@prints_block("call_to_action")
def _call_to_action(block: dict[str, Any], level: int, origin: str) -> Flow:
    inner = [*_title(block), *paragraphs(block["text"])]
    if link := block["link"]:
        inner.append(_linked(link["label"], link["url"], origin))
    return [{"kind": "box", "tone": block["tone"], "flow": inner}]


@prints_block("related_pages")
def _related_pages(block: dict[str, Any], level: int, origin: str) -> Flow:
    items = [[_linked(page["title"], page["url"], origin), *paragraphs(page["lead"])] for page in block["pages"]]
    return [*_title(block), bullets(items)]


@prints_block("documents")
def _documents(block: dict[str, Any], level: int, origin: str) -> Flow:
    items = []
    for document in block["documents"]:
        size = filesizeformat(document["size"]) if document["size"] else ""
        day = date_format(date.fromisoformat(document["changed"]), "DATE_FORMAT")
        about = ", ".join(filter(None, (document["extension"].upper(), size, _("of %(day)s") % {"day": day})))
        items.append(
            [_linked(document["title"], document["url"], origin), *paragraphs(document["summary"]), *paragraphs(about)]
        )
    return [*_title(block), bullets(items)]


@prints_block("contact")
def _contact(block: dict[str, Any], level: int, origin: str) -> Flow:
    return contact_flow(block, level)


@prints_block("video")
def _video(block: dict[str, Any], level: int, origin: str) -> Flow:
    inner = [*_title(block), _linked(_("Watch the film"), block["url"], origin)]
    return [{"kind": "box", "tone": "paper", "flow": inner}, *_rich(block["transcript"], origin)]


@prints_block("dialogue")
def _dialogue(block: dict[str, Any], level: int, origin: str) -> Flow:
    inner = [*_title(block), *paragraphs(block["text"]), _linked(_("To the dialogue"), block["url"], origin)]
    return [{"kind": "box", "tone": "green", "flow": inner}]
