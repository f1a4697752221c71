"""Quiet scans of a day long gone become one entry that can be checked; nothing that changed anything goes."""

from datetime import date, timedelta
from hashlib import sha256
from typing import Any

import psycopg
import pytest
from django.core.management import call_command
from django.db import DatabaseError, transaction
from django.utils import timezone

from governance.core.identity.acting import acting_as_system
from governance.core.ledger.export import export_lines
from governance.core.ledger.models import LedgerEntry
from integrity.scans.models import Scan, ScanSummary
from integrity.scans.thinning import scans_thin
from tests.alerts.make import finding, take_in
from tests.ledger.conftest import offline, verifier
from tests.pages.dom import text_of
from tests.schedule.make import scanned

__all__ = ["offline", "verifier"]

LONG_AGO = timezone.now().replace(hour=6, minute=0, second=0, microsecond=0) - timedelta(days=120)


def at(minute: int, **values: Any) -> Scan:
    return scanned(ago=timezone.now() - LONG_AGO - timedelta(minutes=minute), **values)


def day_of_scans() -> list[Scan]:
    """Ten scans, of which 2, 3, 7 and 8 are quiet: neither first nor last, and nothing moved."""
    seen_at = LONG_AGO + timedelta(minutes=6)
    take_in([finding()], taken_at=seen_at)
    scans = [at(minute) for minute in range(4)]  # 0 stays: the first of its day
    scans.append(at(4, opened=1))
    scans.append(at(5, view_hash="a" * 64))  # read another view than the one before
    with acting_as_system("scan"):
        exact = {"started_at": seen_at, "finished_at": seen_at, "view_hash": "a" * 64}
        scans.append(Scan.objects.create(source="depot", outcome="COMPLETE", **exact))
    scans += [at(minute, view_hash="a" * 64) for minute in (7, 8)]
    scans.append(at(9, outcome="FAILED", error="en panne"))
    return scans


def standing() -> set[Any]:
    with acting_as_system("test"):
        return set(Scan.objects.values_list("pk", flat=True))


def test_what_goes_what_stays_and_what_is_written(db):
    scans = day_of_scans()
    quiet = [scans[n] for n in (1, 2, 3, 7, 8)]
    (made,) = scans_thin()
    assert standing() == {one.pk for one in scans} - {one.pk for one in quiet}
    with acting_as_system("test"):
        entry = LedgerEntry.objects.get(action="scan.summary")
        hashes = {
            one.subject_id: bytes(one.hash).hex()
            for one in LedgerEntry.objects.filter(subject_type="scan")
        }
    expected = sha256("".join(f"{hashes[str(one.pk)]}\n" for one in quiet).encode()).hexdigest()
    assert entry.actor == "system:thin"
    assert entry.after is not None
    assert (entry.after["scans"], entry.after["rows_hash"]) == (5, expected)
    assert (made.scans, made.day, made.rows_hash) == (5, LONG_AGO.date(), expected)
    assert made.kept == [scans[n].number for n in (4, 5, 6)]
    assert (made.first_at, made.last_at) == (quiet[0].started_at, quiet[-1].finished_at)
    assert scans_thin() == []


def test_an_age_is_configured(db, settings, capsys):
    day_of_scans()
    settings.SCAN_KEEP_DAYS = 121
    assert scans_thin() == []
    settings.SCAN_KEEP_DAYS = 0
    call_command("scans_thin")
    assert "rien n’est résumé" in capsys.readouterr().out
    settings.SCAN_KEEP_DAYS = 90
    call_command("scans_thin")
    assert "5 contrôles résumés en 1 journée" in capsys.readouterr().out


def summary(day: date, **values: Any) -> ScanSummary:
    return ScanSummary.objects.create(source="depot", day=day, **values)


def test_only_the_job_that_thins_and_only_what_is_quiet_and_old(db):
    day_of_scans()
    day = LONG_AGO.date()

    def refused(words: str, act: Any, identity: str = "thin") -> None:
        with (
            pytest.raises(DatabaseError, match=words),
            transaction.atomic(),
            acting_as_system(identity),
        ):
            act()

    refused("only the job that thins|row-level", lambda: summary(day), "scan")
    refused("nothing of that day", lambda: summary(day - timedelta(days=1)))
    refused("this week", lambda: summary(timezone.now().date()))
    refused("permission denied", lambda: Scan.objects.all().delete())
    with acting_as_system("thin"):
        # Whatever it claims, the database computes it.
        made = summary(day, scans=9, rows_hash="f" * 64, kept=[1])
        made.refresh_from_db()
    assert (made.scans, len(made.kept)) == (5, 3)
    refused("permission denied|never changed", lambda: ScanSummary.objects.update(scans=1))


def test_not_even_the_owner_deletes_a_scan_by_hand(fresh_console, pg):
    scan = scanned(ago=timedelta(days=100))
    with psycopg.connect(pg.dsn(fresh_console, "console_owner")) as owner:
        owner.execute("SELECT set_config('governance.system', 'thin', false)")
        with pytest.raises(psycopg.errors.InsufficientPrivilege, match="never changed"):
            owner.execute("DELETE FROM integrity_scan WHERE id = %s", [scan.pk])


def test_pages_say_it(as_):
    scans = day_of_scans()
    scans_thin()
    said = text_of(as_("gerant").get("/governance/scans"))
    today = timezone.localdate()
    assert f"5 contrôles sans changement, résumés le {today.day}" in said
    assert said.index("en panne") < said.index("5 contrôles sans changement")
    assert "sans changement" not in text_of(as_("gerant").get("/governance/scans?outcome=FAILED"))
    gone = f"/governance/scans/{scans[1].pk}"
    page = as_("auditeur").get(gone)
    assert page.status_code == 200
    assert "résumé" in text_of(page)
    assert as_("gerant").get(gone).status_code == 404  # who does not read the history
    assert "5 contrôles sans changement" in text_of(as_("auditeur").get("/governance/history"))


def test_an_export_proves_a_summary_without_the_rows(people, offline):
    day_of_scans()
    scans_thin()

    def lines(**selection: Any) -> list[bytes]:
        entries = LedgerEntry.objects.exclude(**selection) if selection else LedgerEntry.objects
        user = people["auditeur"]
        return list(
            export_lines(
                entries=entries.all(), user_id=user.pk, user_name="auditeur", selection=selection
            )
        )

    code, said = offline(lines())
    assert (code, "5 contrôles" in said) == (0, True), said
    with acting_as_system("test"):
        second = LedgerEntry.objects.filter(action="scan.complete").order_by("seq")[1].seq
    code, said = offline(lines(seq=second))  # one that was thinned is not in the file
    assert (code, "NON PROUVÉ" in said, "résumé" in said) == (0, True, True), said


def test_a_summary_of_other_scans_is_found_out(people, offline, verifier):
    """Whoever can rewrite the chain cannot make a summary true of scans that it does not sum up."""
    hashes = {10: "aa" * 32, 11: "bb" * 32, 12: "cc" * 32}
    summary = {"first_number": 10, "last_number": 12, "kept": [11], "scans": 2}
    right = sha256(f"{hashes[10]}\n{hashes[12]}\n".encode()).hexdigest()
    assert verifier.summary_holds(hashes, summary | {"rows_hash": right}) is True
    assert verifier.summary_holds(hashes, summary | {"rows_hash": "f" * 64}) is False
    assert verifier.summary_holds({10: "aa" * 32}, summary | {"rows_hash": right}) is None
