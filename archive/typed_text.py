"""Free text as people type it: words, phrases, and the signs that join them.

  left radius            on one page: one after the other, else apart from one another
  "left radius"          one after the other
  "radius left"~5        with five other words between them or fewer, in any order
  radius AND ulna        both, each on any page; two phrases side by side say the same
  radius OR ulna         one of them. OR binds closer than all else: a b OR c is a (b OR c)
  -clinic, NOT clinic    on no page

且, 或 and 非 between blanks are AND, OR and NOT; the English ones are signs in capitals only. Brackets stand around a choice
and nothing else: nothing is nested.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from enum import Enum, auto

from archive.errors import Rejected
from archive.index.port import TextGroup
from archive.index.words import words_of

MOST_WORDINGS = 40
"""Phrases, choices and runs of words of one question."""
LONGEST = 2000
"""Characters of a question."""
FURTHEST = 50
"""Other words between those that stand near; more counts as this."""


@dataclass(frozen=True, slots=True)
class TypedText:
    """What a document must have, all of it, and what it must not have any of."""

    wanted: tuple[TextGroup, ...] = ()
    unwanted: tuple[TextGroup, ...] = ()


class _Sign(Enum):
    AND = auto()
    OR = auto()
    NOT = auto()
    OPEN = auto()
    CLOSE = auto()


@dataclass(frozen=True, slots=True)
class _Term:
    """What blanks or quotation marks part from the rest, [start, end) of what was typed."""

    group: TextGroup = field(repr=False)
    start: int
    end: int
    is_phrase: bool = False


@dataclass(frozen=True, slots=True)
class _Clause:
    """One term, or several to choose from."""

    terms: tuple[_Term, ...]
    is_unwanted: bool

    @property
    def is_word(self) -> bool:
        return len(self.terms) == 1 and not (self.is_unwanted or self.terms[0].is_phrase)


_JOINING = {"AND": _Sign.AND, "且": _Sign.AND, "OR": _Sign.OR, "或": _Sign.OR, "NOT": _Sign.NOT, "非": _Sign.NOT}
_PIECE = re.compile(
    r"""(?P<minus>(?<!\S)[-－](?=[^\s\-－]))
      | (?:"(?P<straight>[^"]*)"|“(?P<curly>[^”]*)”|「(?P<corner>[^」]*)」)(?:[~～](?P<near>[0-9]{1,9}))?
      | (?P<word>[^\s"“「]+)""",
    re.VERBOSE,
)


def read_text(typed: str) -> TypedText:
    """What *typed* asks for; nothing where it has no word. Raises Rejected: `unclear_text` where it can be meant in several
    ways, `too_many_words`."""
    if len(typed) > LONGEST:
        raise Rejected("too_many_words")
    clauses = tuple(_clauses(_Tokens(typed)))
    wanted = tuple(_wanted(typed, clauses))
    unwanted = tuple(term.group for clause in clauses if clause.is_unwanted for term in clause.terms if _has_words(term))
    if sum(len(group.wordings) for group in wanted + unwanted) > MOST_WORDINGS:
        raise Rejected("too_many_words")
    return TypedText(wanted, unwanted)


class _Tokens:
    """Taken one by one from left to right."""

    def __init__(self, typed: str) -> None:
        self._rest = list(_tokens(typed))[::-1]

    @property
    def are_left(self) -> bool:
        return bool(self._rest)

    def take(self, sign: _Sign) -> bool:
        """Whether *sign* comes next; it is taken then."""
        comes = self.are_left and self._rest[-1] is sign
        if comes:
            self._rest.pop()
        return comes

    def term(self) -> _Term:
        token = self._rest.pop() if self._rest else None
        if not isinstance(token, _Term):
            raise Rejected("unclear_text")
        return token


def _clauses(tokens: _Tokens) -> Iterator[_Clause]:
    while tokens.are_left:
        is_unwanted = tokens.take(_Sign.NOT)
        is_bracketed = tokens.take(_Sign.OPEN)
        terms = [tokens.term()]
        while tokens.take(_Sign.OR):
            terms.append(tokens.term())
        if is_bracketed != tokens.take(_Sign.CLOSE) or (is_unwanted and len(terms) > 1 and not is_bracketed):
            raise Rejected("unclear_text")
        yield _Clause(tuple(terms), is_unwanted)
        if tokens.take(_Sign.AND) and not tokens.are_left:
            raise Rejected("unclear_text")


def _tokens(typed: str) -> Iterator[_Sign | _Term]:
    """Where nothing is joined by signs, brackets are none either."""
    pieces = list(_PIECE.finditer(typed))
    has_signs = any(piece["minus"] or piece["word"] in _JOINING for piece in pieces)
    for piece in pieces:
        if piece["minus"]:
            yield _Sign.NOT
        elif piece["word"] is None:
            yield _phrase(piece)
        elif piece["word"] in _JOINING:
            yield _JOINING[piece["word"]]
        elif has_signs:
            yield from _without_brackets(piece["word"], piece.start())
        else:
            yield _word(piece["word"], piece.start())


def _phrase(piece: re.Match[str]) -> _Term:
    phrase = "".join(filter(None, piece.group("straight", "curly", "corner"))).strip()
    near = min(int(piece["near"]), FURTHEST) if piece["near"] else None
    return _Term(TextGroup(phrase, near=near), *piece.span(), is_phrase=True)


def _word(word: str, start: int) -> _Term:
    return _Term(TextGroup(word), start, start + len(word))


def _without_brackets(word: str, start: int) -> Iterator[_Sign | _Term]:
    """`(closed)` has brackets around it, `f(x)` has none."""
    opening = len(word) - len(word.lstrip("(（"))
    inner = word[opening:].rstrip(")）")
    if not opening and any(each in inner for each in "(（"):
        inner = word
    yield from [_Sign.OPEN] * opening
    if inner:
        yield _word(inner, start + opening)
    yield from [_Sign.CLOSE] * (len(word) - opening - len(inner))


def _has_words(term: _Term) -> bool:
    return bool(words_of(term.group.phrase))


def _wanted(typed: str, clauses: tuple[_Clause, ...]) -> Iterator[TextGroup]:
    runs: list[list[_Clause]] = []
    for clause in clauses:
        if runs and _goes_on(typed, runs[-1][-1], clause):
            runs[-1].append(clause)
        elif not clause.is_unwanted:
            runs.append([clause])
    for run in runs:
        terms = [term for term in run[0].terms if _has_words(term)]
        if len(run) > 1:
            terms = [term for term in (_joined(typed, run),) if _has_words(term)]
        if terms:
            yield replace(terms[0].group, otherwise=tuple(term.group for term in terms[1:]))


def _goes_on(typed: str, before: _Clause, clause: _Clause) -> bool:
    """Words with nothing but blanks between them are one wording."""
    return before.is_word and clause.is_word and not typed[before.terms[0].end : clause.terms[0].start].strip()


def _joined(typed: str, run: list[_Clause]) -> _Term:
    start, end = run[0].terms[0].start, run[-1].terms[0].end
    return _Term(TextGroup(typed[start:end], apart=True), start, end)
