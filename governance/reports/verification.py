"""Whether a report on paper is what the console said: by its code, the record, and doing it again."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Any
from urllib.parse import parse_qs, urlsplit

import segno
from django.conf import settings
from django.utils import timezone, translation
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from alerts.models import ACTIVE, Alert, Severity
from governance.core.ledger.models import LedgerEntry
from governance.core.ledger.notes import ledger_note
from governance.history.as_of import alerts_as_of
from governance.history.entries import names_of
from governance.reports.contents import report_drawn
from governance.reports.figures import as_of_end, window_of
from governance.reports.period import Period, period_read

KEEP = "report.keep"
DIGEST = re.compile(r"\b[0-9a-f]{64}\b")
KEPT_SHOWN = 24


@dataclass(frozen=True)
class Code:
    """What somebody pasted: the hash, and the period where the address says it."""

    digest: str
    period: Period | None


@dataclass(frozen=True)
class Kept:
    """A report that somebody kept: its entry in the ledger, and which days it is about."""

    seq: int
    at: datetime
    who: str
    first: str
    last: str
    digest: str = ""


def digest_of(text: str) -> str:
    return sha256(text.encode()).hexdigest()


def code_svg(address: str) -> SafeString:
    """The QR code of an address, for the screen and for paper: black on white in either theme."""
    # Any pattern can be read; finding the prettiest of eight takes five times as long as the code itself.
    code = segno.make(address, error="m", micro=False, mask=2)
    return SafeString(code.svg_inline(scale=3, border=3, dark="#000", light="#fff", omitsize=True))


def code_read(text: str) -> Code | None:
    """The code in a pasted text: the address that the QR code holds, or the bare hash; None for neither."""
    found = DIGEST.search(text.lower())
    if found is None:
        return None
    query = parse_qs(urlsplit(text.strip()).query)
    days = {name: query.get(name, [""])[0] for name in ("from", "to")}
    period, refusal = period_read(days, today=timezone.localdate())
    return Code(found[0], period if all(days.values()) and not refusal else None)


def kept_as(digest: str) -> Kept | None:
    """The entry of the first time that this very report was kept; everybody may know it (policy `kept`)."""
    entry = (
        LedgerEntry.objects.filter(action=KEEP, after__selection__digest=digest)
        .order_by("seq")
        .first()
    )
    return next(iter(_kept([entry] if entry else [])), None)


def kept_latest() -> list[Kept]:
    """The reports that were kept last."""
    return _kept(LedgerEntry.objects.filter(action=KEEP).order_by("-seq")[:KEPT_SHOWN])


def _kept(entries: Iterable[LedgerEntry]) -> list[Kept]:
    found = list(entries)
    names = names_of(entry.actor for entry in found)
    return [
        Kept(
            entry.seq,
            entry.at,
            names.get(entry.actor, _("compte inconnu")),
            *(str(entry.values["selection"].get(name, "")) for name in ("from", "to", "digest")),
        )
        for entry in found
    ]


def report_keep(*, period: Period, digest: str) -> int:
    """Enter the report's hash in the ledger, in the name of who acts; gives the entry's number."""
    return ledger_note(
        action=KEEP,
        subject_id=f"{period.first}/{period.last}",
        details={
            "selection": {
                "from": period.first.isoformat(),
                "to": period.last.isoformat(),
                "digest": digest,
                "release": settings.APP_RELEASE,
                "language": translation.get_language(),
            }
        },
    )


def drawn_again(code: Code, sources: frozenset[str]) -> str:
    """The language in which the console says the same bytes for this reader today; empty for none."""
    if code.period is None:
        return ""
    for language, _words in settings.LANGUAGES:
        with translation.override(language):
            if digest_of(report_drawn(code.period, sources)) == code.digest:
                return language
    return ""


def changed_since(period: Period, sources: frozenset[str]) -> dict[str, Any]:
    """What has become of the anomalies that stood unresolved at the period's end, and what is new."""
    asked = as_of_end(period, window_of(period, sources))
    then = alerts_as_of(asked, ACTIVE).filter(status__in=ACTIVE).exclude(severity=Severity.INFO)
    stood = set(then.values_list("pk", flat=True))
    still = set(Alert.objects.filter(pk__in=stood, status__in=ACTIVE).values_list("pk", flat=True))
    new = Alert.objects.filter(status__in=ACTIVE).exclude(pk__in=stood)
    return {
        "stood": len(stood),
        "settled": len(stood - still),
        "still": len(still),
        "new": new.exclude(severity=Severity.INFO).count(),
    }
