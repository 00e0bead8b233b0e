"""Judges a redacted table whoever made it: what can still be got out of it, seen or not?

What its cells show is looked at, and everything else that a workbook keeps: comments, names, formulas and their last values,
strings that no cell uses any more, caches of pivots, charts and other files, lists of allowed values, headers, properties,
macros, files and pictures inside. Pictures are not read: that there are some is a finding.
"""

import io
import posixpath
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import BinaryIO

from archive.errors import Rejected
from schemas.entity import Entity
from schemas.limits import Limits
from schemas.page import PageText
from schemas.redaction import Audience, Leak, Verdict
from schemas.tables import XLSX, dialect_of
from workers.extract.typed import typed
from workers.paginate.cursor import Cursor
from workers.paginate.tables.document import TableDocument
from workers.redact.policy import RedactionPolicy
from workers.redact.tokens import TOKENS
from workers.verify.cell_view import unseen_cells
from workers.verify.package_parts import Part, asides, loose_bytes, parts, strings
from workers.verify.secrets import Secrets, SecretSearch, new_findings
from workers.verify.stored_bytes import ByteSearch

FindEntities = Callable[[PageText], tuple[Entity, ...]]

CHECKS = ("structure", "metadata", "stored_bytes", "stored_strings", "hidden_text", "text_detection", "file_name")

_CARRIERS = {
    "comments": re.compile(r"xl/(?:comments|threadedComments|persons)", re.IGNORECASE),
    "attachments": re.compile(r"xl/(?:embeddings|activeX|ctrlProps)/|customXml/", re.IGNORECASE),
    "caches": re.compile(r"xl/(?:pivotCache|externalLinks|queryTables|connections|slicerCaches|model)", re.IGNORECASE),
    "macros": re.compile(r"xl/(?:vbaProject|macrosheets)", re.IGNORECASE),
    "pictures": re.compile(r"xl/media/|docProps/thumbnail", re.IGNORECASE),
    "revisions": re.compile(r"xl/revisions/", re.IGNORECASE),
}
"""Parts that keep something behind the cells. Others (charts, tables, names, rules) are judged by what they say."""
_PLACES = (
    (re.compile(r"xl/worksheets/[^/]+\.xml$"), "cells"),
    (re.compile(r"xl/sharedStrings\.xml"), "strings"),
    (re.compile(r"xl/workbook\.xml"), "names and titles"),
    (re.compile(r"xl/charts/"), "charts"),
    (re.compile(r"xl/drawings/"), "drawings"),
    (re.compile(r"xl/tables/"), "table columns"),
    (re.compile(r"xl/(?:styles\.xml|theme/)"), "looks"),
    (re.compile(r"docProps/"), "properties"),
    *((pattern, what) for what, pattern in _CARRIERS.items()),
)
_TELLING = re.compile(r"(?:\A|:|\})(?:title|subject|description|keywords|category|Manager|contentStatus|lpwstr)\Z")
_OF_THE_FORMAT = re.compile(r"https?://(?:schemas|purl)\.|application/|/?(?:xl|docProps|_rels)/")
"""Names of namespaces, types and parts."""
_APART = "\n" * 4
"""Between two strings of one part, so that no word heads what happens to stand behind it."""
_TEXT_AT_ONCE = 20_000  # characters that are looked through for entities together


def verify_redacted_table(
    entities: Iterable[Entity],
    redacted: BinaryIO,
    media_type: str,
    policy: RedactionPolicy,
    audience: Audience,
    find_entities: FindEntities,
    file_name: str = "",
) -> Verdict:
    """Leaks of *redacted*, given the *entities* of its original, or none where that is not at hand: then what is found afresh,
    and what is kept from sight, decides alone. Raises Rejected where the file cannot be opened."""
    secrets, data = Secrets.of(entities, policy, audience), redacted.read()
    leaks = [*(_in_workbook if media_type == XLSX else _in_text)(data, secrets, find_entities)]
    leaks += _detected(_pages(data, media_type), secrets, find_entities)
    leaks += (Leak(found.kind, "file_name") for found in SecretSearch(secrets)(file_name))
    return Verdict(tuple(dict.fromkeys(leaks)), CHECKS)


def _in_workbook(data: bytes, secrets: Secrets, find_entities: FindEntities) -> Iterator[Leak]:
    every = tuple(parts(data))
    search, search_bytes = SecretSearch(secrets), ByteSearch(secrets)
    yield from (Leak("file", "structure", detail=what) for what in _carriers(data, every))
    yield from (Leak(kind, "stored_bytes") for kind in search_bytes(data, is_compressed=True))
    for part in every:
        yield from (Leak(kind, "stored_bytes", detail=_place(part)) for kind in search_bytes(part.data))
        if part.is_xml:
            texts = strings(part)
            yield from (Leak(found.kind, "stored_strings", detail=_place(part)) for found in search("\n".join(texts)))
            yield from _detected_in(asides(part) if _is_sheet(part) else texts, _place(part), secrets, find_entities)
    yield from (Leak("file", "metadata", detail=what) for what in _metadata(every))
    yield from (Leak("file", "hidden_text", detail=each.how) for each in unseen_cells(every) if each.text.strip() not in TOKENS)


def _carriers(data: bytes, every: Sequence[Part]) -> Iterator[str]:
    yield from (what for what, pattern in _CARRIERS.items() if any(pattern.match(part.name) for part in every))
    if loose_bytes(data):
        yield "bytes between the parts"
    if any(_names_nothing(every)):
        yield "a part that nothing names"
    if len({part.name.casefold() for part in every}) < len(every):
        yield "two parts of one name"


def _names_nothing(every: Sequence[Part]) -> Iterator[str]:
    """The parts of the outermost package that no relation leads to."""
    targets = {"[Content_Types].xml"} | {target for part in every for target in _targets(part)}
    names = (part.name for part in every if "!" not in part.name and not part.name.endswith((".rels", "/")))
    yield from (name for name in names if name not in targets)


def _targets(part: Part) -> Iterator[str]:
    folder, _, name = part.name.rpartition("_rels/")
    if name.endswith(".rels") and "!" not in part.name:
        for target in strings(part):
            yield posixpath.normpath(posixpath.join("/", folder, target)).lstrip("/")


def _is_sheet(part: Part) -> bool:
    return _place(part) == "cells"


def _place(part: Part) -> str:
    if "!" in part.name:
        return "attachments"
    return next((what for pattern, what in _PLACES if pattern.match(part.name)), "other parts")


def _metadata(every: Sequence[Part]) -> Iterator[str]:
    for part in every:
        if part.name.startswith("docProps/") and part.is_xml:
            yield from sorted({name for name, text in _named_texts(part) if text.strip() and _TELLING.search(name)})


def _named_texts(part: Part) -> Iterator[tuple[str, str]]:
    yield from re.findall(r"<([\w:]+)(?: [^<>]*)?>([^<>]+)</", part.data.decode("utf-8", "replace"))


def _detected_in(texts: Sequence[str], place: str, secrets: Secrets, find_entities: FindEntities) -> Iterator[Leak]:
    """In what is no cell; cells are looked at with the heads of their columns."""
    told = [text for text in texts if not _OF_THE_FORMAT.match(text) and (place != "looks" or '"' in text)]
    for some in _portions(told):
        for entity in new_findings(find_entities(typed(some)), secrets):
            yield Leak(entity.kind, "text_detection", detail=f"{place}, tier {entity.tier}")


def _portions(texts: Sequence[str]) -> Iterator[str]:
    """Lines of text apart from one another, some thousand characters together."""
    some: list[str] = []
    for text in texts:
        some.append(text[:_TEXT_AT_ONCE])
        if sum(map(len, some)) > _TEXT_AT_ONCE:
            yield _APART.join(some)
            some = []
    if some:
        yield _APART.join(some)


def _pages(data: bytes, media_type: str) -> Iterator[PageText]:
    with TableDocument(Cursor(io.BytesIO(data)), media_type, Limits()) as table:
        yield from (page.text() for page in table.pages())


def _detected(pages: Iterable[PageText], secrets: Secrets, find_entities: FindEntities) -> Iterator[Leak]:
    search = SecretSearch(secrets)
    for page in pages:
        yield from (Leak(found.kind, "stored_strings", page.page_number) for found in search(page.text))
        for entity in new_findings(find_entities(page), secrets):
            yield Leak(entity.kind, "text_detection", page.page_number, detail=f"tier {entity.tier}")


def _in_text(data: bytes, secrets: Secrets, _find_entities: FindEntities) -> Iterator[Leak]:
    yield from (Leak(kind, "stored_bytes") for kind in ByteSearch(secrets)(data))
    dialect = dialect_of(data, is_whole=True)
    if dialect is None:
        raise Rejected("damaged_document", "no delimited text")
    text = data.decode(dialect.encoding, "replace")
    yield from (Leak(found.kind, "stored_strings") for found in SecretSearch(secrets)(text))
