"""Which proofs hold for a source: of the rules that its view has, in the version and the text read there.

A proof on the reference depot, of another version or of another text says nothing of a source.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from integrity.kinds import ViewRead, view_read
from integrity.models import RuleProof
from integrity.proving import proofs_latest

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


def source_proof(source: str, view: ViewRead, latest: Iterable[Proved]) -> SourceProof:
    """`latest`: the last proof of each rule on this source."""
    held = {
        one.code: one
        for one in latest
        if one.through == "view"
        and one.version == view.rules.get(one.code)
        and one.text_sha256 == view.view_hash != ""
    }
    return SourceProof(source, view, held)


def source_proofs(sources: Iterable[str]) -> dict[str, SourceProof]:
    """By source, of today; one query beside those of the views."""
    by_source: dict[str, list[RuleProof]] = {}
    for proof in proofs_latest():
        by_source.setdefault(proof.source, []).append(proof)
    return {one: source_proof(one, view_read(one), by_source.get(one, [])) for one in sources}
