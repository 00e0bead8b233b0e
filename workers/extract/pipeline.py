"""The spaCy pipelines: tokens, labels, slots, one component a recognizer, and the decision between overlaps.

`blank("zh")` and `blank("en")` with a token per character: spans then begin and end at any character, and a PhraseMatcher finds
labels whatever blanks OCR put between their characters. Components leave their spans in `doc.spans`:

- `labels`: what the PhraseMatcher found; `label_` is the key of a phrase of resources/labels.txt;
- `candidates`: what recognizers found; `label_` is the entity kind, `id` the place in `doc._.candidates`;
- `entities`: the candidates that stand.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from functools import partial

import spacy
from spacy.language import Language
from spacy.matcher import PhraseMatcher
from spacy.tokens import Doc, Span, SpanGroup
from spacy.util import filter_spans
from spacy.vocab import Vocab

from schemas.entity import Tier
from workers.extract.gazetteer import label_concepts, label_phrases
from workers.extract.labels import LABEL_FOLDING, LabelHit, read_labels, with_inherited_roles
from workers.extract.layout import Grid, find_slots, stacked_labels, wraps
from workers.extract.near_labels import with_near_labels
from workers.extract.normalise import NormalisedText
from workers.extract.passage import Candidate, Label, Passage, Slot
from workers.extract.recognizers import CHINESE, ENGLISH, Find
from workers.extract.resolve import SECTION_KINDS, resolve
from workers.extract.trained.candidates import find as find_trained
from workers.extract.unread import find_unread

_LABELS, _SLOTS, _UNREAD, _TRAINED, _RESOLVE = "claim_labels", "claim_slots", "claim_unread", "claim_trained", "claim_resolve"
_MEDICAL = frozenset({"DIAGNOSIS", "MEDICATION", "PROCEDURE"})

for _name in ("normal", "grid", "passage", "flow", "candidates"):
    if not Doc.has_extension(_name):
        Doc.set_extension(_name, default=None)


class CharacterTokenizer:
    """A token per character; one blank belongs to the character before it, as in spaCy's own character segmenter."""

    def __init__(self, vocab: Vocab) -> None:
        self.vocab = vocab

    def __call__(self, text: str) -> Doc:
        words: list[str] = []
        spaces: list[bool] = []
        for character in text:
            if character == " " and words and words[-1] != "\n" and not spaces[-1]:
                spaces[-1] = True
            else:
                words.append(character)
                spaces.append(False)
        return Doc(self.vocab, words=words, spaces=spaces)


class LabelComponent:
    """Finds the phrases of the label list in `doc.spans["labels"]`, longest first, also where running text parts them."""

    def __init__(self, nlp: Language) -> None:
        self._tokenizer = nlp.tokenizer
        self._matcher = PhraseMatcher(nlp.vocab, attr="NORM")
        for phrase in label_phrases():
            spellings = {phrase.phrase, phrase.phrase.replace("'", "")}
            self._matcher.add(phrase.key, [nlp.tokenizer(spelling) for spelling in spellings])

    def __call__(self, doc: Doc) -> Doc:
        found = [*self._matcher(doc, as_spans=True), *self._parted(doc)]
        doc.spans["labels"] = SpanGroup(doc, name="labels", spans=filter_spans(found))
        return doc

    def _parted(self, doc: Doc) -> Iterator[Span]:
        """Phrases that begin at the end of one line and end in the next."""
        text = doc._.normal.text
        folds = wraps(text, doc._.grid)
        kept = [place for place in range(len(text)) if place not in folds]
        flow = self._tokenizer("".join(text[place] for place in kept))
        for span in self._matcher(flow, as_spans=True) if folds else ():
            start, end = kept[span.start_char], kept[span.end_char - 1] + 1
            if any(start < fold < end for fold in folds):
                parted = doc.char_span(start, end, label=span.label)
                assert parted is not None, "every character that is no blank begins and ends a token"
                yield parted


def place_labels(doc: Doc) -> Doc:
    """From label spans to the passage that recognizers read: labels with roles, and the slots of their values."""
    normal, grid = doc._.normal, doc._.grid
    alone = read_labels(normal.text, with_near_labels(normal.text, map(_hit, doc.spans["labels"])), normal.cells)
    labels = stacked_labels(normal.text, alone, grid, label_concepts())
    slots = find_slots(normal.text, labels, grid)
    labels = _inherit(labels, slots)
    owners = {label.start: label for label in labels}
    doc._.passage = Passage(
        normal, labels, tuple(replace(slot, label=owners[slot.label.start]) for slot in slots), wraps(normal.text, grid)
    )
    doc._.flow = doc._.passage.unfolded()
    doc._.candidates = []
    doc.spans["candidates"] = []
    doc.spans["entities"] = []
    return doc


def _hit(span: Span) -> LabelHit:
    concept, _, role = span.label_.partition("/")
    return LabelHit(concept, role or None, span.start_char, span.end_char)


def _inherit(labels: Sequence[Label], slots: Iterable[Slot]) -> tuple[Label, ...]:
    filled = {slot.label.start for slot in slots if slot.is_beside or slot.label.role != "relative"}
    headless = frozenset(label.start for label in labels if label.is_bare_role and label.start not in filled)
    return with_inherited_roles(labels, headless)


def recognize_with(find: Find, doc: Doc) -> Doc:
    passage: Passage = doc._.passage
    _leave(doc, "candidates", (*find(passage), *_found_unfolded(find, passage, doc._.flow)))
    return doc


def _found_unfolded(find: Find, passage: Passage, flow: Passage | None) -> Iterator[Candidate]:
    """What is found only where line breaks do not part it, in places of *passage*."""
    if flow:
        for candidate in find(flow):
            start, end = flow.normal.original_span(candidate.start, candidate.end)
            if any(start < wrap < end for wrap in passage.wraps):
                yield candidate.moved(start, end)


def _trimmed(text: str, candidate: Candidate) -> Candidate | None:
    """Without blanks at its ends, where no token begins or ends."""
    words = text[candidate.start : candidate.end]
    start = candidate.start + len(words) - len(words.lstrip())
    return candidate.moved(start, start + len(words.strip())) if words.strip() else None


def _leave(doc: Doc, group: str, candidates: Iterable[Candidate]) -> None:
    """One span each in a span group, without blanks at its ends; its `id` is the candidate's place in `doc._.candidates`."""
    for found in candidates:
        candidate = _trimmed(doc.text, found)
        if candidate is None:
            continue
        span = doc.char_span(candidate.start, candidate.end, label=candidate.kind, span_id=str(len(doc._.candidates)))
        assert span is not None, "every character that is no blank begins and ends a token"
        doc.spans[group].append(span)
        doc._.candidates.append(candidate)


def take_unread(doc: Doc) -> Doc:
    """What stands where a secret number must stand, and no recognizer knew."""
    _leave(doc, "candidates", find_unread(doc._.passage, _behind(doc, "candidates")))
    return doc


def take_trained(doc: Doc) -> Doc:
    """What the trained model finds, folded lines made whole, where neither a label stands nor anything labelled or checked.

    A drug is no person for it, wherever a rule knows the drug: a handler sees names, and no medical words.
    """
    passage: Passage = doc._.passage
    flow: Passage = doc._.flow or passage
    found = (each.moved(*_in_passage(each, flow, passage)) for each in find_trained(flow.text, doc.vocab.lang))
    trimmed = (_trimmed(passage.text, each) for each in found)
    known, labels = _behind(doc, "candidates"), [(label.start, label.end) for label in passage.labels]
    taken = [*labels, *_ends(known, _is_known_by_more_than_shape)]
    medical = _ends(known, lambda each: each.kind in _MEDICAL)
    free = (each for each in trimmed if each and not _touches(each, taken))
    _leave(doc, "candidates", (each for each in free if each.kind != "CN_NAME" or not _touches(each, medical)))
    return doc


def _is_known_by_more_than_shape(candidate: Candidate) -> bool:
    """By a label or checksum, or by its place alone where nobody can read it. A section holds names like any text."""
    return (candidate.tier is not Tier.D or not candidate.canonical) and candidate.kind not in SECTION_KINDS


def _ends(candidates: Iterable[Candidate], is_meant: Callable[[Candidate], bool]) -> list[tuple[int, int]]:
    return [(each.start, each.end) for each in candidates if is_meant(each)]


def _touches(candidate: Candidate, spans: Iterable[tuple[int, int]]) -> bool:
    return any(candidate.start < end and start < candidate.end for start, end in spans)


def _in_passage(candidate: Candidate, flow: Passage, passage: Passage) -> tuple[int, int]:
    if flow is passage:
        return candidate.start, candidate.end
    return flow.normal.original_span(candidate.start, candidate.end)


def keep_standing(doc: Doc) -> Doc:
    """Decides between overlapping candidates. One that stands may have taken over a tier, so it is left anew."""
    _leave(doc, "entities", resolve(_behind(doc, "candidates")))
    return doc


def _behind(doc: Doc, group: str) -> tuple[Candidate, ...]:
    return tuple(doc._.candidates[int(span.id_)] for span in doc.spans[group])


def standing(doc: Doc) -> tuple[Candidate, ...]:
    """The candidates behind `doc.spans["entities"]`."""
    return _behind(doc, "entities")


def _label_component(nlp: Language, name: str) -> LabelComponent:  # noqa: ARG001 - spaCy passes both by name
    return LabelComponent(nlp)


Language.factory(_LABELS, func=_label_component)
Language.component(_SLOTS, func=place_labels)
Language.component(_UNREAD, func=take_unread)
Language.component(_TRAINED, func=take_trained)
Language.component(_RESOLVE, func=keep_standing)
for _name, _find in CHINESE.items():
    Language.component(f"recognize_{_name}", func=partial(recognize_with, _find))


def build(language: str) -> Language:
    """The pipeline for pages in *language*, `zh` or `en`."""
    nlp = spacy.blank(language)
    nlp.tokenizer = CharacterTokenizer(nlp.vocab)
    for written, folded in LABEL_FOLDING.items():
        nlp.vocab[written].norm_ = folded
    recognizers = CHINESE if language == "zh" else ENGLISH
    for name in (_LABELS, _SLOTS, *(f"recognize_{name}" for name in recognizers), _UNREAD, _TRAINED, _RESOLVE):
        nlp.add_pipe(name)
    return nlp


def run(nlp: Language, normal: NormalisedText, grid: Grid) -> Doc:
    doc = nlp.tokenizer(normal.text)
    doc._.normal, doc._.grid = normal, grid
    return nlp(doc)
