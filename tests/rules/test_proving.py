"""What a run of the proofs keeps, whom it alarms, and what the command answers."""

from datetime import UTC, datetime
from io import StringIO
from typing import Any

import psycopg
import pytest
from django.core.management import CommandError, call_command
from django.db import connection as console
from django.db.utils import ProgrammingError

from alerts.models import Alert
from governance.core.identity.acting import acting_as_system, acting_as_user
from governance.core.identity.models import User
from governance.core.identity.roles import Role
from integrity.proofs import runs as proving
from integrity.proofs.models import RuleProof
from integrity.proofs.runs import ProvingError, proofs_latest, proofs_run
from integrity.rules.catalog import catalog
from tests.conftest import Postgres, make_user

pytestmark = pytest.mark.django_db
ALL = sorted(catalog())

CLAMP = """
CREATE OR REPLACE VIEW v_stock_actuel AS
SELECT depot_id, citerne_id, produit_id, proprietaire_type, stock_ambiant, stock_15c,
       last_movement_at, updated_at, stock_ambiant AS stock_ambiant_base,
       stock_15c AS stock_15c_base, 0::double precision AS delta_ambiant_total,
       0::double precision AS delta_15c_total
FROM stocks_snapshot
"""


@pytest.fixture
def owner_url(depot_db: str, pg: Postgres, settings: Any) -> str:
    """The depot is the source `depot`, and there is no embedded one besides."""
    settings.DEPOT_OWNER_URL = ""
    return pg.dsn(depot_db, "depot_owner")


def alarms() -> list[tuple[str, str, str]]:
    with acting_as_system("test"):
        return sorted(
            Alert.objects.filter(check_code="RULE_NOT_PROVED")
            .exclude(status="RESOLVED")
            .values_list("source", "entity_id", "severity")
        )


def kept() -> dict[tuple[str, str], str]:
    with acting_as_system("test"):
        return {(row.source, row.code): row.verdict for row in proofs_latest()}


def run(*words: str) -> tuple[int, str]:
    out = StringIO()
    try:
        call_command("rules", *words, stdout=out)
    except SystemExit as end:
        return int(str(end.code)), out.getvalue()
    return 0, out.getvalue()


def test_proved_rules_are_kept_and_alarm_nobody(owner_url: str) -> None:
    assert proofs_run(source="depot", url=owner_url)
    assert kept() == {("depot", code): "PROUVEE" for code in ALL}
    assert alarms() == []
    with acting_as_system("test"), console.cursor() as cursor:
        cursor.execute(
            "SELECT source, subject_id, actor FROM ledger_entry WHERE action = 'rule.prove'"
            " ORDER BY subject_id"
        )
        assert cursor.fetchall() == [("depot", code, "system:proofs") for code in ALL]


def test_a_blind_rule_alarms_until_it_sees_again(owner_url: str) -> None:
    with psycopg.connect(owner_url, autocommit=True) as depot:
        row = depot.execute("SELECT pg_get_viewdef('v_stock_actuel'::regclass)").fetchone()
        assert row is not None
        depot.execute(CLAMP)
        proofs_run(source="depot", url=owner_url)
        assert kept()["depot", "STOCK_NEGATIF"] == "INERTE"
        assert ("console", "depot/STOCK_NEGATIF", "CRITICAL") in alarms()
        with acting_as_system("test"):
            alert = Alert.objects.get(entity_id="depot/STOCK_NEGATIF")
        said = alert.message.replace("\u00a0", " ")
        assert said.startswith("La règle STOCK_NEGATIF est INERTE sur « depot » : ")
        depot.execute(f"CREATE OR REPLACE VIEW v_stock_actuel AS {row[0]}")
    proofs_run(source="depot", url=owner_url)
    assert kept()["depot", "STOCK_NEGATIF"] == "PROUVEE"
    assert alarms() == []


def test_only_the_rules_that_the_source_holds_are_proved(owner_url: str) -> None:
    call_command("integrity_view", rules="CDR_ARRIVE_STALE", apply=owner_url, stdout=StringIO())
    proofs_run(source="depot", url=owner_url)
    assert kept() == {("depot", "CDR_ARRIVE_STALE"): "PROUVEE"}


def test_refusals_end_with_2(owner_url: str) -> None:
    for words, said in {
        ("--source", "nord"): "Source inconnue : nord.",
        ("--source", "depot"): "La console ne peut que lire « depot »",
        ("--connection", "postgresql:///x"): "--connection demande --source",
        ("--source", "depot", "--connection", "postgresql://u@127.0.0.1:1/x"): "inaccessible",
        ("--source", "depot", "--connection", "http://u@x"): "ne se lit pas",
    }.items():
        with pytest.raises(CommandError) as caught:
            run("prove", *words)
        assert said in str(caught.value)
        assert "s3cret" not in str(caught.value)
        assert "\n" not in str(caught.value)
        assert caught.value.returncode == 2
    with pytest.raises(CommandError, match="nommez une variable") as caught:
        run("prove", "--source", "depot", "--connection", "postgresql://u:s3cret@x")
    assert "s3cret" not in str(caught.value)
    assert kept() == {}


def test_a_lost_connection_records_nothing(
    owner_url: str, pg: Postgres, monkeypatch: pytest.MonkeyPatch
) -> None:
    def cut(connection: Any, rules: Any) -> Any:
        with pg.superuser() as superuser:
            superuser.execute("SELECT pg_terminate_backend(%s)", [connection.info.backend_pid])
        return connection.execute("SELECT 1")

    monkeypatch.setattr(proving, "rules_prove", cut)
    with pytest.raises(ProvingError, match="Preuve interrompue"):
        proofs_run(source="depot", url=owner_url)
    assert kept() == {}


def proof_row(source: str) -> RuleProof:
    return RuleProof(
        source=source,
        code="X",
        version="1.0.0",
        verdict="PROUVEE",
        through="rule",
        proved_at=datetime(2026, 1, 1, tzinfo=UTC),
    )


def test_who_sees_a_proof() -> None:
    with acting_as_system("proofs"):
        RuleProof.objects.bulk_create([proof_row(source) for source in ("", "depot", "nord")])
    nord: User = make_user("nord-director", {"nord": Role.DIRECTEUR})
    nobody: User = make_user("nobody")
    for user, sources in ((nord, ["", "nord"]), (nobody, [])):
        with acting_as_user(user.pk):
            assert sorted(proofs_latest().values_list("source", flat=True)) == sources


def test_a_proof_is_never_changed_nor_written_by_a_person() -> None:
    user = make_user("director", {"depot": Role.DIRECTEUR})
    with pytest.raises(ProgrammingError, match="only the machine"), acting_as_user(user.pk):
        proof_row("depot").save()
    with acting_as_system("proofs"):
        proof_row("depot").save()
    # The runtime role has no right to it at all; the trigger is for whoever has.
    with pytest.raises(ProgrammingError, match="permission denied"), acting_as_system("proofs"):
        RuleProof.objects.update(verdict="INERTE")


def test_mutating_from_the_command_line() -> None:
    code, said = run("mutate", "--rules", "cdr_arrive_stale")
    assert code == 0
    assert ", 0 survivants, " in said.splitlines()[-1]
    with pytest.raises(CommandError, match="Règle inconnue : NOPE"):
        run("mutate", "--rules", "NOPE")
