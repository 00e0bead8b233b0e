from dataclasses import replace

import pytest

from schemas.entity import Entity, Tier
from schemas.redaction import Audience
from workers.redact.policy import default_policy
from workers.verify.secrets import Secrets, SecretSearch, new_findings
from workers.verify.stored_bytes import ByteSearch

POLICY = default_policy()


def found(kind: str, text: str, canonical: str = "", role: str | None = None, tier: Tier = Tier.A) -> Entity:
    return Entity(kind, tier, 1, text, (0, len(text)), canonical=canonical, role=role)


def secrets(*entities: Entity, audience: Audience = Audience.PUBLIC) -> Secrets:
    return Secrets.of(entities, POLICY, audience)


def kinds_in(text: str, *entities: Entity) -> list[str]:
    return [each.kind for each in SecretSearch(secrets(*entities))(text)]


NUMBER = found("CN_ID18", "110105194912310021")
NAME = found("CN_NAME", "张小三")


@pytest.mark.parametrize("text", ["x 110105194912310021", "110105 19491231 0021", "11O105194912310O21", "11010519491231002"])
def test_a_number_is_recognised_however_it_is_read(text):
    assert kinds_in(text, NUMBER) == ["CN_ID18"] * len(kinds_in(text, NUMBER))
    assert kinds_in(text, NUMBER)


@pytest.mark.parametrize("text", ["[身份证号]", "张 三", "小三", "110105", "第三方 13800138000", "张小\n三"])
def test_what_merely_resembles_a_value_is_no_leak(text):
    assert kinds_in(text, NUMBER, NAME) == []


def test_what_a_number_may_be_otherwise_is_secret_too_but_not_what_is_near_it():
    number = replace(found("CN_BANK", "62073451289"), alternatives=("6207733451289",))
    assert kinds_in("卡号 6207 7334 51289", number) == ["CN_BANK"]
    assert kinds_in("卡号 6207 7733 4451289", number) == []
    assert ByteSearch(secrets(number))(b"(6207733451289) Tj") == {"CN_BANK"}


def test_names_count_only_whole():
    assert kinds_in("投保人 张 小三 先生", NAME) == ["CN_NAME"]


def test_a_date_is_looked_for_whole_and_not_one_day_off():
    date = found("DATE_LOSS", "2019年3月5日", "2019-03-05", tier=Tier.C)
    assert kinds_in("2019年", date) == []
    assert kinds_in("2019-03-06", date) == []
    assert kinds_in("20190305", date) == ["DATE_LOSS"]


def test_only_what_the_audience_may_not_see_is_secret():
    assert secrets(NAME, audience=Audience.HANDLER).values == frozenset()
    assert {each.kind for each in secrets(NUMBER, NAME, audience=Audience.HANDLER).values} == {"CN_ID18"}


@pytest.mark.parametrize("text", ["7", "张", "123", "2019年"])
def test_values_that_every_page_holds_are_not_looked_for(text):
    assert secrets(found("DATE_LOSS", text, text)).values == frozenset()


def test_secrets_do_not_show_in_logs():
    assert "张" not in repr(secrets(NAME))


@pytest.mark.parametrize(
    ("entity", "counts"),
    [
        (found("CN_ID18", "110105194912310021"), True),
        (found("CN_ID18", "110105194912310021", tier=Tier.D), False),
        (found("CN_NAME", "张小三"), False),
        (found("AMOUNT", "12.00"), False),
        (found("NOVEL", "abc"), True),
        (found("DIAGNOSIS", "[诊断]", tier=Tier.C), False),
        (found("DIAGNOSIS", "诊断] 骨折", tier=Tier.C), True),
    ],
)
def test_a_fresh_finding_counts_if_its_kind_is_never_shown(entity, counts):
    assert bool([*new_findings([entity], secrets(audience=Audience.HANDLER))]) is counts


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16-be", "utf-16-le", "gbk"])
@pytest.mark.parametrize("entity", [NUMBER, NAME, found("EMAIL", "li@example.com")])
def test_values_are_found_in_bytes_of_every_encoding(encoding, entity):
    search = ByteSearch(secrets(entity))
    stored = entity.text.encode(encoding)
    noise = bytes(range(256)) * 40
    assert search(noise + stored + noise) == {entity.kind}
    assert search(noise + stored.hex().encode() + noise) == {entity.kind}
    assert search(noise) == set()


def test_a_value_across_two_windows_is_found(monkeypatch):
    monkeypatch.setattr("workers.verify.stored_bytes._WINDOW", 64)
    search = ByteSearch(secrets(NUMBER))
    assert all(search(b" " * at + b"110105194912310021") for at in range(40, 70))


def test_short_values_do_not_count_in_compressed_bytes():
    search = ByteSearch(secrets(found("CN_NAME", "张三")))
    stored = "张三".encode("gbk")
    assert search(stored, is_compressed=False) == {"CN_NAME"}
    assert search(stored, is_compressed=True) == set()


def test_no_secrets_no_findings():
    assert ByteSearch(secrets())(b"anything") == set()
