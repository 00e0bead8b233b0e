"""A request as one SQL statement: per group the best position of each document in it, then all groups joined and ranked."""

import json
from collections.abc import Iterable
from itertools import accumulate

from archive.index.port import Facet, IndexRequest, TextGroup, TokenGroup
from archive.index.ranking import Scale
from archive.index.wordings import goes_on
from archive.index.words import joined, parts_of, words_of
from schemas.query import MatchTier

PAGES = 1_000_000
"""More pages than a document has: the position in a text group is grade * PAGES + page number."""

FIRST_POSITION = 5
"""Column of an answer's first position; those before it are named."""

COUNTED = "_counted"
AS_TYPED, NEAR = "stands_as_typed", "stands_near"
"""What SQL calls the functions of `wordings`."""
_LONGEST_WORD = 8_000  # FTS5 cuts what has more than 32,768 bytes

# `CROSS JOIN` is an order to SQLite's planner: go through what is asked and look each up, never through what is stored.
_BY_TOKENS = """
    {name} AS MATERIALIZED (
        SELECT p.document, MIN(asked.key) AS position
        FROM json_each(:{name}) asked CROSS JOIN tokens t ON t.digest = asked.value JOIN places p ON p.number = t.place
        GROUP BY p.document)"""
_IN_ORDER = """
    SELECT p.number AS page, NOT {as_typed} AS grade
    FROM page_words JOIN pages p ON p.number = page_words.rowid WHERE page_words MATCH :{name}_phrase"""
_APART = """
    SELECT rowid, 2 FROM page_words WHERE page_words MATCH :{name}_words"""
_NEAR = """
    SELECT p.number, 2 FROM page_words JOIN pages p ON p.number = page_words.rowid
    WHERE page_words MATCH :{name}_words AND {near}(p.text, :{name}_typed, :{name}_near)"""
_BY_TEXT = """
    {name} AS MATERIALIZED (
        SELECT p.document, MIN(m.grade * {pages} + p.page_number) AS position
        FROM ({matches}) m JOIN pages p ON p.number = m.page GROUP BY p.document)"""
_ANSWERS = """
    WITH {groups}, answers AS {once} (
        SELECT d.number, d.document_id, d.document_class, {positions}
        FROM {first} {joins} JOIN documents d ON d.number = {first}.document
        WHERE TRUE {contradicting} {visible} {without} {within} {unwanted}),
    ranked AS (
        SELECT number, document_id, document_class, COUNT(*) OVER () AS total,
            {tier} * ({last_rank} - MAX(0, {ranks})) + {one_exact} * ({exact}) + {early} AS score, {named_positions}
        FROM answers)
    SELECT * {facets} FROM ranked {after} ORDER BY score DESC, document_id LIMIT :limit OFFSET :offset"""
_FACET = """,
    (SELECT json_group_object({facet}, documents)
     FROM (SELECT {facet}, COUNT(*) AS documents FROM answers GROUP BY {facet})) AS {facet}{counted}"""
_VISIBLE = "AND d.document_id IN (SELECT value FROM json_each(:visible))"
_WITHOUT = "AND d.document_id NOT IN (SELECT value FROM json_each(:without))"
_WITHIN = """
    AND (EXISTS (SELECT 1 FROM json_each(:{name}_labels) asked JOIN labels l ON l.document = d.number AND l.label = asked.value)
         OR d.document_id IN (SELECT value FROM json_each(:{name}_documents)))"""
_UNWANTED = "AND d.number NOT IN (SELECT p.document FROM ({matches}) m JOIN pages p ON p.number = m.page)"
_AFTER = "WHERE score < :after_score OR (score = :after_score AND document_id > :after_document)"
_LAST_RANK = len(MatchTier) - 1


_OF_LABELS = """,
    (SELECT json_group_object(value, documents)
     FROM (SELECT SUBSTR(l.label, {start}) AS value, COUNT(*) AS documents
           FROM answers a JOIN labels l ON l.document = a.number
           WHERE l.label GLOB '{facet}:*' GROUP BY value)) AS {facet}{counted}"""


def question(request: IndexRequest) -> tuple[str, dict[str, object]]:
    """The statement and its parameters. A row has `number`, `document_id`, `document_class`, `total`, `score`, and then its
    position in each group, tokens before texts: an index into the group's tokens, or grade * PAGES + page number; then, for
    each facet, a column named after it and COUNTED: the number of documents of each value, as JSON."""
    tokens, texts = _named(request)
    ranks = [_rank_of_position(name, group) for name, group in tokens] + [f"(at_{name} / {PAGES})" for name, _ in texts]
    scale = Scale.of(request)
    weights = [scale.strong if number == request.strong else 1 for number in range(len(tokens))]
    early = [
        f"{weight} * (at_{name} < {end})"
        for weight, (name, group) in zip(weights, tokens, strict=True)
        for end in _ends_of_runs(group)
    ]
    names = [name for name, _ in (*tokens, *texts)]
    first = names[request.strong or 0]
    missing = {
        name: len(group.tokens) for name, group in tokens if request.strong is not None and group.tokens and name != first
    }
    statement = _ANSWERS.format(
        groups=",".join([_BY_TOKENS.format(name=name) for name, _ in tokens] + [_text_group(*named) for named in texts]),
        once="MATERIALIZED" if request.facets else "NOT MATERIALIZED",
        positions=", ".join(f"{_position(name, missing)} AS at_{name}" for name in names),
        named_positions=", ".join(f"at_{name}" for name in names),
        first=first,
        joins=" ".join(
            f"{'LEFT' * (name in missing)} JOIN {name} ON {name}.document = {first}.document" for name in names if name != first
        ),
        contradicting=_contradicting(request, first, missing),
        visible="" if request.visible is None else _VISIBLE,
        without=_WITHOUT if request.without else "",
        within="".join(_WITHIN.format(name=f"within_{number}") for number in range(len(request.within))),
        unwanted="".join(_UNWANTED.format(matches=_matches(*named)) for named in _unwanted(request)),
        after=_AFTER if request.after else "",
        tier=scale.tier,
        one_exact=scale.exact,
        last_rank=_LAST_RANK,
        facets="".join(map(_counted, request.facets)),
        ranks=", ".join(ranks),
        exact=" + ".join(f"({rank} = 0)" for rank in ranks),
        early=" + ".join(early) or "0",
    )
    return statement, _parameters(request)


def _position(name: str, missing: dict[str, int]) -> str:
    """Behind the last token where a document has none of the group's."""
    return f"COALESCE({name}.position, {missing[name]})" if name in missing else f"{name}.position"


def _contradicting(request: IndexRequest, strong: str, missing: dict[str, int]) -> str:
    """Only where the strong group matches better than `possible` may others miss."""
    if request.strong is None or not missing:
        return ""
    sure = sum(token.tier is not MatchTier.POSSIBLE for token in request.tokens[request.strong].tokens)
    matching = " AND ".join(f"{name}.position IS NOT NULL" for name in missing)
    return f"AND ({strong}.position < {sure} OR ({matching}))"


def _counted(facet: Facet) -> str:
    statement = _FACET if facet is Facet.DOCUMENT_CLASS else _OF_LABELS
    return statement.format(facet=facet.value, counted=COUNTED, start=len(facet.value) + 2)


def word_terms(text: str) -> str:
    """The words of *text* as FTS5 holds them, a blank between two."""
    return joined(words_of(text), _LONGEST_WORD)


def as_integer(digest: str) -> int:
    """The first 64 bits of *digest*, signed as SQLite's integers are."""
    return int.from_bytes(bytes.fromhex(digest)[:8], "big", signed=True)


def _named(request: IndexRequest) -> tuple[list[tuple[str, TokenGroup]], list[tuple[str, TextGroup]]]:
    tokens = [(f"tokens_{number}", group) for number, group in enumerate(request.tokens)]
    return tokens, [(f"text_{number}", group) for number, group in enumerate(request.texts)]


def _unwanted(request: IndexRequest) -> list[tuple[str, TextGroup]]:
    return [(f"unwanted_{number}", group) for number, group in enumerate(request.unwanted)]


def _wordings(name: str, group: TextGroup) -> list[tuple[str, TextGroup]]:
    return [(f"{name}_{number}", wording) for number, wording in enumerate(group.wordings)]


def _rank_of_position(name: str, group: TokenGroup) -> str:
    """Tokens come best tier first, so two borders tell the tier of a position."""
    exact = sum(token.tier is MatchTier.EXACT for token in group.tokens)
    likely = exact + sum(token.tier is MatchTier.LIKELY for token in group.tokens)
    return f"((at_{name} >= {exact}) + (at_{name} >= {likely}))"


def _ends_of_runs(group: TokenGroup) -> Iterable[int]:
    """The positions behind the last token of each run."""
    return accumulate(map(len, group.runs()))


def _text_group(name: str, group: TextGroup) -> str:
    return _BY_TEXT.format(name=name, pages=PAGES, matches=_matches(name, group))


def _matches(name: str, group: TextGroup) -> str:
    """The pages that match *group* in any way, with the grade."""
    ways = []
    for named, wording in _wordings(name, group):
        ways.append(_IN_ORDER.format(name=named, as_typed=_as_typed(wording.phrase.strip()).format(name=named)))
        if wording.apart:
            ways.append(_APART.format(name=named))
        if wording.near is not None:
            ways.append(_NEAR.format(name=named, near=NEAR))
    return " UNION ALL ".join(ways)


def _as_typed(typed: str) -> str:
    """Where a phrase begins and ends with no part of a word, wherever it stands it stands as whole words."""
    if goes_on(typed[0]) or goes_on(typed[-1]):
        return f"{AS_TYPED}(p.text, :{{name}}_typed)"
    return "INSTR(LOWER(p.text), LOWER(:{name}_typed)) > 0"


def _parameters(request: IndexRequest) -> dict[str, object]:
    tokens, texts = _named(request)
    parameters: dict[str, object] = {"offset": request.offset, "limit": request.limit}
    if request.visible is not None:
        parameters["visible"] = json.dumps(sorted(request.visible))
    if request.without:
        parameters["without"] = json.dumps(sorted(request.without))
    for number, within in enumerate(request.within):
        parameters[f"within_{number}_labels"] = json.dumps(sorted(within.labels))
        parameters[f"within_{number}_documents"] = json.dumps(sorted(within.documents))
    if request.after:
        parameters |= {"after_score": request.after.score, "after_document": request.after.document_id}
    for name, group in tokens:
        parameters[name] = json.dumps([as_integer(token.digest) for token in group.tokens])
    for name, text_group in (*texts, *_unwanted(request)):
        for named, wording in _wordings(name, text_group):
            parameters |= _text_parameters(named, wording)
    return parameters


def _text_parameters(name: str, group: TextGroup) -> dict[str, object]:
    """Words have letters and digits only, so quoting them is all that FTS5's syntax asks for."""
    parameters: dict[str, object] = {f"{name}_typed": group.phrase.strip(), f"{name}_phrase": _quoted(group.phrase)}
    parts = parts_of(group.phrase)
    if group.apart:
        parameters[f"{name}_words"] = " AND ".join(map(_quoted, parts))
    if group.near is not None:
        # FTS5 counts the words of parts that stand between others too; the function then looks closely.
        furthest = group.near + len(words_of(group.phrase))
        parameters[f"{name}_words"] = f"NEAR({' '.join(map(_quoted, parts))}, {furthest})"
        parameters[f"{name}_near"] = group.near
    return parameters


def _quoted(phrase: str) -> str:
    return f'"{word_terms(phrase)}"'
