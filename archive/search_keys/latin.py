"""Names in Latin letters: their words, whatever the order, accents or initials."""

import re
import unicodedata
from dataclasses import dataclass, field

_NO_WORD = re.compile(r"[^\w?]+|_+")
_NICKNAME = re.compile(r"""["“”„(（]\s*([^"“”„()（）]{1,30})\s*["“”)）]|(?<!\w)['‘]([^'‘’]{2,30})['’](?!\w)""")
_JOINING = re.compile("['’ʼ`-]")


@dataclass(frozen=True, slots=True)
class LatinName:
    """A name's words, given name first, in small letters without accents."""

    words: tuple[str, ...] = field(repr=False)

    @property
    def sorted(self) -> str:
        """The words in the order of the alphabet: the same whichever is written first."""
        return " ".join(sorted(self.words))

    @property
    def orders(self) -> tuple["LatinName", ...]:
        """As written, with the last word first, and with the first word last."""
        words = self.words
        return tuple(dict.fromkeys(LatinName(order) for order in (words, words[-1:] + words[:-1], words[1:] + words[:1])))

    @property
    def ends(self) -> "LatinName":
        """First and last word: what is left without middle names."""
        return LatinName(self.words if len(self.words) < 3 else (self.words[0], self.words[-1]))

    @property
    def shortened(self) -> "LatinName":
        """The first word's initial, and the last word."""
        return LatinName((self.words[0][:1], self.words[-1]) if len(self.words) > 1 else self.words)

    @property
    def initials(self) -> str:
        return "".join(word[0] for word in self.words)


def latin_name(value: str) -> LatinName:
    """The words of *value*. `SMITH, JOHN A` is turned about; `O'Neil` and `Smith-Jones` are one word each; `?` counts as a
    letter, for names with an unknown one."""
    plain = _JOINING.sub("", _bare(turned(value)))
    return LatinName(tuple(word for word in _NO_WORD.split(plain) if word))


def with_and_without_nickname(value: str) -> tuple[LatinName, ...]:
    """`William "Bill" Smith` as it is, as William Smith, and as Bill Smith; another name as it is."""
    name, nickname = latin_name(value), _NICKNAME.search(value)
    bare = latin_name(_NICKNAME.sub(" ", value)).words
    if nickname is None or not bare:
        return (name,)
    called = latin_name(nickname[1] or nickname[2]).words
    return (name, LatinName(bare), LatinName((*called, *bare[1:])))


def turned(value: str) -> str:
    """`Smith, John` as `John Smith`; anything else as it is."""
    family, _, given = value.replace("，", ",").partition(",")
    return f"{given.strip()} {family.strip()}" if given.strip() and "," not in given else value


def _bare(value: str) -> str:
    decomposed = unicodedata.normalize("NFKD", value).casefold()
    return "".join(character for character in decomposed if not unicodedata.combining(character))
