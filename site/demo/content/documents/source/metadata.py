"""Puts into a PDF that Chromium printed what PDF/UA-1 asks for beyond it: title and standard as XMP metadata.

python metadata.py ../NAME.pdf …
"""

from __future__ import annotations

import sys
from html import escape
from pathlib import Path

from pypdf import PdfReader, PdfWriter
from pypdf.generic import DecodedStreamObject, NameObject

XMP = """<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?>
<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
<rdf:Description rdf:about="" xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:pdfuaid="http://www.aiim.org/pdfua/ns/id/">
<dc:title><rdf:Alt><rdf:li xml:lang="x-default">{title}</rdf:li></rdf:Alt></dc:title><pdfuaid:part>1</pdfuaid:part>
</rdf:Description></rdf:RDF></x:xmpmeta>
<?xpacket end="w"?>"""


def describe(path: Path) -> None:
    """Rewrite the file with its metadata."""
    reader = PdfReader(path)
    writer = PdfWriter(clone_from=reader)
    stream = DecodedStreamObject()
    stream.set_data(XMP.format(title=escape(reader.metadata.title)).encode())
    stream.update({NameObject("/Type"): NameObject("/Metadata"), NameObject("/Subtype"): NameObject("/XML")})
    writer.root_object[NameObject("/Metadata")] = writer._add_object(stream)
    writer.write(path)


for name in sys.argv[1:]:
    describe(Path(name))
