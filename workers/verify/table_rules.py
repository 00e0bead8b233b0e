"""What may stand in each part of a workbook that was written for an audience: elements, attributes, and what these may say."""

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass

_TRUE_OR_FALSE = re.compile(r"[01]")
_NUMBER = re.compile(r"-?\d{1,7}(?:\.\d{1,4})?")
_PLACE = re.compile(r"[A-Z]{1,3}\d{1,7}")
_AREA = re.compile(rf"{_PLACE.pattern}:{_PLACE.pattern}")
_COLOUR = re.compile(r"00[0-9A-F]{6}")
_FORMAT = re.compile(r'[0#?.,%\s/:;_()+\-¥$￥年月日时分秒"\\@EAPMGenralymdhs]{1,280}')
_TITLE = re.compile(r".{1,31}", re.DOTALL)
"""Any: titles are compared with those that were searched."""
_RELATION = re.compile(r"rId\d{1,5}")
_TYPE = re.compile(r"http://schemas\.openxmlformats\.org/(?:officeDocument|package)/2006/relationships/[A-Za-z/\-]{1,60}")
_TARGET = re.compile(r"/?xl/(?:workbook|worksheets/sheet\d{1,5})\.xml|styles\.xml|theme/theme1\.xml|docProps/(?:core|app)\.xml")
_PART_NAME = re.compile(r"/(?:xl/(?:workbook|styles|theme/theme1|worksheets/sheet\d{1,5})|docProps/(?:core|app))\.xml")
_CONTENT_TYPE = re.compile(r"application/(?:xml|vnd\.openxmlformats-(?:officedocument|package)\.[a-z.\-]{1,60}\+xml)")
_NOTHING = re.compile("")
_ANY = re.compile(".*", re.DOTALL)
_THEME = "d15e8ebf78ef7b9720839d7ae8fdc81a7df5bc24706d8e137df61a5683c358d9"
"""SHA-256 of the theme of openpyxl 3.1, which is the same in every workbook."""

Attributes = Mapping[str, re.Pattern[str]]


def _one_of(*words: str) -> re.Pattern[str]:
    return re.compile("|".join(map(re.escape, words)))


def _all(pattern: re.Pattern[str], *names: str) -> Attributes:
    return dict.fromkeys(names, pattern)


def _each(attributes: Attributes, *elements: str) -> Mapping[str, Attributes]:
    return dict.fromkeys(elements, attributes)


@dataclass(frozen=True, slots=True)
class Rules:
    """`elements`: what may stand there, by name, with the attributes that each may have and what they may say; `text`: what
    may stand between them. Cells are compared with what was searched."""

    elements: Mapping[str, Attributes]
    text: re.Pattern[str] = _NOTHING


_SHEET: Mapping[str, Attributes] = {
    **_each({}, "worksheet", "sheetPr", "pageSetUpPr", "sheetViews", "cols", "sheetData", "v", "is"),
    "outlinePr": _all(_TRUE_OR_FALSE, "summaryBelow", "summaryRight"),
    "dimension": {"ref": _AREA},
    "sheetView": _all(_TRUE_OR_FALSE, "workbookViewId", "tabSelected"),
    "selection": _all(_PLACE, "activeCell", "sqref"),
    "sheetFormatPr": _all(_NUMBER, "baseColWidth", "defaultRowHeight"),
    "col": {"customWidth": _TRUE_OR_FALSE, **_all(_NUMBER, "width", "min", "max")},
    "row": {"r": _NUMBER},
    "c": {"r": _PLACE, "s": _NUMBER, "t": _one_of("inlineStr", "n", "b")},
    "t": {"space": _one_of("preserve")},
    "pageMargins": _all(_NUMBER, "left", "right", "top", "bottom", "header", "footer"),
}
_WORKBOOK: Mapping[str, Attributes] = {
    **_each({}, "workbook", "workbookPr", "workbookProtection", "bookViews", "sheets", "definedNames"),
    "workbookView": {
        "visibility": _one_of("visible"),
        **_all(_TRUE_OR_FALSE, "minimized", "showHorizontalScroll", "showVerticalScroll", "showSheetTabs"),
        **_all(_NUMBER, "tabRatio", "firstSheet", "activeTab", "autoFilterDateGrouping"),
    },
    "sheet": {"name": _TITLE, "sheetId": _NUMBER, "state": _one_of("visible"), "id": _RELATION},
    "calcPr": {"calcId": _NUMBER, "fullCalcOnLoad": _TRUE_OR_FALSE},
}
_XF = _all(_NUMBER, "numFmtId", "fontId", "fillId", "borderId", "pivotButton", "quotePrefix", "xfId", "applyNumberFormat")
_STYLES: Mapping[str, Attributes] = {
    **_each({}, "styleSheet", "font", "fill", "border", "left", "right", "top", "bottom", "diagonal"),
    **_each({"count": _NUMBER}, "numFmts", "fonts", "fills", "borders", "cellStyleXfs", "cellXfs", "cellStyles"),
    **_each({}, "colors", "indexedColors"),
    "numFmt": {"numFmtId": _NUMBER, "formatCode": _FORMAT},
    "name": {"val": _one_of("Calibri")},
    **_each({"val": _NUMBER}, "family", "sz"),
    "color": {"theme": _TRUE_OR_FALSE},
    "scheme": {"val": _one_of("minor")},
    "patternFill": {"patternType": _one_of("gray125")},
    "xf": _XF,
    "cellStyle": {"name": _one_of("Normal"), "xfId": _NUMBER, "builtinId": _NUMBER, "hidden": _one_of("0")},
    "tableStyles": {
        "count": _NUMBER,
        "defaultTableStyle": _one_of("TableStyleMedium9"),
        "defaultPivotStyle": _one_of("PivotStyleLight16"),
    },
    "rgbColor": {"rgb": _COLOUR},
}
_CORE: Mapping[str, Attributes] = {
    **_each({}, "coreProperties", "creator"),
    **_each({"type": _one_of("dcterms:W3CDTF")}, "created", "modified"),
}
_RELATIONS: Mapping[str, Attributes] = {
    "Relationships": {},
    "Relationship": {"Type": _TYPE, "Target": _TARGET, "Id": _RELATION},
}
_TYPES: Mapping[str, Attributes] = {
    "Types": {},
    "Default": {"Extension": _one_of("rels", "xml"), "ContentType": _CONTENT_TYPE},
    "Override": {"PartName": _PART_NAME, "ContentType": _CONTENT_TYPE},
}
_BY_PART = (
    (re.compile(r"xl/worksheets/sheet\d{1,5}\.xml"), Rules(_SHEET, _ANY)),
    (re.compile(r"xl/workbook\.xml"), Rules(_WORKBOOK)),
    (re.compile(r"xl/styles\.xml"), Rules(_STYLES)),
    (re.compile(r"docProps/core\.xml"), Rules(_CORE, _one_of("claimkeep", "1980-01-01T00:00:00Z"))),
    (
        re.compile(r"docProps/app\.xml"),
        Rules(
            _each({}, "Properties", "Application", "AppVersion"),
            re.compile(r"(?:Microsoft Excel Compatible / Openpyxl )?[\d.]{1,10}"),
        ),
    ),
    (re.compile(r"_rels/\.rels|xl/_rels/workbook\.xml\.rels"), Rules(_RELATIONS)),
    (re.compile(r"\[Content_Types\]\.xml"), Rules(_TYPES)),
)


def rules_of(part: str) -> Rules | None:
    """Those of the part of this name; None where it has no place in such a workbook, or is the theme."""
    return next((rules for pattern, rules in _BY_PART if pattern.fullmatch(part)), None)


def may_say(attributes: Attributes, name: str, value: str) -> bool:
    return name in attributes and attributes[name].fullmatch(value) is not None


def is_the_theme(part: str, data: bytes) -> bool:
    """Whether this is the one part that says the same in every workbook."""
    return part == "xl/theme/theme1.xml" and hashlib.sha256(data).hexdigest() == _THEME
