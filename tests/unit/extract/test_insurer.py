"""Which insurer a document is about, and where its claim stands."""

import pytest

from schemas.claim import CLAIM_STATUSES
from workers.extract.claim_status import status_code
from workers.extract.extractor import Extractor
from workers.extract.insurer import foremost, insurers_in


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("安澜人寿保险股份有限公司理赔申请书", ["安澜人寿保险股份有限公司"]),
        ("兹向安澜人寿保险股份有限公司申请给付", ["安澜人寿保险股份有限公司"]),
        ("承保公司:瑞禾财产保险股份有限公司东城支公司", ["瑞禾财产保险股份有限公司"]),
        ("中国瑞禾保险(集团)股份有限公司", ["中国瑞禾保险(集团)股份有限公司"]),
        ("恒岳保险有限责任公司", ["恒岳保险有限责任公司"]),
        ("本人授权保险公司向任何医疗机构查询", []),
        ("任何人寿保险公司均可", []),
        ("贵保险有限公司", []),
        ("与明川养老保险公司和恒岳健康保险股份有限公司", ["明川养老保险公司", "恒岳健康保险股份有限公司"]),
        ("Pay to Blue Harbor Mutual Insurance Company, Dayton", ["Blue Harbor Mutual Insurance Company"]),
        ("Northfield Life Assurance Co. policy", ["Northfield Life Assurance Co."]),
        ("the insurance company may ask", []),
        ("health insurance", []),
    ],
)
def test_companies_are_told_from_what_any_insurer_is_called(text, names):
    found = [text[start:end] for start, end in insurers_in(text)]
    assert [name.removeprefix("Pay to ") for name in found] == names


def test_the_name_that_stands_there_most_often_is_the_documents_own():
    assert foremost(["a", "b", "b"]) == 1
    assert foremost(["a", "b"]) == 0
    assert foremost([]) is None


def test_the_insurer_is_a_field_of_the_claim():
    found = Extractor().extract_text("理赔申请书\n致：安澜人寿保险股份有限公司\n被保险人姓名：欧阳若澜")
    assert found.fields["insurer"].value == "安澜人寿保险股份有限公司"


@pytest.mark.parametrize(
    ("written", "code"),
    [
        ("已报案", "reported"),
        ("已受理", "opened"),
        ("立案", "opened"),
        ("待补资料", "documents_wanted"),
        ("资料不全待补", "documents_wanted"),
        ("审核中", "in_review"),
        ("未决", "in_review"),
        ("待给付", "in_review"),
        ("给付完毕", "paid"),
        ("赔付完毕 已结案", "paid"),
        ("已结案", "closed"),
        ("已结案(拒赔)", "refused"),
        ("客户撤案", "withdrawn"),
        ("Claim denied", "refused"),
        ("PAID", "paid"),
        ("approved", "decided"),
        ("其它", "other"),
        ("", "other"),
    ],
)
def test_a_status_is_understood(written, code):
    assert status_code(written) == code
    assert code in CLAIM_STATUSES
