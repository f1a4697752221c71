"""Owns what the console concludes when a source is read through other eyes; knows no page and no rule's text.

Other eyes: the view's definition, or anything of the evidence below it (evidence.py), is not what it was.
A text that was read is kept once per source, named by the hash that the scan's ledger entry has.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from alerts.intake import Eyes
from alerts.models import ACTIVE, Alert, Status
from governance.core.identity.roles import CONSOLE_SOURCE
from integrity.rules.compiler import is_shipped
from integrity.scans.models import Scan, ScanOutcome, ViewDefinition
from integrity.sources.evidence import Evidence, evidence_parse
from integrity.sources.installed_view import InstalledView
from integrity.sources.installs import install_is_known

# The console's finding about it (packs/console). Entity: the source.
VIEW_DRIFT = "VIEW_DRIFT"
# Names of what moved that one finding carries.
MOVED_SHOWN = 20
MOVED_SAID = 5
# Characters of a text that is kept; of a longer one its hash alone is.
TEXT_LIMIT = 1_000_000


@dataclass(frozen=True)
class Seen:
    """The view and the evidence of one reading of a source, beside the last one that was believed."""

    source: str
    view: InstalledView
    evidence: Evidence
    previous: Scan | None

    @property
    def moved(self) -> bool:
        """Whether anything is not as it was; what an older scan did not keep is taken to be the same."""
        was = self.previous
        if was is None:
            return False
        return (was.view_hash or self.view.definition_hash) != self.view.definition_hash or (
            was.evidence_hash or self.evidence.sha256
        ) != self.evidence.sha256

    @property
    def is_ours(self) -> bool:
        return is_ours(self.view, self.previous, self.source)

    @property
    def is_versioned(self) -> bool:
        """integrity_view put it there with other versions of the rules than before."""
        return (
            self.is_ours
            and self.previous is not None
            and bool(self.previous.rules)
            and self.view.rule_versions != self.previous.rules
        )


def drift_stands(source: str) -> bool:
    """Whether VIEW_DRIFT is open or acknowledged: what is absent may only be out of sight."""
    return _standing(source, ACTIVE) is not None


def is_ours(view: InstalledView, previous: Scan | None, source: str) -> bool:
    """Whether the console compiled it: from the rules that it ships, or from those of an earlier release.

    Its comment says so, and anybody can write a comment: it is believed of the view that was believed before,
    of one that the console put there, of the first that a source has, and of one that a person let pass.
    """
    if not view.is_compiled_here:
        return False
    same = (
        previous is not None
        and previous.compiled
        and (previous.view_hash, previous.rules) == (view.definition_hash, view.rule_versions)
    )
    if same or install_is_known(view):
        return True
    return is_shipped(view, source) and (previous is None or _let_pass(source, view))


def _let_pass(source: str, view: InstalledView) -> bool:
    """Whether a person acknowledged or resolved the VIEW_DRIFT that named this very text."""
    drift = Alert.objects.filter(
        source=CONSOLE_SOURCE, check_code=VIEW_DRIFT, entity_id=source
    ).first()
    return (
        drift is not None
        and drift.payload.get("view_sha256") == view.definition_hash
        and (drift.status == Status.ACK or drift.resolved_by is not None)
    )


def scan_last_complete(source: str) -> Scan | None:
    """The last scan that was believed, whatever failed since."""
    complete = Scan.objects.filter(source=source, outcome=ScanOutcome.COMPLETE)
    return complete.order_by("-number").first()


def relations_read(source: str) -> list[str]:
    """The tables and views that the last scan was read through, also those that only a body names."""
    last = scan_last_complete(source)
    kept = _evidence_kept(source, last.evidence_hash) if last and last.evidence_hash else None
    words = [name.partition(" ") for name in kept.parts] if kept else []
    return [name for kind, _space, name in words if kind in ("TABLE", "VIEW")]


def texts_keep(seen: Seen, *, at: datetime) -> None:
    """Keep the view's definition and the evidence, those that the console has not read here before."""
    texts = {
        seen.view.definition_hash: seen.view.definition,
        seen.evidence.sha256: seen.evidence.text,
    }
    known = ViewDefinition.objects.filter(source=seen.source, view_hash__in=list(texts))
    for old in known.values_list("view_hash", flat=True):
        del texts[old]
    ViewDefinition.objects.bulk_create(
        ViewDefinition(source=seen.source, view_hash=name, definition=text, first_seen_at=at)
        for name, text in texts.items()
        if 0 < len(text) <= TEXT_LIMIT
    )


def eyes(seen: Seen, last_seen: Iterable[datetime]) -> Eyes:
    """What the absence of alerts last seen at these instants says.

    Mended is only what was last seen as this scan sees, and never in the scan that sees otherwise than the
    one before. The rest is held for as long as nobody has acknowledged or resolved VIEW_DRIFT.
    """
    alike = _alike(seen.source, seen.view.definition_hash, seen.evidence.sha256, last_seen)
    return Eyes(
        alike=[] if seen.moved else alike,
        holds=seen.moved or _standing(seen.source, [Status.OPEN]) is not None,
        by_version=seen.is_versioned if seen.moved else seen.is_ours,
    )


def eyes_as_before(last: Scan | None, last_seen: Iterable[datetime]) -> Eyes:
    """The same where nothing of a view of ours, or below it, has changed since the last scan."""
    if last is None:
        return Eyes(alike=[], holds=True, by_version=False)
    return Eyes(
        alike=_alike(last.source, last.view_hash, last.evidence_hash, last_seen),
        holds=_standing(last.source, [Status.OPEN]) is not None,
        by_version=True,
    )


def _alike(
    source: str, view_hash: str, evidence_hash: str, last_seen: Iterable[datetime]
) -> list[datetime]:
    """Of these instants, those of scans that looked through this view and this evidence."""
    scans = Scan.objects.filter(
        source=source,
        started_at__in=list(last_seen),
        view_hash__in=[view_hash, ""],
        evidence_hash__in=[evidence_hash, ""],
    )
    return list(scans.values_list("started_at", flat=True))


def drift_of(seen: Seen) -> dict[str, Any]:
    """What is not as it should be and what was expected, for VIEW_DRIFT; empty where all is.

    It ends when what moved is back, when `integrity_view` installs other versions (for the view itself),
    or, save for a view of ours that was edited by hand, when a person resolves the alert: what is there is
    then what should be.
    """
    standing = _standing(seen.source, ACTIVE)
    view, evidence = seen.view.definition_hash, seen.evidence.sha256
    expected_view = _expected_view(seen, standing)
    expected_evidence = _expected_evidence(seen, standing)
    if expected_view == view and expected_evidence == evidence:
        return {}
    kept = _evidence_kept(seen.source, expected_evidence)
    moved = seen.evidence.moved_since(kept) if kept else []
    if expected_view == view:
        change = "eyes"
    elif seen.view.drifted:
        change = "edited"
    else:
        change = "unversioned" if seen.is_ours else "view"
    return {
        "change": change,
        "names": _some(moved),
        "expected_sha256": expected_view,
        "expected_evidence_sha256": expected_evidence,
        "moved": moved[:MOVED_SHOWN],
    }


def _some(names: list[str]) -> str:
    """A few names for a sentence."""
    shown = ", ".join(name[:120] for name in names[:MOVED_SAID])
    return f"{shown}…" if len(names) > MOVED_SAID else shown


def _expected_view(seen: Seen, standing: Alert | None) -> str:
    """The hash that the view's definition should have."""
    view = seen.view
    if view.drifted:
        return view.installed_hash or ""
    if seen.previous is None or not seen.previous.view_hash:
        return view.definition_hash
    if seen.is_ours and view.rule_versions != seen.previous.rules:
        return view.definition_hash  # installed by integrity_view, with other versions
    return str(standing.payload["expected_sha256"]) if standing else seen.previous.view_hash


def _expected_evidence(seen: Seen, standing: Alert | None) -> str:
    """The hash that the evidence should have."""
    now = seen.evidence.sha256
    expected = seen.previous.evidence_hash if seen.previous else ""
    if standing:
        expected = str(standing.payload.get("expected_evidence_sha256") or expected)
    kept = _evidence_kept(seen.source, expected) if expected not in ("", now) else None
    if kept and (seen.is_versioned or _is_ours_for_the_first_time(seen)):
        # Other rules read other tables: what came or went with them is theirs, what stayed must be the same.
        moved = seen.evidence.moved_since(kept)
        if not any(name in seen.evidence.parts and name in kept.parts for name in moved):
            return now
    return expected or now


def _is_ours_for_the_first_time(seen: Seen) -> bool:
    was = seen.previous
    return seen.is_ours and was is not None and not was.rules


def _evidence_kept(source: str, sha256: str) -> Evidence | None:
    kept = ViewDefinition.objects.filter(source=source, view_hash=sha256).first()
    return evidence_parse(kept.definition) if kept else None


def _standing(source: str, statuses: Iterable[str]) -> Alert | None:
    return Alert.objects.filter(
        source=CONSOLE_SOURCE, check_code=VIEW_DRIFT, entity_id=source, status__in=list(statuses)
    ).first()
