"""What `/health` says of the sources: outcome and age of the last scan; a stranger may read it."""

from typing import Any

from django.conf import settings
from django.utils import timezone

from integrity.standing import source_standings
from integrity.standing_proof import source_proofs


def sources() -> dict[str, Any]:
    """Per source: state, the last complete scan (UTC) and its age in seconds; no cause, no count.

    `proof`: the gravest verdict on the rules of its view as it was read; INCONNU where one has none, or where
    the console did not compile the view.
    """
    now = timezone.now()
    proofs = source_proofs(settings.SOURCES)
    return {
        one.slug: {
            "state": one.state,
            "last_complete_scan": one.last_complete_at and one.last_complete_at.isoformat(),
            "age_s": one.last_complete_at and int((now - one.last_complete_at).total_seconds()),
            "proof": proofs[one.slug].verdict or "INCONNU",
        }
        for one in source_standings(settings.SOURCES)
    }
