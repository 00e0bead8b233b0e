import pytest

from archive.search_keys.names import ask_name, tokens_of_name

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
]


@pytest.mark.parametrize(("stored", "typed", "tier", "told"), CHINESE + LATIN)
def test_a_name_is_found_by_what_is_typed(key, meet, stored, typed, tier, told):
    assert meet(tokens_of_name(key, stored), ask_name(key, typed)) == (tier, told)


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
