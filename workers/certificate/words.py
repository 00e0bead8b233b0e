"""What a printed certificate says, in Chinese and in English. Codes that have no words here stand as they are."""

from dataclasses import dataclass

from workers.redact.tokens import token


@dataclass(frozen=True, slots=True)
class Words:
    """The same in both languages."""

    zh: str
    en: str


TITLE = Words("遮盖证明", "Redaction certificate")
STATES = Words(
    "兹证明：下述文件由下述原件制成，规定应隐去的内容已从文件中移除，成品经重新打开、逐页复核，未发现残留。",
    "This certifies that the file below was made from the original below, that what the policy hides has been removed from it, "
    "and that the finished file was opened again and read back page by page, and nothing was found.",
)
CHECKED = Words("打印前已用上列公钥验证签名。", "The signature was verified with the key named above before this was printed.")
NOT_CHECKED = Words(
    "打印时未验证签名。请以 JSON 原件、文件和公钥运行 claimkeep certificate verify。",
    "The signature was not verified when this was printed. Run claimkeep certificate verify on the JSON, the file and the key.",
)
PROOF = Words(
    "本页仅供阅读，证明效力以 JSON 原件及其签名为准；二维码为 JSON 原件的 SHA-256。",
    "This sheet is for reading. The proof is the signed JSON; the code on the right holds its SHA-256.",
)

DOCUMENT = Words("文档编号", "Document")
AUDIENCE = Words("受众与版本", "Audience, version")
MADE_AT = Words("制作时间", "Made")
ORIGINAL = Words("原件", "Original")
DERIVATIVE = Words("遮盖文件", "Redacted file")
POLICY = Words("遮盖策略", "Policy")
SOFTWARE = Words("软件版本", "Software")
PEOPLE = Words("制作与批准", "Maker, approver")
LEDGER = Words("账本位置", "Ledger head")
KEY = Words("签名公钥", "Signing key")
CERTIFICATE = Words("证明文件", "Certificate")
FILE_CHECKS = Words("整个文件的检查", "Checks of the file")
PAGE_CHECKS = Words("每页的检查", "Checks of pages")
PAGES = Words("页数", "Pages")
NOT_CHECKED_PAGES = Words("未检查的页", "Pages not checked")
HIDDEN = Words("隐去的内容", "What was hidden")
BY_PAGE = Words("逐页", "Page by page")
NOTICE = Words("无法识别，以说明代替", "could not be read, a notice stands in its place")
BOXES = Words("处遮盖", "boxes")
READING = Words("识别", "reading")
READING_BACK = Words("复核识别", "reading back")
EXTRACTION = Words("提取", "extraction")
VERIFIER = Words("复核", "verifier")
NONE = Words("无", "none")
NO_APPROVER = Words("无需批准", "no approval needed")
MORE = Words("其余各页见 JSON 原件", "the other pages are in the JSON")
PASSED = Words("通过", "passed")
FAILED = Words("未通过", "failed")

_AUDIENCES = {"handler": Words("理赔人员", "handler"), "public": Words("公众", "public")}
_CHECKS = {
    "page_size": Words("尺寸一致", "same size"),
    "masks_opaque": Words("遮盖不透明", "boxes opaque"),
    "unchanged_outside_masks": Words("其余未改动", "unchanged elsewhere"),
    "second_reading": Words("二次识别", "second reading"),
    "second_detection": Words("二次查找", "second detection"),
    "codes": Words("条码", "codes"),
    "photographs": Words("人像照片", "photographs"),
    "exempted_places": Words("经人复核不遮之处已记录", "places shown by review, recorded"),
    "other_engine": Words("另一引擎识别", "read by another engine"),
    "structure": Words("文件结构", "structure"),
    "page_count": Words("页数", "page count"),
    "stored_bytes": Words("全部字节", "every byte"),
    "stored_strings": Words("全部字符串", "every string"),
    "text_by_pdfminer": Words("文字提取一", "text, first extractor"),
    "text_by_pdfium": Words("文字提取二", "text, second extractor"),
    "text_search": Words("文字查找", "text searched"),
    "text_detection": Words("文字再识别", "text detection"),
    "cells_verified": Words("单元格一致", "cells as searched"),
    "pictures_verified": Words("图像一致", "pictures as verified"),
}


def audience(code: str) -> Words:
    return _AUDIENCES.get(code, Words("", code))


def check(name: str) -> Words:
    return _CHECKS.get(name, Words("", name))


def kind(code: str) -> Words:
    """The label that stands in the text for what was hidden, and the type code."""
    return Words(token(code).strip("[]"), code)
