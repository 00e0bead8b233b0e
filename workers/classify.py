"""Which kind of document this is, by the words of its title.

A title stands near the top, in a line of its own, often in large type. Spaces between characters (理 赔 申 请 书) do not matter, and
one character in four may be misread. Words from the body say less and count only where no title was found.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

from schemas.page import Line, PageText
from workers.extract.normalise import normal_character

_TITLES: dict[str, tuple[str, ...]] = {
    "claim_application": (
        "理赔申请书", "理赔申请表", "索赔申请书", "保险金给付申请书", "给付申请书", "保险金申请书", "出险通知书", "理赔申请", "索赔申请", "赔付申请书", "赔案申请",
        "理赔资料", "保险理赔", "出险报案登记表", "医药费报销单", "费用报销申请", "claimapplication", "applicationforbenefits", "noticeofclaim", "noticeofloss", "claimreport",
    ),
    "outpatient_record": (
        "门诊病历", "门急诊病历", "急诊病历", "门诊病历记录", "门诊记录", "病历记录", "门诊处方", "诊断证明书", "疾病诊断证明书", "检查报告", "检查报告单", "检验报告单", "诊断报告书",
        "影像诊断报告", "超声检查报告", "病理报告", "outpatientrecord", "progressnote", "providernote", "visitnote", "clinicnote", "medicalreport",
    ),
    "discharge_summary": ("出院小结", "出院记录", "出院证明书", "出院证", "出院总结", "住院病历", "出院诊断证明", "dischargesummary", "hospitaldischarge"),
    "medical_bill": (
        "医疗收费票据", "医疗门诊收费票据", "门诊收费票据", "住院收费票据", "医疗住院收费票据", "收费票据", "医疗费票据", "医疗费用结算单", "费用清单", "住院费用清单",
        "费用明细清单", "医疗费收据", "住院结算单", "医院收费收据", "门诊发票", "住院发票", "medicalinvoice", "medicalbill", "hospitalbill", "itemizedbill", "patientstatement", "invoice",
    ),
    "identity_card": ("居民身份证", "公民身份号码", "中华人民共和国居民身份证", "身份证复印件", "常住人口登记卡", "identitycard"),
    "accident_certificate": (
        "事故证明", "意外事故证明", "道路交通事故认定书", "交通事故责任认定书", "事故认定书", "交通事故证明", "事故责任认定书", "死亡证明", "居民死亡医学证明书", "情况说明", "事故经过说明",
        "意外伤害证明", "事故证明书", "trafficaccidentreport", "policereport", "accidentreport", "certificateofdeath",
    ),
    "power_of_attorney": ("授权委托书", "理赔委托书", "委托授权书", "委托书", "授权书", "powerofattorney", "authorizationtorelease", "letterofauthorization"),
    "insurance_claim_form": (
        "healthinsuranceclaimform", "cms1500", "formhcfa1500", "hcfa1500", "ub04", "cms1450", "approvedbynationaluniformclaimcommittee", "claimform", "unemploymentinsuranceclaim",
        "insuranceclaimform", "insuranceclaim", "unemploymentinsurance", "weeklyclaim",
    ),
    "insurance_card": ("医疗保险卡", "社会保障卡", "保险卡", "healthplan(80840)", "insurancecard", "memberid", "rxbin", "payerid"),
    "receipt": ("收据", "收款收据", "购物小票", "增值税普通发票", "增值税专用发票", "电子普通发票", "发票", "小票", "receipt", "taxinvoice", "cashreceipt", "salesreceipt"),
    "register": ("登记簿", "登记册", "登记台账", "台账", "清册", "花名册", "赔案登记", "理赔登记", "案件清单", "报案登记", "lossrun", "claimsregister", "register", "claimslist"),
}  # fmt: skip
_TOP_LINES = 14
_LONG_LINE = 2.2
_MIN_SCORE = 1.0
_TALL = 1.35


@dataclass(frozen=True, slots=True)
class _Scored:
    score: float
    document_class: str


def classify(pages: Sequence[PageText]) -> str:
    """One of schemas.claim.DOCUMENT_CLASSES: that of the first page with a title that is known, else `other`."""
    for page in islice(pages, 3):
        best = max(_scores(page), key=lambda scored: scored.score, default=_Scored(0.0, "other"))
        if best.score >= _MIN_SCORE:
            return best.document_class
    return "other"


def _scores(page: PageText) -> Iterator[_Scored]:
    heights = sorted(_height(line) for line in page.lines)
    usual = heights[len(heights) // 2] if heights else 1.0
    for place, line in enumerate(_from_the_top(page)):
        words = _plain(line.text)
        for document_class, titles in _TITLES.items():
            share = max((_likeness(words, title) for title in titles), default=0.0)
            if share:
                yield _Scored(share * _weight(place, _height(line) > _TALL * usual), document_class)


def _from_the_top(page: PageText) -> list[Line]:
    """Lines as they lie from the top of the upright page, however the text is ordered."""
    turned = page.rotation in {90, 270}
    sign = -1 if page.rotation in {180, 270} else 1
    return sorted(page.lines, key=lambda line: sign * (-line.box[0][0] if turned and page.rotation == 90 else line.box[0][0] if turned else line.box[0][1]))


def _height(line: Line) -> float:
    (left, top), _, _, (low_x, low_y) = line.box
    return float(((left - low_x) ** 2 + (top - low_y) ** 2) ** 0.5)


def _weight(place: int, is_tall: bool) -> float:  # noqa: FBT001 - two facts about one line
    near_top = 1.0 if place < _TOP_LINES else 0.35
    return near_top * (1.5 if is_tall else 1.0)


def _plain(text: str) -> str:
    characters = (normal_character(character) for character in text)
    return "".join(character for character in "".join(characters).lower() if character.isalnum() or character in "()")


def _likeness(words: str, title: str) -> float:
    """From 0 to 3: how much of the line the title is, and how long a title; 0 where it is not there."""
    found = title in words or (len(title) >= 4 and not title.isascii() and _nearly_holds(words, title))
    if not found:
        return 0.0
    share = len(title) / max(len(words), 1)
    length = min(len(title), 8) / 8 if not title.isascii() else min(len(title), 16) / 16
    return (2.0 if share > 0.45 else 1.2 if share > 0.2 else 0.5) * (0.5 + length)


def _nearly_holds(words: str, title: str) -> bool:
    """Whether some stretch of *words* differs from *title* in one character of four or more, and agrees at an end."""
    size = len(title)
    return any(
        sum(a != b for a, b in zip(words[start : start + size], title, strict=True)) <= size // 4
        for start in range(len(words) - size + 1)
    )
