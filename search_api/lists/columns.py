"""Which column of a list holds what is to be looked for, by its heading or as somebody says."""

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from openpyxl.utils import column_index_from_string, get_column_letter

from archive.errors import Rejected
from archive.search_keys.han import simplified
from schemas.query import Query
from search_api.lists.cells import MOST_COLUMNS, Row

KEYS = ("name", "number", "date", "from", "to")
LONGEST_VALUE = 200
"""Characters; as a single search takes."""

_HEADS = {
    "name": """
        被保险人姓名 被保险人 被保人姓名 被保人 出险人姓名 出险人 姓名 名字 患者姓名 病人姓名 客户姓名
        投保人姓名 投保人 索赔人 申请人姓名 申请人 受益人姓名 受益人
        insured insuredname nameofinsured insuredperson name fullname patient patientname
        policyholder policyholdername claimant claimantname applicant applicantname beneficiary beneficiaryname
    """,
    "number": """
        保单号 保单号码 保单编号 保险单号 保险单号码 赔案号 赔案编号 理赔号 理赔编号 理赔案号
        立案号 案件号 案件编号 报案号 报案号码 报案编号 号码
        policyno policynumber policyid policy claimno claimnumber claimid caseno casenumber reportno reportnumber number
        身份证号 身份证号码 证件号 证件号码 idno idnumber identitynumber idcard
    """,
    "date": """
        出险日期 出险时间 事故日期 事故时间 损失日期 报案日期 报案时间 入院日期 就诊日期 出院日期 日期
        lossdate dateofloss accidentdate dateofaccident incidentdate reportdate noticedate admissiondate dischargedate date
        出生日期 生日 dateofbirth birthdate birthday dob
    """,
    "from": "起始日期 开始日期 日期起 起始 从 from datefrom fromdate startdate",
    "to": "截止日期 结束日期 日期止 截止 到 to dateto todate enddate",
}
"""The one that stands first here is asked, where its cell holds something. `No.` and 编号 head the numbers of rows, mostly."""
_RANKS = {key: {head: rank for rank, head in enumerate(heads.split())} for key, heads in _HEADS.items()}
_REMARK = re.compile(r"[(\[【<].*$")
_LETTERS = re.compile("[A-Za-z]{1,3}")
_ROUNDED = re.compile(r"[+-]?\d(?:[.,]\d+)?E\+\d+", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Columns:
    """`headings` of all columns; `of` gives for each key that the list has its columns, from 0, the preferred first."""

    headings: tuple[str, ...] = field(repr=False)
    of: Mapping[str, tuple[int, ...]]

    def query(self, row: Row, *, limit: int, wide: bool) -> Query | str:
        """What *row* asks; a reason code where it cannot be asked."""
        if row.fault:
            return row.fault
        asked = {key: self._value(row, key) for key in self.of}
        if not any(asked.values()):
            return "row_empty"
        if any(len(value) > LONGEST_VALUE for value in asked.values()):
            return "value_too_long"
        if _ROUNDED.fullmatch(asked.get("number", "")):
            return "number_rounded"
        typed = {key: value or None for key, value in asked.items()}
        return Query(
            name=typed.get("name"),
            number=typed.get("number"),
            date=typed.get("date"),
            date_from=typed.get("from"),
            date_to=typed.get("to"),
            limit=limit,
            wide=wide,
        )

    def _value(self, row: Row, key: str) -> str:
        cells = (row.values[column].strip() for column in self.of[key] if column < len(row.values))
        return next(filter(None, cells), "")


def parse_named(specs: Iterable[str]) -> dict[str, str]:
    """`name=姓名`, `number=B`, by key. Raises Rejected(no_such_column)."""
    named: dict[str, str] = {}
    for spec in specs:
        key, _, column = spec.partition("=")
        if key not in KEYS or key in named or not column.strip():
            raise Rejected("no_such_column")
        named[key] = column.strip()
    return named


def told_by(headings: Sequence[str], named: Mapping[str, str]) -> Columns | None:
    """None where *headings* are none: a column that is *named* by a heading is not among them, or no column is known."""
    plain = [_plain(heading) for heading in headings]
    of = {key: found for key in KEYS if key not in named and (found := _known(plain, key))}
    is_known = bool(of)
    for key, column in named.items():
        if _plain(column) in plain:
            of[key], is_known = (plain.index(_plain(column)),), True
        elif _LETTERS.fullmatch(column):
            of[key] = (_place(column),)
        else:
            return None
    return Columns(tuple(headings), of) if is_known else None


def by_letters(headings: Sequence[str] | None, named: Mapping[str, str]) -> Columns | None:
    """Columns that are all *named* by letters; *headings* None: there are none, and letters stand for them. None where one is
    not named so."""
    if not named or not all(map(_LETTERS.fullmatch, named.values())):
        return None
    return Columns(tuple(headings or ()), {key: (_place(column),) for key, column in named.items()})


def letters(count: int) -> tuple[str, ...]:
    return tuple(map(get_column_letter, range(1, count + 1)))


def _known(plain: Sequence[str], key: str) -> tuple[int, ...]:
    ranked = [(_RANKS[key][heading], place) for place, heading in enumerate(plain) if heading in _RANKS[key]]
    return tuple(place for _, place in sorted(ranked))


def _plain(heading: str) -> str:
    """Simplified, without width, case, signs and what stands in brackets behind it."""
    folded = _REMARK.sub("", unicodedata.normalize("NFKC", heading).strip()).casefold()
    return simplified("".join(filter(str.isalnum, folded)))


def _place(letter: str) -> int:
    place = column_index_from_string(letter.upper()) - 1
    if place >= MOST_COLUMNS:
        raise Rejected("no_such_column")
    return place
