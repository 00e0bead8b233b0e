import pytest

from archive.search_keys import explain
from archive.search_keys.dates import ask_date, ask_date_range
from archive.search_keys.names import ask_name
from archive.search_keys.numbers import ask_number


def test_everything_that_can_be_asked_can_be_explained(key):
    asked = [
        *ask_name(key, "尉迟乐"), *ask_name(key, "刘?华"), *ask_name(key, "John A Smith"),
        *ask_name(key, "J Smith"), *ask_name(key, "ldh"),
        *ask_number(key, "PDAA202633010200011220", entitled=True), *ask_number(key, "PDAA2026330102000112??"),
        *ask_date(key, "2019-03-05"), *ask_date(key, "2019"), *ask_date_range(key, "2019", "2020-05-05"),
    ]  # fmt: skip
    told = {(token.key, token.form) for token in asked}
    sentences = {explain.words(*each) for each in told}
    assert all(sentence and "{" not in sentence for sentence in sentences)
    assert all(explain.reason(*each).replace("_", "").isalpha() for each in told)


@pytest.mark.parametrize(
    ("key", "told", "reason", "words"),
    [
        ("number", "same", "number_same", "same number"),
        ("number", "tail:6", "number_tail", "ends with the same 6 characters"),
        ("number", "repeat", "number_repeat", "a repeated character was dropped or doubled"),
        ("name", "pinyin", "name_pinyin", "name sounds the same (pinyin)"),
        ("date", "day:loss", "date_day_loss", "date of the loss is the same day"),
        ("text", "phrase", "text_phrase", "the page has these words"),
    ],
)
def test_a_reason_has_a_code_and_a_sentence(key, told, reason, words):
    assert (explain.reason(key, told), explain.words(key, told)) == (reason, words)
