from schemas.entity import Tier
from workers.extract.passage import Candidate
from workers.extract.resolve import resolve


def candidate(kind, start, end, tier=Tier.D, role=None):
    return Candidate(kind, tier, start, end, "x", role)


def test_the_longest_stands():
    assert [one.kind for one in resolve([candidate("CN_MOBILE", 2, 13, Tier.C), candidate("CN_ID18", 0, 18)])] == ["CN_ID18"]


def test_of_equal_length_the_label_stands_then_the_checksum():
    labelled, checked, shaped = (
        candidate(kind, 0, 9, tier) for kind, tier in (("MRN", Tier.C), ("US_NPI", Tier.B), ("QQ", Tier.D))
    )
    assert resolve([shaped, checked, labelled]) == (labelled,)
    assert resolve([shaped, checked]) == (checked,)


def test_all_else_equal_the_order_of_the_catalogue_decides():
    assert [one.kind for one in resolve([candidate("APPLICATION", 0, 9), candidate("CN_ID15", 0, 9)])] == ["CN_ID15"]


def test_a_longer_reading_of_the_same_kind_keeps_the_label_of_the_shorter():
    (address,) = resolve([candidate("CN_ADDRESS", 0, 20), candidate("CN_ADDRESS", 0, 12, Tier.C, "insured")])
    assert (address.end, address.tier, address.role) == (20, Tier.C, "insured")


def test_a_section_of_health_text_holds_other_entities():
    section, name = candidate("HEALTH_TEXT", 0, 50, Tier.C), candidate("CN_NAME", 5, 8)
    assert resolve([name, section]) == (section, name)
