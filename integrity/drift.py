"""Owns what the console concludes from a view whose definition changed; knows no page and no rule's text.

A definition that was read is kept once per source, named by the hash that the scan's ledger entry has.
"""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from alerts.intake import Finding
from alerts.models import ACTIVE, Alert, ClosedBecause
from governance.roles import CONSOLE_SOURCE
from integrity.contract import VIEW
from integrity.installed_view import InstalledView
from integrity.models import Scan, ScanOutcome, ViewDefinition

# The console's own finding: the view is not what it should be. Entity: the source.
VIEW_DRIFT = "VIEW_DRIFT"
# Another change of the view lapses an acknowledgement and ends an acceptance.
MATERIAL = {VIEW_DRIFT: ["view_sha256"]}


def scan_last_complete(source: str) -> Scan | None:
    """The last scan that was believed, whatever failed since."""
    complete = Scan.objects.filter(source=source, outcome=ScanOutcome.COMPLETE)
    return complete.order_by("-started_at").first()


def definition_keep(*, source: str, view: InstalledView, seen_at: datetime) -> None:
    """Keep the view's definition, if the console has not read it on this source before."""
    kept = ViewDefinition.objects.filter(source=source, view_hash=view.definition_hash)
    if view.definition and not kept.exists():
        ViewDefinition.objects.create(
            source=source,
            view_hash=view.definition_hash,
            definition=view.definition,
            first_seen_at=seen_at,
        )


def closing_reasons(
    *, source: str, view: InstalledView | None, previous: Scan | None
) -> dict[str, str]:
    """Why alerts vanish that no version explains: RULE_CHANGED for all when the view changed by itself.

    Where the view names its rules' versions and only they moved, each alert knows better: empty.
    """
    if view is None or previous is None or view.definition_hash == previous.view_hash:
        return {}
    versioned = (
        view.compiled_hash is not None
        and not view.drifted
        and bool(previous.rules)
        and view.rule_versions != previous.rules
    )
    if versioned:
        return {}
    codes: Iterable[str] = (
        Alert.objects.filter(source=source, status__in=ACTIVE)
        .values_list("check_code", flat=True)
        .distinct()
    )
    return dict.fromkeys(codes, ClosedBecause.RULE_CHANGED.value)


def drift_finding(
    *, source: str, view: InstalledView | None, previous: Scan | None, at: datetime
) -> Finding | None:
    """VIEW_DRIFT, as long as the view is not the one that was installed, or read before.

    It ends when that view is back, when `integrity_view` installs other versions, or, for a view that
    the console did not compile, when a person resolves the alert: what is there is then what should be.
    """
    if view is None or not view.definition:
        return None
    expected = _expected(source, view, previous)
    if expected == view.definition_hash:
        return None
    payload: dict[str, Any] = {
        "source": source,
        "expected_sha256": expected,
        "view_sha256": view.definition_hash,
    }
    words = {"view": VIEW, "source": source}
    if view.drifted:
        message = _(
            "La vue %(view)s de « %(source)s » n’est plus celle qui a été installée : "
            "elle a été modifiée à la main."
        )
    elif view.compiled_hash is not None:
        message = _(
            "La vue %(view)s de « %(source)s » a changé sans que la version d’aucune règle change."
        )
    else:
        message = _("La vue %(view)s de « %(source)s » a changé depuis les contrôles précédents.")
    return Finding(VIEW_DRIFT, "WARN", "SOURCE", source, message % words, payload, at)


def _expected(source: str, view: InstalledView, previous: Scan | None) -> str:
    """The hash that the view's definition should have."""
    if view.drifted:
        return view.installed_hash or ""
    if previous is None or not previous.view_hash:
        return view.definition_hash
    if view.compiled_hash is not None and view.rule_versions != previous.rules:
        return view.definition_hash  # installed by integrity_view, with other versions
    standing = Alert.objects.filter(
        source=CONSOLE_SOURCE, check_code=VIEW_DRIFT, entity_id=source, status__in=ACTIVE
    ).first()
    return str(standing.payload["expected_sha256"]) if standing else previous.view_hash
