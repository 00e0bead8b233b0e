"""What is hidden from whom, and whether it really is."""

from dataclasses import dataclass, field
from enum import StrEnum

from schemas.geometry import Box


class Audience(StrEnum):
    """For whom a derivative is made."""

    HANDLER = "handler"
    PUBLIC = "public"


@dataclass(frozen=True, slots=True)
class Mask:
    """An opaque box burnt into a derivative. `kind` is the entity kind that it hides, `reason` the rule that said so."""

    kind: str
    page_number: int
    box: Box
    reason: str = ""


@dataclass(frozen=True, slots=True)
class VisibleLine:
    """One line as the audience sees it: hidden spans are type tokens such as `[身份证号]`."""

    text: str = field(repr=False)
    box: Box


@dataclass(frozen=True, slots=True)
class RedactedText:
    """A page's text after hiding. Made by `workers.redact` only; the index and the text layer accept nothing else."""

    page_number: int
    audience: Audience
    policy: str
    """Name and version of the policy that decided."""
    lines: tuple[VisibleLine, ...] = field(repr=False)

    @property
    def text(self) -> str:
        return "\n".join(line.text for line in self.lines)


@dataclass(frozen=True, slots=True)
class Leak:
    """Something hidden that can still be found. Never holds the value: `kind`, `page_number` and `check` locate it."""

    kind: str
    check: str
    page_number: int | None = None
    box: Box | None = None
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Verdict:
    """What reading a derivative back found. It may be served only if `passed`."""

    leaks: tuple[Leak, ...]
    checks: tuple[str, ...]
    """Names of the checks that ran to their end."""
    exempted: tuple[Leak, ...] = ()
    """What was found in places of which people have said that what shows there tells of nobody."""

    @property
    def passed(self) -> bool:
        return not self.leaks and bool(self.checks)
