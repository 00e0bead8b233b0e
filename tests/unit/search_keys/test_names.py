import pytest

from archive.search_keys.han import misread_as
from archive.search_keys.names import ask_name, tokens_of_name, tokens_of_other_reading

CHINESE = [
    ("刘德华", "刘德华", "exact", "same"),
    ("刘德华", "刘　德 华", "exact", "same"),
    ("买买提·艾力", "买买提•艾力", "exact", "same"),
    ("买买提·艾力", "买买提艾力", "exact", "same"),
    ("刘德华", "劉德華", "likely", "simple"),
    ("劉德華", "刘德华", "likely", "simple"),
    ("季子己", "李子已", "likely", "lookalike"),
    ("刘德华", "刘得花", "likely", "pinyin"),
    ("刘德华", "liudehua", "likely", "pinyin"),
    ("刘德华", "liu de hua", "likely", "pinyin"),
    ("刘德华", "LIU Dehua", "likely", "pinyin"),
    ("刘德华", "De-hua Liu", "likely", "pinyin"),
    ("刘德华", "Liu, Dehua", "likely", "pinyin"),
    ("刘德华", "liú dé huá", "likely", "pinyin"),
    ("LIU DEHUA", "刘德华", "likely", "pinyin"),
    ("单雄", "shan xiong", "likely", "pinyin"),
    ("单雄", "dan xiong", "likely", "pinyin"),
    ("仇英", "qiu ying", "likely", "pinyin"),
    ("尉迟恭", "yuchi gong", "likely", "pinyin"),
    ("欧阳修", "OUYANG Xiu", "likely", "pinyin"),
    ("吕布", "lvbu", "likely", "pinyin"),
    ("吕布", "Lü Bu", "likely", "pinyin"),
    ("吕布", "lu bu", "likely", "pinyin"),
    ("吕布", "LYU BU", "likely", "pinyin"),
    ("安宇", "an yu", "likely", "pinyin"),
    ("张志", "zang zi", "possible", "near_sound"),
    ("陈静", "岑瑾", "possible", "near_sound"),
    ("刘德华", "liudehau", "possible", "misspelt"),
    ("刘德华", "ldh", "possible", "initials"),
    ("刘德华", "L.D.H.", "possible", "initials"),
    ("刘德华", "刘?华", "possible", "unknown"),
    ("刘德华", "刘＊华", "possible", "unknown"),
    ("刘德华", "刘振华", "possible", "differs"),
    ("刘德华", "刘华", "possible", "missing"),
    ("刘德华", "刘德清华", "possible", "extra"),
    ("刘德华", "刘华德", "possible", "swapped"),
    ("买买提·艾力", "买买提", "possible", "part"),
    ("刘德华", "刘德华先生", "exact", "same"),
    ("王同志", "王同志", "exact", "same"),
]

LATIN = [
    ("John A. Smith", "JOHN A SMITH", "exact", "same"),
    ("SMITH, JOHN", "John Smith", "exact", "same"),
    ("O'Neil, Ann", "ann oneil", "exact", "same"),
    ("John Smith", "Smith John", "likely", "words"),
    ("José Nuñez", "Jose Nunez", "likely", "words"),
    ("John A. Smith", "John Smith", "likely", "middle"),
    ("John Smith", "John A Smith", "likely", "middle"),
    ("John A Smith", "John B Smith", "possible", "middle"),
    ("John Smith", "J. Smith", "possible", "short"),
    ("J. Smith", "John Smith", "possible", "short"),
    ("John Smith", "Jonn Smith", "possible", "differs"),
    ("John A. Smith", "Jon Smith", "possible", "missing"),
    ("John Smith", "Johnn Smith", "possible", "misspelt"),
    ("John Smith", "J?hn Smith", "possible", "unknown"),
    ("Mr. John Smith", "John Smith", "exact", "same"),
    ("SMITH, John A", "smith", "possible", "part"),
    ('William "Bill" Smith', "William Smith", "likely", "words"),
    ('William "Bill" Smith', "Bill Smith", "likely", "words"),
    ("Smith, William (Bill)", "smith william", "likely", "words"),
    ("William Smith", "William 'Bill' Smith", "likely", "nickname"),
    ("William “Bill” Smith", "Mary Smith", None, None),
    ("Seán O'Neil", "Sean O’Neil", "likely", "words"),
]


@pytest.mark.parametrize(("stored", "typed", "tier", "told"), CHINESE + LATIN)
def test_a_name_is_found_by_what_is_typed(key, meet, stored, typed, tier, told):
    assert meet(tokens_of_name(key, stored), ask_name(key, typed)) == ((tier, told) if tier else None)


@pytest.mark.parametrize(
    ("stored", "typed"),
    [
        ("刘德华", "张学友"),
        ("刘伟", "刘敏"),  # two characters with one wrong are only a surname
        ("刘德华", "刘"),
        ("刘德华", "刘??"),
        ("John Smith", "Mary Jones"),
        ("刘德华", "zhangxueyou"),
    ],
)
def test_another_name_is_not_found(key, meet, stored, typed):
    assert meet(tokens_of_name(key, stored), ask_name(key, typed)) is None


@pytest.mark.parametrize("typed", ["", "  ", "…", "??", "·"])
def test_what_holds_no_letter_asks_for_nothing(key, typed):
    assert ask_name(key, typed) == ()


@pytest.mark.parametrize("stored", ["", " · ", "——"])
def test_what_holds_no_letter_stores_nothing(key, stored):
    assert tokens_of_name(key, stored) == ()


@pytest.mark.parametrize(
    ("read", "typed", "told"),
    [
        ("刘得化", "刘得化", ("likely", "reading")),
        ("劉得化先生", "刘 得 化", ("likely", "reading")),
        ("刘得化", "刘得", None),
        ("刘得化", "刘得?", None),
        ("刘", "刘", None),
        ("John Smith", "Smith, John", ("likely", "reading")),
        ("John", "John", None),
    ],
)
def test_a_name_is_found_whole_by_another_reading_of_the_page(key, meet, read, typed, told):
    assert meet(tokens_of_other_reading(key, read), ask_name(key, typed)) == told


def test_what_the_page_says_is_a_better_match_than_another_reading_of_it(key, meet):
    stored = (*tokens_of_other_reading(key, "刘德华"), *tokens_of_name(key, "刘德华"))
    assert meet(stored, ask_name(key, "刘德华")) == ("exact", "same")


@pytest.mark.parametrize(
    ("printed", "read"), [("瞿静", "翟静"), ("臧健民", "减健民"), ("阎小燕", "间小燕"), ("瞿靜", "翟净"), ("王恩", "王思")]
)
def test_a_name_is_found_where_one_character_was_misread(key, meet, printed, read):
    assert meet(tokens_of_name(key, read), ask_name(key, printed)) == ("likely", "misread")


@pytest.mark.parametrize(
    ("printed", "read"),
    [
        ("翟静", "瞿静"),  # this way round it was hardly seen
        ("瞿荀", "翟葡"),
        ("瞿", "翟"),
    ],
)
def test_a_short_name_with_more_or_other_wrong_characters_is_another_name(key, meet, printed, read):
    assert meet(tokens_of_name(key, read), ask_name(key, printed)) is None


def test_a_misread_name_is_a_better_match_than_a_homophone_and_a_worse_one_than_look_alikes(key):
    forms = list(dict.fromkeys(token.form for token in ask_name(key, "瞿德华")))
    assert forms.index("lookalike") < forms.index("misread") < forms.index("pinyin")


def test_a_look_alike_is_not_asked_as_misread_too(key, meet):
    assert meet(tokens_of_name(key, "王人"), ask_name(key, "王入")) == ("likely", "lookalike")


def test_three_misreadings_of_a_character_are_asked_at_most(key):
    assert len(misread_as("覃")) > 3
    assert [token.form for token in ask_name(key, "覃〇")].count("misread") == 3


def test_only_the_name_itself_is_exact(key):
    exact = [token.form for token in ask_name(key, "单德华") if token.tier == "exact"]
    assert exact == ["same"]


def test_questions_come_best_tier_first_and_without_doubles(key):
    asked = ask_name(key, "尉迟乐")
    assert [token.tier.rank for token in asked] == sorted(token.tier.rank for token in asked)
    assert len({token.digest for token in asked}) == len(asked)


def test_a_long_name_of_polyphones_stays_small(key):
    assert len(tokens_of_name(key, "单乐行重长朝调都还会" * 6)) < 130


def test_the_same_name_always_gives_the_same_tokens_in_the_same_order(key):
    assert ask_name(key, "John Adam Smith") == ask_name(key, "John Adam Smith")
    assert tokens_of_name(key, "曾乐行") == tokens_of_name(key, "曾乐行")
