"""The trial of the documents can be done: its database is as task.md says, and shipped rules fit it."""

import os
import re
import shutil
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest

from alerts.models import Alert
from governance.core.identity.acting import acting_as_system
from governance.env import BASE_DIR
from integrity.adoption.checking import pack_check
from integrity.scans.scan import scan_run
from tests.conftest import Postgres
from tests.packs.test_packs import run

pytestmark = pytest.mark.django_db
TRIAL = BASE_DIR / "tests" / "packs" / "trial"
ROLES = ("maison_owner", "maison_app", "maison_reader")

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


@pytest.fixture
def maison(pg: Postgres, settings: Any) -> Iterator[tuple[psycopg.Connection[Any], str]]:
    """The trial's database; its owner's connection and address."""
    name = pg.create("depot", name="maison")
    statements = (
        (TRIAL / "database.sql").read_text(encoding="utf-8").replace("\\set ON_ERROR_STOP on", "")
    )
    with pg.superuser(name) as dba:
        dba.execute(statements)
        dba.execute(f"GRANT CONNECT ON DATABASE {name} TO {', '.join(ROLES)}")
    url = pg.dsn(name, "maison_owner")
    settings.SOURCES = {"maison": pg.dsn(name, "maison_reader")}
    with psycopg.connect(url, autocommit=True) as owner:
        owner.execute("SET search_path = transit")
        yield owner, url
    pg.drop(name)
    with pg.superuser() as dba:
        for role in ROLES:
            dba.execute(f"DROP ROLE {role}")


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


def test_the_script_is_a_shell_script_that_can_be_read() -> None:
    script = TRIAL / "prepare.sh"
    assert os.access(script, os.X_OK)
    subprocess.run([shutil.which("sh") or "sh", "-n", str(script)], check=True, timeout=10)
