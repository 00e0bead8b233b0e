from pathlib import Path

import pytest

from schemas.entity import Entity, Tier
from schemas.redaction import Audience
from workers.extract.resolve import KIND_ORDER
from workers.redact.policy import Action, Rule, default_policy, load_policy
from workers.redact.tokens import ENGLISH_LABELS, LABELS, TOKENS, token

HANDLER, PUBLIC = Audience.HANDLER, Audience.PUBLIC


def decided(kind: str, audience: Audience, role: str | None = None, tier: Tier = Tier.A) -> Action:
    return default_policy().decide(Entity(kind, tier, 1, "x", (0, 1), role=role), audience).action


@pytest.mark.parametrize("kind", ["CN_NAME", "POLICY", "CLAIM", "DATE_LOSS", "DATE", "AMOUNT", "CN_MOBILE", "CN_ADDRESS"])
def test_a_handler_sees_the_claim_and_its_own_people(kind):
    assert decided(kind, HANDLER) is Action.SHOW


@pytest.mark.parametrize("kind", ["CN_ID18", "CN_BANK", "CN_PASSPORT", "DIAGNOSIS", "HEALTH_TEXT", "MRN", "LAB_NO", "DOCTOR"])
@pytest.mark.parametrize("tier", list(Tier))
def test_a_handler_sees_no_government_number_and_nothing_medical(kind, tier):
    assert decided(kind, HANDLER, tier=tier) is Action.HIDE


@pytest.mark.parametrize("role", ["doctor", "witness", "handler"])
def test_a_handler_sees_no_third_persons(role):
    assert decided("CN_NAME", HANDLER, role) is Action.HIDE
    assert decided("CN_MOBILE", HANDLER, role) is Action.HIDE
    assert decided("CN_NAME", HANDLER, "beneficiary") is Action.SHOW


@pytest.mark.parametrize("kind", ["CN_NAME", "POLICY", "CN_MOBILE", "CN_ADDRESS", "DOB", "HOSPITAL", "INVOICE", "EMAIL"])
def test_the_public_sees_nothing_of_a_person(kind):
    assert decided(kind, PUBLIC) is Action.HIDE


def test_the_public_sees_amounts_and_of_dates_the_year():
    assert decided("AMOUNT", PUBLIC) is Action.SHOW
    assert decided("DATE_LOSS", PUBLIC) is Action.MASK
    assert decided("DATE_LOSS", PUBLIC, tier=Tier.D) is Action.HIDE


@pytest.mark.parametrize("audience", list(Audience))
def test_an_unknown_kind_is_hidden(audience):
    assert decided("NOVEL_NUMBER", audience) is Action.HIDE
    assert default_policy().always_hides("NOVEL_NUMBER", audience)


def test_the_first_rule_that_fits_decides(tmp_path: Path):
    path = tmp_path / "strict.toml"
    path.write_text(
        'name = "strict"\nversion = "7"\n'
        '[[rules]]\naudience = "handler"\naction = "hide"\nkinds = ["CN_NAME"]\nroles = ["insured"]\nreason = "ours"\n'
        '[[rules]]\naudience = "handler"\naction = "show"\nkinds = ["CN_*"]\n'
    )
    policy = load_policy(path)
    hidden = policy.decide(Entity("CN_NAME", Tier.A, 1, "x", (0, 1), role="insured"), HANDLER)
    assert (policy.label, hidden.action, hidden.reason) == ("strict/7", Action.HIDE, "ours")
    assert policy.decide(Entity("CN_NAME", Tier.A, 1, "x", (0, 1)), HANDLER).action is Action.SHOW


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ('version = "1"\nrules = []', "name"),
        ('name = "a"\nversion = "1"\n[[rules]]\naudience = "everyone"\naction = "show"', "everyone"),
        ('name = "a"\nversion = "1"\n[[rules]]\naudience = "public"\naction = "blur"', "blur"),
        ('name = "a"\nversion = "1"\n[[rules]]\naudience = "public"\naction = "show"\nkind = "AMOUNT"', "unknown keys"),
        ('name = "a"\nversion = "1"\n[[rules]]\naudience = "public"\naction = "mask"\nkinds = ["CN_ID18"]', "can be masked"),
        ("name = ", "broken.toml"),
    ],
)
def test_a_policy_with_a_mistake_is_refused_with_its_place(tmp_path: Path, text, words):
    path = tmp_path / "broken.toml"
    path.write_text(text)
    with pytest.raises(ValueError, match=words) as refused:
        load_policy(path)
    assert "broken.toml" in str(refused.value)


def test_only_dates_can_be_masked():
    with pytest.raises(ValueError, match="DATE"):
        Rule(PUBLIC, Action.MASK, ("*",))


def test_every_kind_has_a_token_and_unknown_kinds_share_one():
    assert token("CN_ID18") == "[身份证号]"
    assert token("DATE_LOSS") == "[日期]"
    assert token("NOVEL_NUMBER") == "[已遮盖]"
    assert token("CN_ID18", "en") == "[identity no.]"
    assert {token("CN_NAME"), token("DATE"), token("NOVEL_NUMBER"), token("DATE", "en"), token("EMAIL", "en")} <= TOKENS


def test_every_kind_that_is_recognised_has_a_token_of_its_own_in_both_languages():
    kinds = {kind for kind in KIND_ORDER if not kind.startswith("DATE")}
    assert kinds <= set(LABELS)
    assert set(LABELS) == set(ENGLISH_LABELS)


@pytest.mark.parametrize("kind", ["CERTIFICATE", "DEVICE", "MEDICATION", "PROCEDURE", "IP"])
def test_a_handler_sees_no_certificate_device_or_drug(kind):
    assert decided(kind, HANDLER) is Action.HIDE


@pytest.mark.parametrize("kind", ["AGE", "OCCUPATION", "CERTIFICATE", "DEVICE", "MEDICATION", "URL", "IP"])
@pytest.mark.parametrize("tier", list(Tier))
def test_the_public_sees_none_of_the_identifiers_of_safe_harbor(kind, tier):
    assert decided(kind, PUBLIC, tier=tier) is Action.HIDE
