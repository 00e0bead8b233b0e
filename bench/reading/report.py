"""The figures of bench/results/ocr.json as tables, goals, a chart and docs/ocr.md."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from bench.reading import profile_report
from bench.reading.chart import Bar, bar_chart
from bench.results import ROOT

Figures = Mapping[str, float | str]

DOCUMENT = ROOT / "docs" / "ocr.md"
CHART = ROOT / "docs" / "ocr-speed.svg"

ENGINES = {
    "ours": "claimkeep",
    "rapidocr": "rapidocr",
    "rapidocr_no_classifier": "rapidocr, no classifier",
    "paddleocr": "paddleocr, same models",
    "tesseract": "Tesseract, chi_sim+eng",
}
SHAPES = {"1x2": "1 process, 2 threads", "2x1": "2 processes, 1 thread", "as_installed": "as installed"}

PEERS = ("rapidocr", "rapidocr_no_classifier", "paddleocr", "tesseract")
BASELINE = "rapidocr_as_installed"
OURS = "ours_2x1"


@dataclass(frozen=True, slots=True)
class Column:
    """A figure's name after that of its row, what to call it, and how to write it."""

    figure: str
    title: str
    form: str


SPEED = (
    Column("pages_per_minute", "pages/min", "{:.1f}"),
    Column("core_seconds_per_page", "core seconds a page", "{:.1f}"),
    Column("ready_seconds", "ready after s", "{:.1f}"),
    Column("first_page_seconds", "first page after s", "{:.1f}"),
    Column("memory_mb_of_one", "MB, one process", "{:.0f}"),
    Column("memory_mb_of_all", "MB, all", "{:.0f}"),
    Column("forms_values_found", "values found", "{:.3f}"),
    Column("forms_values_found_but_for_marks", "but for marks", "{:.3f}"),
)
ACCURACY = (
    Column("scanned_character_error_rate", "scanned: CER", "{:.2%}"),
    Column("scanned_fields_exact", "fields exact", "{:.1%}"),
    Column("worn_character_error_rate", "worn: CER", "{:.2%}"),
    Column("worn_fields_exact", "fields exact", "{:.1%}"),
    Column("worn_handwriting_error_rate", "handwriting: CER", "{:.1%}"),
    Column("receipts_word_recall", "receipts: words", "{:.3f}"),
    Column("english_character_error_rate", "English: CER", "{:.2%}"),
    Column("english_word_recall", "words", "{:.3f}"),
)
KINDS = ("policy_number", "identity_number", "date", "name", "amount")
FIELDS = tuple(
    Column(f"{pages}_{kind}s_exact", f"{pages}: {kind.replace('_', ' ')}s", "{:.1%}")
    for pages in ("scanned", "worn")
    for kind in KINDS
)


# Tables.


def speed_rows(figures: Figures) -> list[list[str]]:
    """One row for each arrangement measured, fastest first."""
    rows = [
        (
            _number(figures, f"{engine}_{shape}_pages_per_minute"),
            [ENGINES[engine], SHAPES[shape], *_cells(figures, name, SPEED)],
        )
        for engine in ENGINES
        for shape in SHAPES
        if f"{(name := f'{engine}_{shape}')}_pages_per_minute" in figures
    ]
    return [cells for _, cells in sorted(rows, key=lambda row: -(row[0] or 0.0))]


def engine_rows(figures: Figures, columns: Sequence[Column]) -> list[list[str]]:
    """One row for each engine that has any figure of *columns*."""
    rows = ([ENGINES[engine], *_cells(figures, engine, columns)] for engine in ENGINES)
    return [row for row in rows if any(cell != "" for cell in row[1:])]


def _cells(figures: Figures, name: str, columns: Sequence[Column]) -> list[str]:
    values = [_number(figures, f"{name}_{column.figure}") for column in columns]
    return ["" if value is None else column.form.format(value) for column, value in zip(columns, values, strict=True)]


def markdown_table(titles: Sequence[str], rows: Iterable[Sequence[str]], *, words: int) -> str:
    """The first *words* columns hold words, the others numbers."""
    lines = [titles, ["---"] * words + ["---:"] * (len(titles) - words), *rows]
    return "\n".join(f"| {' | '.join(cells)} |" for cells in lines)


def _titles(columns: Sequence[Column]) -> list[str]:
    return [column.title for column in columns]


def tables(figures: Figures) -> dict[str, str]:
    """By name, in Markdown, which reads well enough on a terminal."""
    return {
        "speed": markdown_table(["engine", "arrangement", *_titles(SPEED)], speed_rows(figures), words=2),
        "accuracy": markdown_table(["engine", *_titles(ACCURACY)], engine_rows(figures, ACCURACY), words=1),
        "fields": markdown_table(["engine", *_titles(FIELDS)], engine_rows(figures, FIELDS), words=1),
    }


def print_tables(figures: Figures) -> None:
    for table in tables(figures).values():
        print(f"\n{table}")


# Goals.


@dataclass(frozen=True, slots=True)
class Goal:
    """`at_least` tells which way is better; `here` is what is expected where the processor has no bf16 arithmetic, if that is
    another value. `value` None is not measured."""

    name: str
    wanted: float
    value: float | None
    form: str
    at_least: bool = True
    here: float | None = None

    def cells(self) -> list[str]:
        """Name, what was measured; what is wanted and whether it is reached; the same for `here`."""
        measured = "not measured" if self.value is None else self.form.format(self.value)
        return [self.name, measured, *self._verdict(self.wanted), *self._verdict(self.here)]

    def _verdict(self, wanted: float | None) -> list[str]:
        if wanted is None:
            return ["", ""]
        return [f"{'at least' if self.at_least else 'at most'} {self.form.format(wanted)}", self._reached(wanted)]

    def _reached(self, wanted: float) -> str:
        if self.value is None:
            return ""
        good = self.value >= wanted if self.at_least else self.value <= wanted
        return "reached" if good else "not reached"


def goals(figures: Figures) -> list[Goal]:
    ours = _number(figures, f"{OURS}_pages_per_minute")
    over_baseline = _ratio(ours, _number(figures, f"{BASELINE}_pages_per_minute"))
    over_best = _ratio(ours, _best_peer(figures))
    rate = "character_error_rate"
    return [
        Goal("pages/min, 2 processes, over rapidocr as installed", 9, over_baseline, "{:.1f}", here=3),
        Goal("the same over rapidocr, floor", 7, over_baseline, "{:.1f}", here=3),
        Goal("pages/min, 2 processes, over the best arrangement of any peer", 4, over_best, "{:.1f}"),
        _at_most("seconds from start to first page, 2 processes", 3, _number(figures, f"{OURS}_first_page_seconds"), "{:.1f}"),
        *(
            _at_most(f"character error rate, {pages} papers", peer, _number(figures, f"ours_{pages}_{rate}"), "{:.2%}")
            for pages in ("scanned", "worn")
            if (peer := _number(figures, f"rapidocr_no_classifier_{pages}_{rate}")) is not None
        ),
        Goal("share of the values on XFUND forms found", 0.95, _number(figures, f"{OURS}_forms_values_found"), "{:.3f}"),
        Goal("the values, floor", 0.94, _number(figures, f"{OURS}_forms_values_found"), "{:.3f}"),
        Goal("fields exact on scanned papers", 0.995, _number(figures, "ours_scanned_fields_exact"), "{:.1%}"),
    ]


def _at_most(name: str, wanted: float, value: float | None, form: str) -> Goal:
    return Goal(name, wanted, value, form, at_least=False)


def goal_table(found: Iterable[Goal]) -> str:
    titles = ["goal", "measured", "wanted, with AMX", "", "wanted in f32", ""]
    return markdown_table(titles, [each.cells() for each in found], words=1)


def print_goals(found: Iterable[Goal]) -> None:
    print(f"\n{goal_table(found)}")


def _best_peer(figures: Figures) -> float | None:
    found = [_number(figures, f"{peer}_{shape}_pages_per_minute") for peer in PEERS for shape in SHAPES]
    return max((speed for speed in found if speed is not None), default=None)


def _ratio(one: float | None, other: float | None) -> float | None:
    return one / other if one is not None and other else None


def _number(figures: Figures, name: str) -> float | None:
    value = figures.get(name)
    return float(value) if value is not None else None


# The document.

CAPTION = "XFUND forms read in a minute on the same two cores"


def write_report(figures: Figures) -> None:
    """docs/ocr.md and the chart in it."""
    CHART.write_text(bar_chart(CAPTION, _bars(figures)), encoding="utf-8")
    DOCUMENT.write_text(_document(figures), encoding="utf-8")


def _bars(figures: Figures) -> list[Bar]:
    return [
        Bar(f"{name}, {shape}", float(pages), marked=name == ENGINES["ours"]) for name, shape, pages, *_ in speed_rows(figures)
    ]


def _document(figures: Figures) -> str:
    told = tables(figures)
    versions = "\n".join(f"- {ENGINES[name]}: {figures[f'{name}_version']}" for name in ENGINES if f"{name}_version" in figures)
    return TEMPLATE.format(
        machine=figures.get("machine", "?"),
        commit=figures.get("commit", "?"),
        speed=told["speed"],
        accuracy=told["accuracy"],
        fields=told["fields"],
        goals=goal_table(goals(figures)),
        versions=versions,
        caption=CAPTION,
        chart=CHART.name,
        forms=f"{_number(figures, f'{OURS}_pages') or 0:.0f}",
        scanned=f"{_number(figures, 'ours_scanned_pages') or 0:.0f}",
        worn=f"{_number(figures, 'ours_worn_pages') or 0:.0f}",
        receipts=f"{_number(figures, 'ours_receipts_pages') or 0:.0f}",
        english=f"{_number(figures, 'ours_english_pages') or 0:.0f}",
        profile=profile_report.section(),
    )


TEMPLATE = (Path(__file__).parent / "ocr.md.template").read_text(encoding="utf-8")
