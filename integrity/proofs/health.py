"""What `/health` says of the sources: one word to a stranger, outcome and age to those who may see them."""

from typing import Any

from django.conf import settings
from django.utils import timezone

from governance.core.identity.roles import Permission
from governance.core.web.http import Access
from integrity.proofs.current import source_proofs
from integrity.scans.freshness import STATES, Freshness, source_freshness
from integrity.scans.models import Scan, ScanOutcome


def sources(reader: Access | None) -> str | dict[str, Any]:
    """A stranger: one state for all of them. Somebody signed in: per source held, state, last scan, age.

    `since`: when the state that is not ok began, as far as scans tell. `proof`: the gravest verdict on the
    rules of its view as it was read; INCONNU where one has none, or where
    the console did not compile the view.
    """
    now = timezone.now()
    freshness = source_freshness(settings.SOURCES)
    if reader is None:
        # The worst is the word for all; a stranger learns neither their names nor how many there are.
        return min((one.state for one in freshness), key=STATES.index, default="none")
    proofs = source_proofs(settings.SOURCES)
    return {
        one.slug: {
            "state": one.state,
            "last_complete_scan": one.last_complete_at and one.last_complete_at.isoformat(),
            "age_s": one.last_complete_at
            and max(0, int((now - one.last_complete_at).total_seconds())),
            "since": _since(one),
            "proof": proofs[one.slug].verdict or "INCONNU",
        }
        for one in freshness
        if reader.may(Permission.VIEW, one.slug)
    }


def _since(one: Freshness) -> str | None:
    """The first attempt after the last complete scan; of a source that nobody tries to read, that scan."""
    if one.state == "ok":
        return None
    scans = Scan.objects.filter(source=one.slug)
    complete = scans.filter(outcome=ScanOutcome.COMPLETE).order_by("-number").first()
    if complete is not None:
        scans = scans.filter(number__gt=complete.number)
    first = scans.order_by("number").first() or complete
    return first.started_at.isoformat() if first else None
