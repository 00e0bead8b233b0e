"""In which language the asker reads: the two that remedies and pages are written in."""

from typing import Literal

Language = Literal["en", "zh"]

HTML_NAMES: dict[Language, str] = {"en": "en", "zh": "zh-CN"}


def preferred(accept_language: str | None) -> Language:
    """The better liked of English and Chinese in an Accept-Language header (RFC 9110, 12.5.4); English where it is silent."""
    best: tuple[float, Language] = (0.0, "en")
    for entry in (accept_language or "").split(","):
        tag, _, parameter = entry.strip().partition(";")
        language = _language_of(tag)
        if language is not None and (weight := _weight(parameter)) > best[0]:
            best = (weight, language)
    return best[1]


def _language_of(tag: str) -> Language | None:
    primary = tag.strip().lower().partition("-")[0]
    return "zh" if primary == "zh" else "en" if primary == "en" else None


def _weight(parameter: str) -> float:
    name, _, value = parameter.strip().partition("=")
    if name != "q":
        return 1.0
    try:
        return float(value)
    except ValueError:
        return 0.0  # not a weight: the entry counts for nothing
