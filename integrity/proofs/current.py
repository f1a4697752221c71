"""Which proofs hold for a source: of the rules that its view has, in the version and the text read there.

A proof on the reference depot, of another version or of another text says nothing of a source. Nor does one
that is older than the last change of something below the view.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol, TypeVar

from integrity.proofs.models import RuleProof
from integrity.proofs.runs import proofs_latest
from integrity.scans.kinds import ViewRead, evidence_at, view_read

PROVED = RuleProof.Verdict.PROUVEE


class Proved(Protocol):
    """What of a proof decides whether it holds."""

    @property
    def code(self) -> str: ...
    @property
    def version(self) -> str: ...
    @property
    def verdict(self) -> str: ...
    @property
    def detail(self) -> str: ...
    @property
    def through(self) -> str: ...
    @property
    def text_sha256(self) -> str: ...
    @property
    def proved_at(self) -> datetime: ...


P = TypeVar("P", bound=Proved)


@dataclass(frozen=True)
class SourceProof:
    """The rules that a source's view holds, and for each the proof that holds, where there is one."""

    source: str
    view: ViewRead
    proofs: Mapping[str, Proved] = field(default_factory=dict)

    @property
    def total(self) -> int:
        return len(self.view.rules)

    @property
    def good(self) -> int:
        return sum(one.verdict == PROVED for one in self.proofs.values())

    @property
    def is_whole(self) -> bool:
        """Every rule there can see what it is for."""
        return bool(self.total) and self.good == self.total

    @property
    def is_foreign(self) -> bool:
        return self.view.is_foreign

    @property
    def verdict(self) -> str:
        """The gravest of all; empty (unknown) where one rule has none."""
        if not self.total:
            return ""
        return worst(
            one.verdict if (one := self.proofs.get(code)) else "" for code in self.view.rules
        )


def worst(verdicts: Iterable[str]) -> str:
    """The gravest; unknown is graver than proved and milder than a fault that was found."""
    order = [one.value for one in RuleProof.Verdict if one != PROVED] + ["", PROVED.value]
    return min(verdicts, key=order.index, default="")


def source_proof(
    source: str,
    view: ViewRead,
    latest: Iterable[P],
    evidence_then: Callable[[P], str],
) -> SourceProof:
    """`latest`: the last proof of each rule on this source. `evidence_then`: the hash of what the last scan
    before it had read through, empty where unknown.

    A proof older than the first scan of its source is taken to be of what that scan read.
    """
    now = view.evidence_hash
    held = {
        one.code: one
        for one in latest
        if one.through == "view"
        and one.verdict != RuleProof.Verdict.OUBLIEE
        and one.version == view.rules.get(one.code)
        and one.text_sha256 == view.view_hash != ""
        and (not now or evidence_then(one) in (now, ""))
    }
    return SourceProof(source, view, held)


def source_proofs(sources: Iterable[str]) -> dict[str, SourceProof]:
    """By source, of today; one query beside those of the views."""
    by_source: dict[str, list[RuleProof]] = {}
    for proof in proofs_latest():
        by_source.setdefault(proof.source, []).append(proof)
    return {
        one: source_proof(one, view_read(one), by_source.get(one, []), _evidence_then)
        for one in sources
    }


def source_proof_of(source: str, view: ViewRead) -> SourceProof:
    """For a view that was read just now."""
    return source_proof(source, view, proofs_latest().filter(source=source), _evidence_then)


def _evidence_then(proof: RuleProof) -> str:
    return evidence_at(proof.source, proof.proved_at)
