"""`source.toml`: what is other here is shown beside what ships, recorded, and runs on the own tables."""

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import psycopg
import pytest

from alerts.models import Alert
from governance.core.identity.acting import acting_as_system
from governance.core.ledger.models import LedgerEntry
from integrity.adoption.checking import pack_check
from integrity.adoption.watching import packs_watch
from integrity.rules.catalog import catalog, pack
from integrity.rules.rule_sql import branch_sql
from integrity.scans.scan import scan_run
from integrity.source_check.run import source_examine
from tests.conftest import Postgres, make_user
from tests.packs.conftest import LIBRARY
from tests.packs.test_packs import run
from tests.rules.facts import Facts

pytestmark = pytest.mark.django_db

HERE = """
version = "1.2.0"
[tables]
prets = "biblio.emprunts"
[columns.prets]
echeance = "a_rendre_le"
[rules.PRET_EN_RETARD]
reason = "Nos lecteurs viennent de loin."
severity = "INFO"
owner_role = "directeur"
deadlines = { acknowledge_hours = 48, resolve_hours = 240 }
parameters = { delai = "40 days" }
[rules.EXEMPLAIRE_PRETE_DEUX_FOIS]
unused = "Nos exemplaires sont numériques."
"""


@pytest.fixture
def here(tmp_path: Path, use: Callable[..., None], settings: Any) -> Callable[[str], Path]:
    """A pack that extends the library's and says what is other here."""
    made = iter(range(9))

    def write(text: str, extends: str = "library") -> Path:
        use(LIBRARY)
        folder = tmp_path / f"ici{next(made)}"
        folder.mkdir()
        title = '[title]\nfr = "Chez nous"\nen = "Here"\n'
        (folder / "pack.toml").write_text(f'extends = "{extends}"\n{title}', encoding="utf-8")
        (folder / "source.toml").write_text(text, encoding="utf-8")
        packs = {"library": LIBRARY, folder.name: folder}
        settings.RULE_PACKS, settings.SOURCE_PACKS = packs, {"biblio": folder.name}
        return folder

    return write


def test_other_tables_thresholds_and_words_hold_from_the_view_to_the_page(
    library: Any, here: Callable[[str], Path], client: Any
) -> None:
    owner, url = library
    owner.execute("ALTER TABLE prets RENAME TO emprunts")
    owner.execute("ALTER TABLE emprunts RENAME COLUMN echeance TO a_rendre_le")
    folder = here(HERE)
    assert pack_check(folder).faults == ()
    assert list(catalog("biblio")) == ["PRET_EN_RETARD"]
    assert catalog("biblio")["PRET_EN_RETARD"].version == "1.0.0+1.2.0"
    assert run("integrity_view", "--source", "biblio", "--apply", url)[0] == 0
    assert scan_run(source="biblio").outcome == "COMPLETE"
    with acting_as_system("test"):
        assert not Alert.objects.filter(check_code="PRET_EN_RETARD").exists()  # 30 days late, of 40
    owner.execute("UPDATE emprunts SET a_rendre_le = a_rendre_le - interval '20 days'")
    scan_run(source="biblio")
    with acting_as_system("test"):
        late = Alert.objects.get(check_code="PRET_EN_RETARD")
    assert late.severity == "INFO"
    client.force_login(make_user("lecteur", {"biblio": "directeur"}))
    page = client.get("/governance/rules/PRET_EN_RETARD").content.decode()
    said = " ".join(page.replace("\u00a0", " ").split())
    for words in (
        "ici : 40 jours, fourni : 2 jours",
        "ici : Directeur, fourni : Gérant",
        "viennent de loin",
    ):
        assert words in said, words
    assert "Un livre n’est pas revenu 40 jours après son échéance." in said  # its runbook
    rules = client.get("/governance/rules").content.decode()
    assert 'data-rule-unused="EXEMPLAIRE_PRETE_DEUX_FOIS"' in rules
    assert "Nos exemplaires sont numériques." in rules
    packs_watch()
    with acting_as_system("test"):
        assert not Alert.objects.filter(
            check_code="RULE_BROKEN", entity_id__startswith="biblio/"
        ).exists()


def test_a_runbook_of_the_same_name_replaces_that_of_the_pack_below(
    here: Callable[[str], Path],
) -> None:
    folder = here(HERE)
    own = folder / "runbooks" / "pret_en_retard.md"
    own.parent.mkdir()
    text = (LIBRARY / "runbooks" / own.name).read_text(encoding="utf-8")
    own.write_text(text.replace("Au rayon", "Au dépôt"), encoding="utf-8")
    found = pack_check(folder)
    assert (found.faults, found.remarks) == ((), ())
    assert found.pack.kinds["PRET_EN_RETARD"].runbook == own
    assert found.pack.kinds["PRET_EN_RETARD"].parameters["delai"].value == timedelta(days=40)
    (own.parent / "pret_en_retard.en.md").symlink_to(LIBRARY / "runbooks" / own.name)
    said = pack_check(folder)
    assert "runbooks/pret_en_retard.en.md: leads out of" in said.faults[0]
    assert said.pack.kinds["PRET_EN_RETARD"].runbook == LIBRARY / "runbooks" / own.name


def test_an_adaptation_is_in_the_ledger_once_and_again_when_it_changes(
    library: Any, here: Callable[[str], Path]
) -> None:
    def noted() -> list[Any]:
        with acting_as_system("test"):
            found = LedgerEntry.objects.filter(action="adaptation.change").order_by("seq")
            return [entry.after for entry in found]

    here('version = "1.0.0"\n[rules.LIVRE_PERDU]\nunused = "Rien ne se perd."')
    packs_watch()
    packs_watch()
    assert [one["version"] for one in noted()] == ["1.0.0"]
    here('version = "1.1.0"\n[rules.LIVRE_PERDU]\nunused = "Rien ne se perd ici."')
    packs_watch()
    assert [one["rules"]["LIVRE_PERDU"]["unused"] for one in noted()] == [
        "Rien ne se perd.",
        "Rien ne se perd ici.",
    ]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("version = 1", "source.toml: version: 1 is not of type"),
        (
            'version = "1.0.0"\n[rules.NOPE]\nunused = "sans objet"',
            "rules.NOPE: the pack has no such rule",
        ),
        ('version = "1.0.0"\n[tables]\nlivres = "l"', "tables.livres: no rule reads it"),
        (
            'version = "1.0.0"\n[rules.PRET_EN_RETARD]\nreason = "parce que"\nparameters = { delai = 3 }',
            "rules.PRET_EN_RETARD.parameters.delai: 3 is not of type",
        ),
        (
            'version = "1.0.0"\n[rules.PRET_EN_RETARD]\nreason = "parce que"\nparameters = { retard = 3 }',
            "parameters.retard: the rule has no such threshold",
        ),
        (
            'version = "1.0.0"\n[rules.PRET_EN_RETARD]\nreason = "parce que"\n'
            "deadlines = { acknowledge_hours = 9, resolve_hours = 3 }",
            "deadlines.resolve_hours: comes before",
        ),
        (
            'version = "1.0.0"\n[rules.AMENDE_IMPAYEE]\nreason = "parce que"\nseverity = "INFO"',
            "rules.AMENDE_IMPAYEE.severity: somebody else",
        ),
        ('version = "1.0.0"\n[assumptions]\nx = "y"', "assumptions.x: the pack makes no such one"),
    ],
)
def test_what_is_wrong_is_named_by_file_and_key(
    here: Callable[[str], Path], text: str, said: str
) -> None:
    faults = pack_check(here(text)).faults
    assert any(said in fault for fault in faults), faults


def test_a_source_toml_that_cannot_be_read_leaves_no_query_that_may_be_wrong(
    here: Callable[[str], Path],
) -> None:
    folder = here("version = 1")
    assert catalog("biblio") == {}
    assert "AMENDE_IMPAYEE" in pack(folder.name).kinds


def test_a_pack_takes_only_some_rules_of_another(here: Callable[..., Path]) -> None:
    folder = here('version = "1.0.0"', extends='depot"\nonly = ["CDR_BLOQUE", "NOPE"]\n#"')
    found = pack(folder.name)
    assert list(found.kinds) == ["CDR_BLOQUE"]
    assert [fault.problem.rpartition("only: ")[2] for fault in found.faults] == [
        "depot has no NOPE"
    ]


def test_a_declared_choice_is_what_the_depots_rules_read(
    here: Callable[..., Path], depot_template: str, pg: Postgres
) -> None:
    folder = here('version = "1.0.0"\n[assumptions]\nadjustments = "inside"', extends="depot")
    found = pack(folder.name)
    assert found.faults == ()
    assert "0::double precision AS delta_ambiant_total" in branch_sql(found.rules["STOCK_NEGATIF"])
    assert found.rules["CDR_BLOQUE"] == pack("depot").rules["CDR_BLOQUE"]
    assert found.assumptions["adjustments"].declared == "inside"


def test_the_examination_says_which_choice_the_data_follow(
    here: Callable[..., Path], pg: Postgres, fresh_source: Callable[..., str], depot_template: str
) -> None:
    name = fresh_source(template=depot_template)
    with psycopg.connect(pg.dsn(name, "depot_owner"), autocommit=True) as owner:
        facts = Facts(owner)
        tank = facts.tank()
        facts.stock(tank, 900)
        facts.adjust(tank, -100, -100)
        facts.row("receptions", citerne_id=tank, produit_id=facts.product, volume_ambiant=900.0)
    dsn = pg.dsn(name, "depot_reader")
    for declared, state in (("on_top", "remark"), ("inside", "ok")):
        folder = here(
            f'version = "1.0.0"\n[assumptions]\nadjustments = "{declared}"', extends="depot"
        )
        report = source_examine(dsn=dsn, timeout_ms=5_000, pack=pack(folder.name))
        (found,) = [one for one in report.checks if one.key == "assumption/adjustments"]
        assert (found.state.value, found.facts["follows"]) == (state, ["inside"])
        assert found.facts["counts"] == {"on_top": (0, 1), "inside": (1, 0)}
