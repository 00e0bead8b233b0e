"""What the trained models read of a text."""

from spacy.vocab import Vocab

from workers.extract.trained.tokens import Tokens


def tags(text, language):
    return [(token.text, token.tag_) for token in Tokens(Vocab(), language)(text)]


def test_characters_of_a_common_word_know_their_place_in_it():
    assert [tag[:2] for _, tag in tags("保险公司", "zh")] == ["04", "14", "24", "34"]


def test_a_name_is_what_no_common_word_explains():
    assert tags("张煜全为", "zh")[:2] == [("张", "sF"), ("煜", "u")]


def test_a_double_surname_is_marked_where_it_begins():
    assert tags("欧阳", "zh")[0][1].endswith("D")


def test_numbers_are_one_token_and_known_by_their_length():
    doc = Tokens(Vocab(), "zh")("2019年1月")
    assert [token.lemma_ for token in doc] == ["04", "年", "01", "月"]


def test_english_words_say_whether_they_are_common_or_given_names():
    assert tags("John Tomcik lives", "en") == [("John", "gT"), ("Tomcik", "T"), ("lives", "cl")]


def test_every_character_comes_back():
    text = "姓名： 张三\n\n  John  Doe, 12-3\t岁"
    for language in ("zh", "en"):
        assert Tokens(Vocab(), language)(text).text == text
