"""Makes the model that finds names in one language, and says what it finds.

    python -m training.names --language zh|en [--texts N] [--out DIR]

Texts are generated without end (training/chinese.py, training/english.py), the open sets' records that are not held out are
mixed in, and the parser of training/LANGUAGE.cfg learns from N texts, a fixed seed and one thread: the same machine makes the
same bytes again. Writes the model to workers/extract/models/LANGUAGE, beside its card (card.json): what it was made from, the
licences, the digest of its files, and precision and recall on the records held out and on generated texts not seen.
"""

import argparse
import json
import random
import shutil
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from importlib import metadata
from itertools import islice
from pathlib import Path
from types import ModuleType

from spacy.language import Language
from spacy.training import Example
from spacy.util import load_config, load_model_from_config
from thinc.api import Adam, fix_random_seed
from thinc.schedules import warmup_linear

from training import chinese, english, open_sets
from training.marked import Marked, normalised
from workers.extract.trained.model import MODELS, digest_of

SEED = 20_261_123
TEXTS = {"zh": 60_000, "en": 40_000}
_BATCH = 64
_SORTED = (
    8 * _BATCH
)  # texts that are put in order of their length, for a batch takes as many steps as its longest text has tokens
_RATE = 0.004
_CHECKED = 400
_MAKERS: dict[str, ModuleType] = {"zh": chinese, "en": english}


@dataclass(frozen=True, slots=True)
class Plan:
    """How a language is learnt: from how many texts, how many at once, at which highest rate and dropout.

    `sorted_over` batches at a time are put in order of the length of their texts, for a batch takes as many steps as its
    longest text has tokens: half the time, but fewer and more uneven steps.
    """

    texts: int
    batch: int
    rate: float
    dropout: float
    sorted_over: int = 1


PLANS = {
    "zh": Plan(texts=24_000, batch=24, rate=0.002, dropout=0.15),
    "en": Plan(texts=32_000, batch=64, rate=0.004, dropout=0.1, sorted_over=8),
}
OPEN_SETS = {"zh": {"uner-zh-gsdsimp-300": 0.16, "cEHRNER-60": 0.07}, "en": {"presidio-synth-en-200": 0.16}}
"""The sets of a language, and the share of its training texts that are taken from each."""
_SOURCES = {
    "generated text": "this program's own templates, Apache-2.0",
    "uner-zh-gsdsimp-300": "UniversalNER UNER_Chinese-GSDSIMP, CC BY-SA 4.0",
    "cEHRNER-60": "ChineseBLUE cEHRNER, Apache-2.0",
    "presidio-synth-en-200": "microsoft/presidio-research, MIT",
    "zh words": "jieba, MIT; Japanese names: Faker, MIT",
    "en words": "names, streets, towns: Faker, MIT; words: SCOWL, its own licence",
}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--language", choices=("zh", "en"), required=True)
    parser.add_argument("--texts", type=int)
    parser.add_argument("--out", type=Path, default=MODELS)
    options = parser.parse_args()
    begun = time.process_time()
    plan = PLANS[options.language]
    plan = replace(plan, texts=options.texts or plan.texts)
    nlp = train(options.language, plan)
    folder = options.out / options.language
    write(nlp, folder)
    card = _card(nlp, options.language, folder, plan, time.process_time() - begun)
    (folder / "card.json").write_text(json.dumps(card, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")
    print(json.dumps(card["figures"], ensure_ascii=False, indent=2))


def train(language: str, plan: Plan) -> Language:
    """A pipeline that has learnt by *plan*."""
    fix_random_seed(SEED)
    nlp = load_model_from_config(load_config(Path(__file__).parent / f"{language}.cfg"), auto_fill=True)
    lesson = mixed(language, random.Random(SEED))
    nlp.initialize(lambda: [example(nlp, marked) for marked in islice(lesson, 500)])
    steps = plan.texts // plan.batch
    rates = warmup_linear(plan.rate, max(1, steps // 20), steps)
    optimizer = Adam(learn_rate=rates, L2=0.0, grad_clip=1.0, use_averages=False)  # type: ignore[arg-type] # thinc takes any iterator
    losses: dict[str, float] = {}
    for number, batch in enumerate(_batches(lesson, plan), start=1):
        nlp.update([example(nlp, marked) for marked in batch], sgd=optimizer, losses=losses, drop=plan.dropout)
        optimizer.step_schedules()
        if number % 100 == 0:
            print(f"{number * plan.batch} texts, loss {losses.pop('ner'):.0f}", flush=True)
    return nlp


def _batches(lesson: Iterator[Marked], plan: Plan) -> Iterator[list[Marked]]:
    rng = random.Random(SEED)
    left = plan.texts // plan.batch
    while left:
        texts = list(islice(lesson, plan.batch * plan.sorted_over))
        starts: Sequence[int] = range(0, len(texts), plan.batch)
        if plan.sorted_over > 1:
            texts.sort(key=lambda marked: len(marked.text))
            starts = rng.sample(starts, len(starts))
        for start in starts[:left]:
            yield texts[start : start + plan.batch]
        left -= min(left, len(starts))


def mixed(language: str, rng: random.Random) -> Iterator[Marked]:
    """What a model learns from, without end."""
    maker = _MAKERS[language]
    known = {name: maker.varied(rng, open_sets.to_learn_from(name)) for name in OPEN_SETS[language]}
    generated = maker.generated(rng)
    while True:
        chosen = rng.random()
        for name, share in OPEN_SETS[language].items():
            chosen -= share
            if chosen < 0:
                yield next(known[name])
                break
        else:
            yield next(generated)


def example(nlp: Language, marked: Marked) -> Example:
    """Spans that begin or end within a token are left out."""
    doc = nlp.make_doc(marked.text)
    reference = nlp.make_doc(marked.text)
    spans = (reference.char_span(start, end, label=label) for label, start, end in _trimmed(marked))
    reference.set_ents([span for span in spans if span is not None])
    return Example(doc, reference)


def _trimmed(marked: Marked) -> Iterator[tuple[str, int, int]]:
    for label, start, end in marked.spans:
        words = marked.text[start:end]
        first = start + len(words) - len(words.lstrip())
        if words.strip():
            yield label, first, first + len(words.strip())


def write(nlp: Language, folder: Path) -> None:
    """The model's files, without the words that were met in training: the program makes its own vocabulary."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    nlp.to_disk(folder, exclude=["vocab", "tokenizer"])


def found_and_due(nlp: Language, texts: list[Marked]) -> dict[str, dict[str, float]]:
    """By label: how many spans are marked, the share of them found exactly, and the share of what is found that is marked."""
    due, found, right = Counter[str](), Counter[str](), Counter[str]()
    for marked, doc in zip(texts, nlp.pipe(marked.text for marked in texts), strict=True):
        spans = set(_trimmed(marked))
        given = {(span.label_, span.start_char, span.end_char) for span in doc.ents}
        due.update(label for label, _, _ in spans)
        found.update(label for label, _, _ in given)
        right.update(label for label, _, _ in given & spans)
    return {
        label: {
            "marked": due[label],
            "recall": round(right[label] / due[label], 4),
            "precision": round(right[label] / max(1, found[label]), 4),
        }
        for label in sorted(due)
    }


def _card(nlp: Language, language: str, folder: Path, plan: Plan, seconds: float) -> dict[str, object]:
    fresh = list(islice(_MAKERS[language].generated(random.Random(SEED + 1)), _CHECKED))
    sets = OPEN_SETS[language]
    figures: dict[str, object] = {
        name: found_and_due(nlp, [normalised(record) for record in open_sets.to_learn_from(name, held_out=True)])
        for name in sets
    }
    figures["generated"] = found_and_due(nlp, fresh)
    return {
        "language": language,
        "labels": sorted(nlp.pipe_labels["ner"]),
        "made_with": f"spacy {metadata.version('spacy')}",
        "sources": {
            name: told for name, told in _SOURCES.items() if name in sets or name in {"generated text", f"{language} words"}
        },
        "licence": "CC-BY-SA-4.0" if language == "zh" else "MIT",
        "held_out": f"fifth {open_sets.HELD_OUT} of {open_sets.FIFTHS} of every set",
        "plan": asdict(plan),
        "seed": SEED,
        "processor_seconds": round(seconds),
        "digest": digest_of(folder),
        "figures": figures,
    }


if __name__ == "__main__":
    main()
