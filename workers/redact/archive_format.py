"""What PDF/A-2b (ISO 19005-2:2011) asks of a file beside its pages: which part it keeps to, and what its colours mean.

Both are the same bytes in every file: no title, no date, no name of a program. The verifier knows them by their digests and
lets no others pass.
"""

import struct
from collections.abc import Iterator

from pikepdf import Array, Dictionary, Name, Pdf, Stream, String

LEAST_SIDE, GREATEST_SIDE = 3.0, 14_400.0
"""Units of 1/72 inch that a page's side may have (ISO 19005-2, 6.1.13)."""

PACKET = (
    '<?xpacket begin="\N{ZERO WIDTH NO-BREAK SPACE}" id="W5M0MpCehiHzreSzNTczkc9d"?>\n'
    '<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">'
    '<rdf:Description rdf:about="" xmlns:pdfaid="http://www.aiim.org/pdfa/ns/id/">'
    "<pdfaid:part>2</pdfaid:part><pdfaid:conformance>B</pdfaid:conformance>"
    '</rdf:Description></rdf:RDF></x:xmpmeta>\n<?xpacket end="r"?>\n'
).encode()
"""The whole of the metadata (ISO 19005-2, 6.6.4)."""

_NAME = "sRGB IEC61966-2.1"
_VERSION = 0x04200000
_MADE = (1999, 10, 18, 0, 0, 0)
"""A profile has to have a date; this is when IEC 61966-2-1 came out."""
_D50 = (0.9642, 1.0, 0.8249)
_PRIMARIES = {b"rXYZ": (0.43607, 0.22249, 0.01392), b"gXYZ": (0.38515, 0.71687, 0.09708), b"bXYZ": (0.14307, 0.06061, 0.7141)}
"""Those of IEC 61966-2-1 brought from D65 to D50 by the Bradford transform `_ADAPTED`."""
_ADAPTED = (1.04788, 0.02292, -0.05022, 0.02959, 0.99048, -0.01707, -0.00925, 0.01508, 0.75168)
_CURVE = (2.4, 1 / 1.055, 0.055 / 1.055, 1 / 12.92, 0.04045)


def mark_as_archive_format(pdf: Pdf) -> None:
    """Add the metadata and the output intent, which says that colours and greys are those of sRGB."""
    pdf.Root.Metadata = Stream(pdf, PACKET, Type=Name.Metadata, Subtype=Name.XML)
    intent = Dictionary(
        Type=Name.OutputIntent,
        S=Name.GTS_PDFA1,
        OutputConditionIdentifier=String(_NAME),
        DestOutputProfile=Stream(pdf, srgb_profile(), N=3),
    )
    pdf.Root.OutputIntents = Array([pdf.make_indirect(intent)])


def srgb_profile() -> bytes:
    """The colours of IEC 61966-2-1 as a display profile of ICC.1:2004-10 (version 4.2); the same bytes every time."""
    tags = dict(_tags())
    contents = list(dict.fromkeys(tags.values()))
    start = 128 + 4 + 12 * len(tags)
    places = {each: start + sum(map(len, contents[:at])) for at, each in enumerate(contents)}
    table = b"".join(struct.pack(">4sII", tag, places[each], len(each)) for tag, each in tags.items())
    body = b"".join(contents)
    return _header(start + len(body)) + struct.pack(">I", len(tags)) + table + body


def _header(size: int) -> bytes:
    parts = (
        struct.pack(">I4xI4s4s4s6H", size, _VERSION, b"mntr", b"RGB ", b"XYZ ", *_MADE),
        struct.pack(">4s28x", b"acsp"),
        _fixed(_D50),
    )
    return b"".join(parts).ljust(128, b"\0")


def _tags() -> Iterator[tuple[bytes, bytes]]:
    yield b"desc", _text("sRGB")
    yield b"cprt", _text("CC0")
    yield b"wtpt", b"XYZ \0\0\0\0" + _fixed(_D50)
    yield b"chad", b"sf32\0\0\0\0" + _fixed(_ADAPTED)
    for tag, place in _PRIMARIES.items():
        yield tag, b"XYZ \0\0\0\0" + _fixed(place)
    for tag in (b"rTRC", b"gTRC", b"bTRC"):
        yield tag, struct.pack(">4s4xHxx", b"para", 3) + _fixed(_CURVE)


def _text(text: str) -> bytes:
    """A text in American English (ICC.1:2004-10, 10.13), filled up to whole words of four bytes."""
    written = text.encode("utf-16-be")
    record = struct.pack(">4s4xII2s2sII", b"mluc", 1, 12, b"en", b"US", len(written), 28) + written
    return record + bytes(-len(record) % 4)


def _fixed(numbers: tuple[float, ...]) -> bytes:
    """As s15Fixed16Number: whole 65536ths."""
    return struct.pack(f">{len(numbers)}i", *(round(number * 65536) for number in numbers))
