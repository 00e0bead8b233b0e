"""Where a claim stands, by the words that forms and registers use for it: codes of `schemas.claim.CLAIM_STATUSES`."""

import re

_SAID: tuple[tuple[str, str], ...] = (  # the first that fits: 已结案（拒赔） is refused, and 赔付完毕结案 paid
    ("withdrawn", r"撤案|撤销|撤回|销案|注销|放弃|withdrawn|cancel"),
    ("refused", r"拒赔|拒付|不予|不赔|零赔付|denied|refused|rejected|declined"),
    (
        "documents_wanted",
        r"(?:待|需|须|缺|未).{0,4}(?:补|资料|材料|单证)|补件|补充材料|补交|documents? (?:wanted|missing|pending)|incomplete",
    ),
    (
        "in_review",
        r"[未待](?:决|定|审|核|赔|付|给付|支付|结)|审[核批]|复核|核[定赔]|理算|调查|查勘|处理中|review|pending|processing|investigat",
    ),
    ("paid", r"给付|赔付|已付|已赔|支付|到账|付讫|paid|settled"),
    ("decided", r"核准|同意赔|审结|已决|结论|decided|approved|adjudicated"),
    ("closed", r"结案|办结|归档|终止|完结|closed|finali[sz]ed"),
    ("opened", r"立案|受理|已收|登记|opened|accepted|received|registered"),
    ("reported", r"报案|reported|notified"),
)
_CODES = tuple((code, re.compile(said, re.IGNORECASE)) for code, said in _SAID)


def status_code(written: str) -> str:
    """`other` where no word is known."""
    return next((code for code, said in _CODES if said.search(written)), "other")
