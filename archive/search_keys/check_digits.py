"""Numbers whose last character is worked out from the others: which slips of one character would put a wrong one right.

identity number   18 places, GB 11643 (ISO 7064, mod 11-2)
USCC              18 places, GB 32100 (mod 31)
bank card         16, 17 or 19 digits, ISO/IEC 7812-1 (Luhn)
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from archive.search_keys.spelling import UNKNOWN, gaps, openings, shortened, swapped


@dataclass(frozen=True, slots=True)
class _Scheme:
    """A number is right where the amounts of its characters, by place from the right, sum up to `remainder` mod `modulus`."""

    lengths: frozenset[int]
    alphabet: str
    amount: Callable[[int, int], int]
    modulus: int
    remainder: int

    def fits(self, number: str) -> bool:
        return len(number) in self.lengths and set(number) <= set(self.alphabet)

    def is_right(self, number: str) -> bool:
        return self.fits(number) and self._sum(number) == self.remainder

    def filled(self, pattern: str) -> Iterator[str]:
        """*pattern* with its one unknown character as it must be."""
        if len(pattern) in self.lengths:
            rest = self._sum(pattern)
            place = len(pattern) - 1 - pattern.index(UNKNOWN)
            for value, character in enumerate(self.alphabet):
                if (rest + self.amount(place, value)) % self.modulus == self.remainder:
                    yield pattern.replace(UNKNOWN, character)

    def _sum(self, number: str) -> int:
        values = [(place, self.alphabet.find(character)) for place, character in enumerate(reversed(number))]
        return sum(self.amount(place, value) for place, value in values if value >= 0) % self.modulus


def _luhn(place: int, value: int) -> int:
    return value if place % 2 == 0 else value * 2 - 9 * (value > 4)


_SCHEMES = (
    _Scheme(frozenset({18}), "0123456789X", lambda place, value: value * 2**place, 11, 1),
    _Scheme(
        frozenset({18}),
        "0123456789ABCDEFGHJKLMNPQRTUWXY",
        lambda place, value: value * (3 ** (17 - place) if place else 1),
        31,
        0,
    ),
    _Scheme(frozenset({16, 17, 19}), "0123456789", _luhn, 10, 0),
)


def put_right(number: str) -> tuple[str, ...]:
    """What *number*, upper case without separators, may be but for one wrong, missing, extra or swapped character, judged by
    check digits; nothing where it is right itself, or of a kind that has none."""
    if any(scheme.is_right(number) for scheme in _SCHEMES):
        return ()
    return tuple(dict.fromkeys(found for scheme in _SCHEMES for found in _put_right(scheme, number)))


def _put_right(scheme: _Scheme, number: str) -> Iterator[str]:
    if not set(number) <= set(scheme.alphabet):
        return
    for pattern in (*gaps(number), *openings(number)):
        yield from scheme.filled(pattern)
    yield from filter(scheme.is_right, (*swapped(number), *shortened(number)))
