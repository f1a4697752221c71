"""Last month, as a report finds it: what was found, what people did about it, and that it is over."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from typing import TYPE_CHECKING

from django.utils import timezone

from alerts import services
from alerts.models import Alert, Cause, Decision
from governance.core.identity.acting import acting_as_system, acting_as_user
from governance.core.ledger.verification.verify import ledger_verify
from governance.reports.period import Period, last_month
from tests.conftest import account
from tests.ledger.backdate import ledger_backdate

if TYPE_CHECKING:
    from tests.browser.site import Site

TOLERATED = "Jauge en réparation, écart suivi chaque semaine."
REPAIRED = "Bon de livraison retrouvé, écriture corrigée."


def period() -> Period:
    return last_month(timezone.localdate())


def evening() -> datetime:
    """Of the month's last day."""
    return timezone.make_aware(datetime.combine(period().last, time(18, 40)))


def live_through(site: Site) -> None:
    """Scan a depot of that month, decide, then move all of it there; a comment of today closes the month."""
    site.load("incident", now=evening())
    site.scan()
    site.call(site.prove)
    site.call(_decide)
    site.call(ledger_verify)
    with site.superuser() as connection:
        ledger_backdate(connection, last=evening())
    site.call(_comment)
    site.load("incident")


def look_again(site: Site) -> None:
    """Today's scan after that month finds the same facts; the rules are proved, the ledger is verified."""
    with site.superuser() as connection:  # its scans were that month's, too
        always = connection.execute(
            "SELECT tgname FROM pg_trigger WHERE tgrelid = 'integrity_scan'::regclass AND tgenabled = 'A'"
        ).fetchall()
        connection.execute("ALTER TABLE integrity_scan DISABLE TRIGGER USER")
        connection.execute(
            "UPDATE integrity_scan SET started_at = started_at - %(by)s, finished_at = finished_at - %(by)s",
            {"by": timezone.now() - evening()},
        )
        connection.execute("ALTER TABLE integrity_scan ENABLE TRIGGER USER")
        for (name,) in always:  # or the ledger's verification says that the guards were moved
            connection.execute(f"ALTER TABLE integrity_scan ENABLE ALWAYS TRIGGER {name}")
    site.load("incident", now=evening())
    site.scan()
    site.call(site.prove)
    site.call(ledger_verify)


def _decide() -> None:
    director, admin = map(account, ("directeur", "admin"))
    with acting_as_user(director.pk):
        critical = list(Alert.objects.filter(severity="CRITICAL").order_by("check_code", "id"))
        warnings = list(Alert.objects.filter(severity="WARN").order_by("check_code", "id"))
    with acting_as_user(director.pk):
        taken = services.alert_assign(alert_id=critical[0].pk, version=1, assignee=director.pk)
        services.alert_acknowledge(
            alert_id=taken.pk, version=taken.version, note="Je passe au dépôt demain."
        )
    with acting_as_user(director.pk):
        services.alert_resolve(
            alert_id=warnings[0].pk,
            version=1,
            resolution=services.Resolution(REPAIRED, Cause.ERREUR_SAISIE, Decision.CORRIGE),
        )
    tolerated = services.Resolution(
        TOLERATED, Cause.AUTRE, Decision.ACCEPTE, timezone.localdate() + timedelta(days=30)
    )
    for person in (director, admin):  # accepting what is critical takes two
        with acting_as_user(person.pk):
            one = Alert.objects.get(pk=critical[1].pk)
            services.alert_resolve(alert_id=one.pk, version=one.version, resolution=tolerated)


def _comment() -> None:
    with acting_as_system("test"):
        pk = Alert.objects.filter(status="OPEN").order_by("id")[0].pk
    with acting_as_user(account("gerant").pk):
        services.comment_add(alert_id=pk, body="Le mois est clos.")
