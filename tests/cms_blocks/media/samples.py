"""Real files for the tests, made here: pictures with everything a camera hides in them, documents, traps."""

from __future__ import annotations

import struct
import zipfile
import zlib
from io import BytesIO

import pillow_heif
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image, ImageCms, ImageOps
from PIL.TiffImagePlugin import IFDRational

SECRET = "geheime Gartenlaube"
GPS = {1: "N", 2: (IFDRational(52), IFDRational(24), IFDRational(1)), 3: "E", 4: (13.0, 3.0, 30.0)}
XMP = (
    '<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">'
    f'<rdf:Description xmlns:dc="http://purl.org/dc/elements/1.1/" dc:creator="{SECRET}"/></rdf:RDF></x:xmpmeta>'
).encode()


def scene(width: int = 120, height: int = 80, mode: str = "RGB") -> Image.Image:
    """A picture whose four corners differ, so that every turn shows."""
    picture = Image.new("RGB", (width, height), (240, 240, 240))
    picture.paste((200, 30, 30), (0, 0, width // 2, height // 2))
    picture.paste((30, 160, 60), (width // 2, 0, width, height // 2))
    picture.paste((40, 60, 200), (0, height // 2, width // 2, height))
    return picture.convert(mode)


def exif(orientation: int = 1) -> Image.Exif:
    tags = Image.Exif()
    tags[0x0112] = orientation
    tags[0x010F] = SECRET  # make of the camera
    tags[0x8769] = {0x9286: b"ASCII\0\0\0" + SECRET.encode(), 0xA431: SECRET}
    tags[0x8825] = GPS
    return tags


def packed(picture: Image.Image, image_format: str, **options) -> bytes:
    output = BytesIO()
    picture.save(output, image_format, **options)
    return output.getvalue()


def jpeg(width: int = 120, height: int = 80, **options) -> bytes:
    return packed(scene(width, height), "JPEG", quality=95, **options)


def png(width: int = 120, height: int = 80, mode: str = "RGB", **options) -> bytes:
    return packed(scene(width, height, mode), "PNG", **options)


def laid_down(orientation: int) -> Image.Image:
    """The scene as a camera stores it that was held so: turned, with the orientation that turns it back."""
    back = {2: Image.Transpose.FLIP_LEFT_RIGHT, 3: Image.Transpose.ROTATE_180, 4: Image.Transpose.FLIP_TOP_BOTTOM,
            5: Image.Transpose.TRANSPOSE, 6: Image.Transpose.ROTATE_90, 7: Image.Transpose.TRANSVERSE,
            8: Image.Transpose.ROTATE_270}  # fmt: skip
    picture = scene()
    return picture.transpose(back[orientation]) if orientation in back else picture


def camera_jpeg(orientation: int = 6) -> bytes:
    """With EXIF, GPS, XMP, comment, IPTC, an embedded thumbnail's worth of data and a colour profile."""
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("LAB")).tobytes()
    data = packed(
        laid_down(orientation), "JPEG", quality=95, exif=exif(orientation), xmp=XMP, comment=SECRET.encode(),
        icc_profile=profile,
    )  # fmt: skip
    iptc = b"Photoshop 3.0\x008BIM\x04\x04\0\0" + struct.pack(">I", 5 + len(SECRET)) + b"\x1c\x02\x50"
    iptc += struct.pack(">H", len(SECRET)) + SECRET.encode()
    segment = b"\xff\xed" + struct.pack(">H", len(iptc) + 2) + iptc
    return data[:2] + segment + data[2:]


def heic(orientation: int = 1) -> bytes:
    output = BytesIO()
    pillow_heif.from_pillow(scene()).save(output, format="HEIF", quality=90, exif=exif(orientation).tobytes())
    return output.getvalue()


def png_claiming(width: int, height: int) -> bytes:
    """A tiny PNG whose header promises a huge picture."""
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    chunks = [(b"IHDR", header), (b"IDAT", zlib.compress(b"\0" * 1000)), (b"IEND", b"")]
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body)) for kind, body in chunks
    )


def moving_gif(frames: int = 3) -> bytes:
    first, *others = [scene().rotate(90 * number) for number in range(frames)]
    return packed(first, "GIF", save_all=True, append_images=others, duration=100)


def same_pixels(data: bytes, expected: Image.Image, tolerance: float = 6.0) -> bool:
    """Whether a picture shows what it should, apart from what compression does to it."""
    with Image.open(BytesIO(data)) as picture:
        if picture.size != expected.size:
            return False
        difference = Image.new("RGB", expected.size)
        left, right = picture.convert("RGB"), expected.convert("RGB")
        difference = [abs(a - b) for a, b in zip(left.tobytes(), right.tobytes(), strict=True)]
        return sum(difference) / len(difference) < tolerance


def upright(data: bytes) -> Image.Image:
    with Image.open(BytesIO(data)) as picture:
        return ImageOps.exif_transpose(picture)


def svg(body: str = '<rect width="10" height="10" fill="red"/>', attributes: str = 'viewBox="0 0 40 20"') -> bytes:
    return f'<svg xmlns="http://www.w3.org/2000/svg" {attributes}>{body}</svg>'.encode()


def pdf(text: str = "Ein Plan") -> bytes:
    """A complete PDF of one page with a correct cross-reference table."""
    stream = f"BT /F1 24 Tf 72 720 Td ({text}) Tj ET".encode("latin-1")
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R "
        b"/Resources << /Font << /F1 5 0 R >> >> >>",
        b"<< /Length %d >>\nstream\n%s\nendstream" % (len(stream), stream),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
    ]
    data, places = b"%PDF-1.4\n", []
    for number, content in enumerate(objects, 1):
        places.append(len(data))
        data += b"%d 0 obj\n%s\nendobj\n" % (number, content)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    return data + b"xref\n0 6\n0000000000 65535 f \n%strailer\n<< /Size 6 /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (
        table, len(data),
    )  # fmt: skip


def archive(files: dict[str, bytes], compression: int = zipfile.ZIP_DEFLATED) -> bytes:
    output = BytesIO()
    with zipfile.ZipFile(output, "w", compression) as target:
        for name, content in files.items():
            target.writestr(name, content)
    return output.getvalue()


def docx(**more: bytes) -> bytes:
    return archive({"[Content_Types].xml": b"<Types/>", "word/document.xml": b"<w:document/>", **more})


def xlsx() -> bytes:
    return archive({"[Content_Types].xml": b"<Types/>", "xl/workbook.xml": b"<workbook/>"})


def odt(kind: str = "text", **more: bytes) -> bytes:
    output = BytesIO()
    with zipfile.ZipFile(output, "w") as target:
        target.writestr("mimetype", f"application/vnd.oasis.opendocument.{kind}", zipfile.ZIP_STORED)
        for name, content in {"content.xml": b"<office/>", **more}.items():
            target.writestr(name, content, zipfile.ZIP_DEFLATED)
    return output.getvalue()


def upload(name: str, data: bytes) -> SimpleUploadedFile:
    return SimpleUploadedFile(name, data)
