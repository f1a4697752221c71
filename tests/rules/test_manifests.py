"""A manifest that is wrong in any way is refused with its file and its key."""

import shutil
from datetime import timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from alerts.kinds import Kind
from governance.core.identity.roles import Role
from integrity.rules.catalog import DEPOT, PACKS, catalog, packs, rules_select
from integrity.rules.compiler import CompileError, definition_sha256, select_sql, view_sql
from integrity.rules.manifest import ManifestError, rule_load
from integrity.rules.rule import Rule
from integrity.rules.rule_sql import branch_sql


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A copy of one rule, to be spoiled, with its runbook."""
    shutil.copytree(PACKS / DEPOT / "runbooks", tmp_path / "runbooks")
    return Path(shutil.copytree(PACKS / DEPOT / "cdr_arrive_stale", tmp_path / "cdr_arrive_stale"))


def rule_of(folder: Path) -> Rule:
    rule = rule_load(folder)
    assert isinstance(rule, Rule)
    return rule


def edit(folder: Path, old: str, new: str, *, name: str = "rule.toml") -> Path:
    file = folder / name
    text = file.read_text(encoding="utf-8")
    assert old in text
    file.write_text(text.replace(old, new, 1), encoding="utf-8")
    return folder


def test_the_shipped_rules() -> None:
    rules = catalog()
    assert list(rules) == sorted(rules)
    assert {
        "CDR_ARRIVE_STALE": "WARN",
        "RECEPTION_ECART_15C": "WARN",
        "SORTIE_ECART_15C": "WARN",
        "STOCK_NEGATIF": "CRITICAL",
        "STOCK_OVER_CAPACITY": "CRITICAL",
    }.items() <= {code: rule.severity for code, rule in rules.items()}.items()


def test_what_a_manifest_becomes() -> None:
    rule = catalog()["CDR_ARRIVE_STALE"]
    assert rule.owner_role is Role.GERANT
    assert rule.acknowledge_within == timedelta(hours=24)
    assert rule.parameters["delai"].value == timedelta(days=2)
    assert rule.parameters["delai"].text() == "2\u00a0jours"
    assert rule.parameters["delai"].text("en") == "2\u00a0days"
    assert rule.payload["volume"].unit == "L"
    assert rule.material_keys == {"produit", "volume"}
    assert rule.description() == (
        "Un camion est en statut ARRIVE depuis plus de 2\u00a0jours sans réception validée."
    )
    threshold = catalog()["STOCK_NEGATIF"].parameters["seuil_l"]
    assert threshold.value == Decimal("0.01")
    assert (threshold.text(), threshold.text("en")) == ("0,01\u00a0L", "0.01\u00a0L")
    assert threshold.source.startswith("Documents fondateurs")


def test_a_payload_value_of_another_kind_is_a_dash() -> None:
    rule = catalog()["CDR_ARRIVE_STALE"]
    assert rule.payload["volume"].text("beaucoup") == "—"
    assert rule.payload["limite"].text(12) == "—"
    assert rule.payload["plaque_camion"].text(None) == "—"
    assert rule.payload["volume"].text(1234567.5) == "1\u00a0234\u00a0567,5\u00a0L"
    assert rule.payload["volume"].text(1234567.5, "en") == "1,234,567.5\u00a0L"


@pytest.mark.parametrize(
    ("old", "new", "problem"),
    [
        ('severity = "WARN"', 'severity = "FATAL"', "severity: 'FATAL' is not one of"),
        ('version = "1.0.0"', 'version = "1.0"', "version: '1.0' does not match"),
        ('version = "1.0.0"', 'version = "01.0.0"', "version: '01.0.0' does not match"),
        ('code = "CDR_ARRIVE_STALE"\n', "", "'code' is a required property"),
        ('code = "CDR_ARRIVE_STALE"', 'code = "CDR_STALE"', "code: CDR_STALE is in a folder named"),
        ('owner_role = "gerant"', 'owner_role = "chef"', "owner_role: chef is not a role"),
        ("runbooks/cdr_arrive_stale.md", "runbooks/nothing.md", "runbook: runbooks"),
        ("runbooks/cdr_arrive_stale.md", "../secret.md", "runbook: '../secret.md' does not"),
        ("resolve_hours = 72", "resolve_hours = 2", "deadlines.resolve_hours: comes before"),
        ("resolve_hours = 72", 'resolve_hours = "72"', "deadlines.resolve_hours: '72' is not of"),
        (
            "resolve_hours = 72",
            "resolve_hours = 72\nescalate = 1",
            "deadlines: unknown key escalate",
        ),
        ("[title]\n", 'color = "red"\n\n[title]\n', "unknown key color"),
        ('value = "2 days"', "value = 2", "parameters.delai.value: 2 is not of type 'string'"),
        ('value = "2 days"', 'value = "2 weeks"', "parameters.delai.value: '2 weeks' does not"),
        ('value = "2 days"', 'value = "2 days"\nunit = "j"', "parameters.delai.unit: not allowed"),
        ('type = "interval"', 'type = "number"', "parameters.delai.value: '2 days' is not of type"),
        ('type = "interval"', 'type = "date"', "parameters.delai.type: 'date' is not one of"),
        ("{delai}", "{delais}", "description.fr: {delais} is not known"),
        ("{arrive_le}", "{arrive}", "message.fr: {arrive} is not known"),
        ("{arrive_le}", "{arrive_le", "message.fr: a brace"),
        ('fr = "Camion arrivé', 'fr = "{delai} Camion arrivé', "title.fr: {delai} is not known"),
        ("decimals = 2, ", "", "payload.volume: 'decimals' is a required property"),
        (
            'type = "number", decimals = 2, unit = "L"',
            'type = "text", unit = "L"',
            "payload.volume.unit: not allowed",
        ),
        ("volume = {", "delai = {", "payload.delai: is also a parameter"),
        ("volume = {", "entity_id = {", "payload.entity_id: is a column of the view"),
        ("plaque_camion = { type", "Plaque = { type", "'Plaque' does not match"),
        (
            'material = false, label = { fr = "Plaque du camion"',
            'label = { fr = "Plaque"',
            "payload.plaque_camion: 'material' is a required property",
        ),
        (', en = "Truck plate"', "", "payload.plaque_camion.label: 'en' is a required property"),
        ("[deadlines]", "[deadlines", "rule.toml:"),
    ],
)
def test_refusals(folder: Path, old: str, new: str, problem: str) -> None:
    with pytest.raises(ManifestError) as caught:
        rule_of(edit(folder, old, new))
    assert f"{folder}/rule.toml: " in str(caught.value)
    assert problem in str(caught.value)


def test_several_problems_are_said_at_once(folder: Path) -> None:
    edit(folder, 'severity = "WARN"', 'severity = "FATAL"')
    edit(folder, "[deadlines]", "[deadlines]\nescalate = 1")
    with pytest.raises(ManifestError) as caught:
        rule_of(folder)
    assert len(str(caught.value).splitlines()) == 2


def test_a_missing_query_is_named(folder: Path) -> None:
    (folder / "query.sql").unlink()
    with pytest.raises(ManifestError, match=r"query\.sql: this file is missing"):
        rule_of(folder)


def test_an_undeclared_placeholder_names_rule_and_line(folder: Path) -> None:
    rule = rule_of(edit(folder, "now() - :delai", "now() - :attente", name="query.sql"))
    with pytest.raises(CompileError, match=r"CDR_ARRIVE_STALE, query.sql, line \d+: :attente"):
        view_sql([rule])


def test_an_unused_parameter_is_refused(folder: Path) -> None:
    text = (folder / "query.sql").read_text(encoding="utf-8").replace(":delai", "interval '2 days'")
    (folder / "query.sql").write_text(text, encoding="utf-8")
    with pytest.raises(CompileError, match="parameter delai is not used"):
        view_sql([rule_of(folder)])


def test_a_day_of_a_threshold_has_24_hours(folder: Path) -> None:
    assert "'172800 seconds'::interval" in branch_sql(rule_of(folder))


def test_a_negative_threshold_stays_one_number(folder: Path) -> None:
    edit(folder, 'value = "2 days"', "value = -0.5")
    rule = rule_of(edit(folder, 'type = "interval"', 'type = "number"'))
    assert "now() - (-0.5)" in branch_sql(rule)


def test_the_hash_follows_thresholds_wording_and_nothing_else(folder: Path) -> None:
    first = definition_sha256([rule_of(folder)])
    assert definition_sha256([rule_of(folder)]) == first
    edit(folder, 'value = "2 days"', 'value = "3 days"')
    second = definition_sha256([rule_of(folder)])
    edit(folder, "passée le", "dépassée le")
    third = definition_sha256([rule_of(folder)])
    assert len({first, second, third}) == 3


def test_the_order_of_the_rules_does_not_matter() -> None:
    rules = list(catalog().values())
    assert select_sql(rules[::-1]) == select_sql(rules)


def test_selecting_rules() -> None:
    assert [rule.code for rule in rules_select(["STOCK_NEGATIF", "CDR_ARRIVE_STALE"])] == [
        "CDR_ARRIVE_STALE",
        "STOCK_NEGATIF",
    ]
    with pytest.raises(KeyError, match="NOPE"):
        rules_select(["NOPE", "STOCK_NEGATIF"])


def test_a_view_of_no_rule_is_refused() -> None:
    with pytest.raises(CompileError):
        view_sql([])


KINDS = [kind for pack in packs() for kind in pack.kinds.values()]


@pytest.mark.parametrize("rule", KINDS, ids=[kind.code for kind in KINDS])
def test_every_runbook_says_what_to_do(rule: Kind) -> None:
    text = rule.runbook.read_text(encoding="utf-8")
    assert text.startswith(f"# {rule.code} :")
    titles = [line for line in text.splitlines() if line.startswith("## ")]
    assert titles == [
        "## Ce que cela signifie",
        "## Ce qu’il faut vérifier",
        "## Ce qu’il faut faire",
        "## Qui décide",
    ]
    decides = " ".join(text.split("## Qui décide")[1].split())
    acknowledge, resolve = (
        int(limit.total_seconds() // 3600)
        for limit in (rule.acknowledge_within, rule.resolve_within)
    )
    assert f"Acquitter sous {acknowledge} h, résoudre sous {resolve} h." in decides
    assert any(the + rule.owner_role.label.lower() in decides for the in ("Le ", "L’"))
