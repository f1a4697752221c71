"""The trial of the documents can be done: its database is as task.md says, and shipped rules fit it."""

import os
import re
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Callable
from pathlib import Path
from socket import socket
from typing import Any

import psycopg
import pytest
from django.core.management import CommandError

from alerts.models import Alert
from governance.core.identity.acting import acting_as_system
from integrity.adoption.checking import pack_check
from integrity.rules.catalog import pack
from integrity.scans.scan import scan_run
from tests.conftest import Postgres
from tests.packs.conftest import TRIAL
from tests.packs.test_packs import run

pytestmark = pytest.mark.django_db

ADAPTED = """
version = "1.0.0"
[tables]
cours_de_route = "transit.voyages"
receptions = "transit.arrivages"
fournisseurs = "transit.exploitants"
produits = "transit.articles"
[columns.cours_de_route]
id = "feuille"
fournisseur_id = "exploitant"
produit_id = "article"
plaque_camion = "immatriculation"
plaque_remorque = "remorque"
transporteur = "loueur"
depart_pays = "pays"
volume = "litres"
statut = "etape"
created_at = "ouverte_le"
[columns.receptions]
id = "bordereau"
cours_de_route_id = "feuille"
statut = "etat"
[columns.fournisseurs]
id = "sigle"
[columns.produits]
id = "reference"
[rules.CDR_BLOQUE]
reason = "Trente jours de route sont ordinaires ici."
parameters = { delai = "30 days" }
[rules.CDR_RECEPTION_MULTIPLE]
unused = "Un chargement peut être réparti sur plusieurs sites."
"""


def test_a_reference_answer_to_the_trial_holds(
    maison: Any, tmp_path: Path, use: Callable[..., None], pg: Postgres
) -> None:
    owner, url = maison
    with pg.superuser("maison") as dba:
        for role in ("maison_owner", "maison_reader"):
            dba.execute(f"ALTER ROLE {role} IN DATABASE maison SET search_path = transit")
    owner.execute(
        "GRANT USAGE ON SCHEMA transit TO maison_reader;"
        "CREATE VIEW v_integrity_checks AS SELECT * FROM v_anomalies_transit;"
        "GRANT SELECT ON ALL TABLES IN SCHEMA transit TO maison_reader;"
        "CREATE POLICY lecture ON arrivages FOR SELECT TO maison_reader USING (true)"
    )
    folder = tmp_path / "maison"
    code, said = run("pack", "new", str(folder), "--from-view", "--source", "maison")
    assert code == 0, said
    manifest = folder / "pack.toml"
    text = manifest.read_text(encoding="utf-8")
    assert "union" not in re.sub("#.*", "", text)
    head = (
        'extends = "depot"\nonly = ["CDR_BLOQUE", "CDR_ARRIVE_STALE", "CDR_RECEPTION_MULTIPLE"]\n'
    )
    manifest.write_text(head + 'union = "v_anomalies_transit"\n' + text, encoding="utf-8")
    (folder / "source.toml").write_text(ADAPTED, encoding="utf-8")
    assert pack_check(folder).faults == ()
    use(folder, "maison")
    assert pack("maison").assumptions == {}  # no rule of these three asks where adjustments are
    owner.execute("DROP VIEW v_integrity_checks")
    code, said = run("integrity_view", "--source", "maison", "--apply", url)
    assert code == 0, said
    owner.execute("GRANT SELECT ON v_integrity_checks TO maison_reader")
    scan = scan_run(source="maison")
    assert scan.outcome == "COMPLETE", scan.error
    with acting_as_system("test"):
        found = set(Alert.objects.filter(source="maison").values_list("check_code", "entity_id"))
    assert found == {
        ("FACT-RETARD", "A-1"),
        ("FACT-NULLE", "A-3"),
        ("ARRIVAGE-ORPHELIN", "B-4"),
        ("EXPLOITANT-NON-AGREE", "LUX"),
        ("CDR_BLOQUE", "F-100"),
        ("CDR_ARRIVE_STALE", "F-102"),
    }


def test_what_the_console_does_not_see_is_said_before_anything_is_installed(
    maison: Any, tmp_path: Path, use: Callable[..., None], pg: Postgres
) -> None:
    """A view that asks as its reader, on a table that shows that reader nothing: three codes of four."""
    owner, url = maison
    owner.execute(
        "GRANT USAGE ON SCHEMA transit TO maison_reader;"
        "GRANT SELECT ON ALL TABLES IN SCHEMA transit TO maison_reader"
    )
    policy = 'CREATE POLICY console_reads ON transit.arrivages FOR SELECT TO "maison_reader" USING (true);'
    code, said = run("source_check", "--source", "maison")
    assert code == 1
    assert policy in said
    folder = tmp_path / "maison"
    words = ("--from-view", "transit.v_anomalies_transit", "--source", "maison")
    code, said = run("pack", "new", str(folder), *words)
    assert (code, policy in said) == (0, True)
    assert not (folder / "arrivage-orphelin").exists()
    owner.execute(policy)
    shutil.rmtree(folder)
    code, said = run("pack", "new", str(folder), *words)
    assert (code, "POLICY" in said) == (0, False)
    assert (folder / "arrivage-orphelin").exists()
    assert pack_check(folder).pack.union == "transit.v_anomalies_transit"
    # That policy is a finding of an address alone, and none once it is said who reads by it.
    opened = "RLS_ALWAYS_TRUE transit.arrivages.console_reads"
    assert opened in run("rls_audit", "--url", url)[1]
    assert opened not in run("rls_audit", "--url", url, "--reader", "maison_reader")[1]
    with pytest.raises(CommandError, match=r"^Rôle inconnu : nobody_there"):
        run("rls_audit", "--url", url, "--reader", "nobody_there")
    use(folder, "maison")
    with pytest.raises(CommandError, match="search_path"):
        run("integrity_view", "--source", "maison", "--apply", url)
    owner.execute("ALTER ROLE maison_owner IN DATABASE maison SET search_path = transit")
    code, said = run("integrity_view", "--source", "maison", "--apply", url)
    assert "GRANT SELECT ON v_integrity_checks TO maison_reader;" in said
    owner.execute("GRANT SELECT ON v_integrity_checks TO maison_reader")
    with psycopg.connect(pg.dsn("maison", "maison_reader"), autocommit=True) as reader:
        reader.execute("ALTER ROLE maison_reader IN DATABASE maison SET search_path = transit")
    assert "POLICY" not in run("source_check", "--source", "maison")[1]
    owner.execute("DROP POLICY console_reads ON arrivages")
    assert (
        policy in run("source_check", "--source", "maison")[1]
    )  # through the owner's view as well


def test_the_script_is_a_shell_script_that_can_be_read() -> None:
    script = TRIAL / "prepare.sh"
    assert os.access(script, os.X_OK)
    subprocess.run([shutil.which("sh") or "sh", "-n", str(script)], check=True, timeout=10)


@pytest.mark.skipif(os.geteuid() != 0, reason="another account starts the servers itself")
def test_for_root_the_script_starts_the_trial_as_another_account() -> None:
    if not shutil.which("pgbouncer", path=f"{os.environ['PATH']}:/usr/sbin"):
        assert not os.environ.get("REQUIRE_POOLER"), "pgbouncer is not installed"
        pytest.skip("pgbouncer is not installed")
    place = Path(tempfile.mkdtemp())
    place.chmod(0o755)  # the other account must come through
    with socket() as one, socket() as other:
        one.bind(("127.0.0.1", 0))
        port = one.getsockname()[1]
        other.bind(("127.0.0.1", port + 1))
    try:
        made = subprocess.run(
            ["sh", str(TRIAL / "prepare.sh"), str(place / "made"), str(port)],
            check=False,
            capture_output=True,
            text=True,
            timeout=60,
        )
        assert made.returncode == 0, made.stderr
        address = f"postgresql://maison_reader@127.0.0.1:{port + 1}/maison"
        assert address in made.stdout
        with psycopg.connect(address) as reader:
            assert reader.execute("SELECT current_user").fetchone() == ("maison_reader",)
    finally:
        for server in place.rglob("*.pid"):  # pgbouncer.pid, postmaster.pid
            os.kill(int(server.read_text().split()[0]), signal.SIGINT)
        shutil.rmtree(place, ignore_errors=True)
