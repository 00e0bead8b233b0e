"""Why an answer matched: a code for programs and a plain sentence for people, from how a token was told."""

_NAME = {
    "same": "same name",
    "simple": "same name in simplified characters",
    "lookalike": "same name after look-alike characters",
    "reading": "same name in another reading of the page",
    "misread": "same name but for one character that is often misread so",
    "pinyin": "name sounds the same (pinyin)",
    "spelt": "name sounds the same (pinyin)",
    "near_sound": "name sounds nearly the same (zh/z, ch/c, sh/s, ng/n)",
    "misspelt": "pinyin with one letter too many or two letters swapped",
    "initials": "same initials",
    "unknown": "same name, whatever the unknown character is",
    "differs": "one character of the name differs",
    "missing": "one character more than was typed",
    "extra": "one character fewer than was typed",
    "swapped": "two characters of the name are swapped",
    "part": "one part of the name is the same",
    "words": "same words of the name in another order or without accents",
    "ends": "same first and last name",
    "middle": "same first and last name, a middle name differs or is left out",
    "nickname": "same name, but for a nickname",
    "short": "same last name, given name as an initial",
    "contradicts": "this name is not on the document",
}
_NUMBER = {
    "same": "same number",
    "lookalike": "same after look-alike characters (such as 0/O, 1/l, 5/S)",
    "reading": "same number in another reading of the page",
    "repeat": "a repeated character was dropped or doubled",
    "repeats": "two repeated characters were dropped",
    "checked": "one slip from what was typed, and the check digit is right",
    "differs": "one character differs",
    "missing": "one character more than was typed",
    "extra": "one character fewer than was typed",
    "swapped": "two neighbouring characters are swapped",
    "cut": "only {} of the characters are on the page, its beginning or its end",
    "same_end": "only the last {} characters are the same",
    "unknown": "same number but for {} unknown",
    "tail": "ends with the same {} characters",
    "head": "begins with the same {} characters",
    "contradicts": "this number is not on the document",
}
_DATE = {
    "day": "{} is the same day",
    "month": "{} is in the same month",
    "year": "{} is in the same year",
    "within": "{} lies in the range",
    "near": "{} is within a month",
    "either": "{} may be this one: it can be read in more than one way",
    "either_within": "a date may lie in the range: it can be read in more than one way",
    "either_near": "a date may be within a month: it can be read in more than one way",
    "month_only": "{} is known by its month only",
    "year_only": "{} is known by its year only",
    "contradicts": "no date on the document is near this one",
}
_TEXT = {
    "phrase": "the page has these words",
    "folded": "the page has these words, written a little differently",
    "apart": "the page has these words, apart from one another",
    "near": "the page has these words near one another",
}
_WORDS = {"name": _NAME, "number": _NUMBER, "date": _DATE, "text": _TEXT}
_WHICH_DATE = {
    "loss": "date of the loss",
    "report": "date of the report",
    "admission": "date of admission",
    "discharge": "date of discharge",
    "birth": "date of birth",
    "other": "a date on the page",
}


def reason(key: str, told: str) -> str:
    """A stable code: `number_lookalike`, `name_pinyin`, `date_day_loss`. How many characters a tail has is left out."""
    code, _, detail = told.partition(":")
    return f"{key}_{code}_{detail}" if detail and not detail.isdigit() else f"{key}_{code}"


def words(key: str, told: str) -> str:
    code, _, detail = told.partition(":")
    return _WORDS[key][code].format(_WHICH_DATE.get(detail, detail))
