"""A pack anywhere: read, chosen, checked, begun; and one that is wrong stops nothing else."""

import json
import shutil
from collections.abc import Callable
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from alerts.kinds import kind_of
from alerts.models import Alert
from governance.core.identity.acting import acting_as_system
from governance.core.identity.roles import Role
from governance.env import BASE_DIR
from integrity.adoption.checking import pack_check
from integrity.adoption.watching import packs_watch
from integrity.proofs.runs import proofs_run
from integrity.rules.catalog import PACKS, catalog, pack, packs
from integrity.rules.manifest import ManifestError
from integrity.rules.pack import rule_checked
from integrity.scans.scan import scan_run
from tests.conftest import make_user
from tests.packs.conftest import LIBRARY

pytestmark = pytest.mark.django_db
OURS = {"PRET_EN_RETARD", "EXEMPLAIRE_PRETE_DEUX_FOIS"}
THEIRS = {"AMENDE_IMPAYEE", "LIVRE_PERDU", "RESERVATION_OUBLIEE", "lecteur-sans-adresse"}


def run(*words: str) -> tuple[int, str]:
    out = StringIO()
    try:
        call_command(*words, stdout=out, stderr=out)
    except SystemExit as end:
        return int(str(end.code)), out.getvalue()
    return 0, out.getvalue()


def alerts(source: str = "biblio") -> set[str]:
    with acting_as_system("test"):
        return set(Alert.objects.filter(source=source).values_list("check_code", flat=True))


def test_a_runbook_names_thresholds_of_its_rule_and_the_schema_says_all_keys(folder: Path) -> None:
    _edit(folder / "runbooks" / "pret_en_retard.en.md", "{delai}", "{retard}")
    said = pack_check(folder).remarks
    assert said == ("runbooks/pret_en_retard.md: {retard} is no parameter of the rule",)
    for file, key in (("rule.toml", "indexes"), ("pack.toml", "only"), ("source.toml", "tables")):
        assert key in json.loads(run("pack", "schema", file)[1])["properties"]


def test_the_proof_in_the_document_proves_its_rule(
    library: Any, folder: Path, use: Callable[..., None]
) -> None:
    _owner, url = library
    document = (BASE_DIR / "docs" / "writing-a-rule.md").read_text(encoding="utf-8")
    proof = document.partition("```sql\n")[2].partition("```")[0]
    (folder / "pret_en_retard" / "proof.sql").write_text(proof, encoding="utf-8")
    use(folder, "biblio")
    (said,) = [one for one in proofs_run(source="biblio", url=url) if one.code == "PRET_EN_RETARD"]
    assert (said.verdict, len(said.cases)) == ("PROUVEE", 3)


@pytest.mark.parametrize("folder", [*(PACKS / one.name for one in packs()), LIBRARY], ids=str)
def test_what_ships_has_nothing_wrong_and_nothing_left_to_look_at(folder: Path) -> None:
    found = pack_check(folder)
    assert (found.faults, found.remarks) == ((), ())


def test_each_shipped_rule_has_its_runbook_in_english() -> None:
    shipped = [kind for one in packs() for kind in one.kinds.values()]
    assert [kind.code for kind in shipped if kind.runbook_in("en")[1] != "en"] == []
    assert len(shipped) > 30


def test_the_library_goes_through_the_same_door_as_the_depot(
    library: Any, use: Callable[..., None]
) -> None:
    _owner, url = library
    use(LIBRARY, "biblio")
    code, said = run("integrity_view", "--source", "biblio", "--apply", url)
    assert (code, "Vue v_integrity_checks créée" in said) == (0, True), said
    scan = scan_run(source="biblio")
    assert scan.outcome == "COMPLETE", scan.error
    assert alerts() == OURS | THEIRS
    proofs = proofs_run(source="biblio", url=url)
    assert {(one.code, one.verdict, one.through) for one in proofs} == {
        (code, "PROUVEE", "view") for code in OURS
    }
    with acting_as_system("test"):
        fine = kind_of("AMENDE_IMPAYEE", "biblio")
        late = kind_of("PRET_EN_RETARD", "biblio")
        assert fine is not None
        assert late is not None
        assert (fine.title.fr, fine.owner_role) == ("Amende impayée", Role.GERANT)
        assert late.title.en == "Overdue loan"
        assert kind_of("STOCK_NEGATIF", "biblio") is None
    code, said = run("rules", "mutate", "--source", "biblio")
    assert code == 0, said


def test_a_code_that_the_house_and_we_have_is_found_by_our_rule(
    library: Any, use: Callable[..., None], folder: Path
) -> None:
    owner, url = library
    owner.execute(
        "CREATE OR REPLACE VIEW v_controles AS SELECT 'PRET_EN_RETARD'::text AS check_code, 'INFO'::text"
        " AS severity, 'PRET'::text AS entity_type, 'x'::text AS entity_id, 'x' AS message,"
        " '{}'::jsonb AS payload, now() AS detected_at"
    )
    use(LIBRARY, "biblio")
    run("integrity_view", "--source", "biblio", "--apply", url)
    found = owner.execute(
        "SELECT entity_id FROM v_integrity_checks WHERE check_code = 'PRET_EN_RETARD'"
    )
    assert [row[0] for row in found.fetchall()] == ["P-1"]


def test_a_new_pack_from_an_existing_view_has_a_kind_for_each_code(
    library: Any, tmp_path: Path, use: Callable[..., None], as_: Any
) -> None:
    owner, _url = library
    owner.execute("CREATE VIEW v_integrity_checks AS SELECT * FROM v_controles")
    made = tmp_path / "maison"
    code, said = run("pack", "new", str(made), "--from-view", "--source", "biblio")
    assert (code, "SOURCE_BIBLIO_PACK=maison" in said) == (0, True)
    found = pack_check(made)
    assert found.faults == ()
    assert set(found.pack.kinds) == THEIRS
    assert "amende_impayee/rule.toml: still says À COMPLÉTER" in found.remarks
    fine = found.pack.kinds["AMENDE_IMPAYEE"]
    assert {key: (fact.type, fact.decimals) for key, fact in fine.payload.items()} == {
        "lecteur": ("text", 0),
        "montant": ("number", 2),
    }
    reserved = found.pack.kinds["RESERVATION_OUBLIEE"]
    assert reserved.payload["disponible_le"].type == "instant"
    assert (fine.severity, fine.entity_type) == ("WARN", "AMENDE")
    with pytest.raises(CommandError, match="n’est pas vide"):
        run("pack", "new", str(made))
    use(made, "biblio")
    scan_run(source="biblio")
    page = as_("directeur", "biblio").get("/governance/rules/AMENDE_IMPAYEE").content.decode()
    assert "INCONNU\u00a0: trouvée par une vue que la console n’a pas écrite" in page
    assert "1 alerte active" in page
    with acting_as_system("test"):
        row = Alert.objects.get(check_code="AMENDE_IMPAYEE")
        kind = kind_of("AMENDE_IMPAYEE", "biblio")
        assert kind is not None
        assert kind.payload["montant"].text(row.payload["montant"]) == "2,5"


BROKEN = {
    "manifest": lambda one: _edit(one / "rule.toml", 'severity = "WARN"', 'severity = "FATAL"'),
    "toml": lambda one: _edit(one / "rule.toml", "[deadlines]", "[deadlines"),
    "sql": lambda one: _edit(one / "query.sql", "SELECT\n", "SELECT (\n"),
    "parameter": lambda one: _edit(one / "query.sql", "now() - :delai", "now() - :nope"),
    "missing query": lambda one: (one / "query.sql").unlink(),
    "missing manifest": lambda one: (one / "rule.toml").unlink(),
    "runbook": lambda one: (one.parent / "runbooks" / "pret_en_retard.md").unlink(),
    "proof": lambda one: _edit(one / "proof.sql", "-- @silent", "-- @silence"),
    "bytes": lambda one: (one / "rule.toml").write_bytes(b"\xff\xfe"),
}


def _edit(file: Path, old: str, new: str) -> None:
    text = file.read_text(encoding="utf-8")
    assert old in text
    file.write_text(text.replace(old, new, 1), encoding="utf-8")


@pytest.fixture
def as_(client: Any) -> Callable[..., Any]:
    def sign_in(role: str, source: str) -> Any:
        user = make_user(role, {source: role})
        client.force_login(user)
        return client

    return sign_in


def test_a_rule_that_is_wrong_in_any_way_stops_no_other_rule(
    tmp_path: Path, use: Callable[..., None]
) -> None:
    for name, breaks in BROKEN.items():
        folder = tmp_path / name.replace(" ", "_") / "library"
        shutil.copytree(LIBRARY, folder)
        breaks(folder / "pret_en_retard")
        use(folder, "biblio")
        found = pack("library")
        assert [fault.code for fault in found.faults] == ["PRET_EN_RETARD"], name
        assert set(catalog("biblio")) == OURS - {"PRET_EN_RETARD"}, name


def test_and_its_page_and_one_alert_say_what_is_wrong(
    library: Any, folder: Path, use: Callable[..., None], as_: Any
) -> None:
    _owner, url = library
    _edit(folder / "pret_en_retard" / "rule.toml", 'severity = "WARN"', 'severity = "FATAL"')
    _edit(folder / "exemplaire_prete_deux_fois" / "query.sql", "JOIN prets", "JOIN pret")
    use(folder, "biblio")
    code, said = run("integrity_view", "--source", "biblio", "--fitting", "--apply", url)
    assert (code, 'relation "pret" does not exist' in said) == (0, True)
    assert scan_run(source="biblio").outcome == "COMPLETE"
    assert alerts() == THEIRS
    packs_watch()
    with acting_as_system("test"):
        found = {
            one.entity_id: one.message
            for one in Alert.objects.filter(
                check_code="RULE_BROKEN", entity_id__startswith="biblio/"
            )
        }
    assert set(found) == {"biblio/PRET_EN_RETARD", "biblio/EXEMPLAIRE_PRETE_DEUX_FOIS"}
    assert "severity: 'FATAL' is not one of" in found["biblio/PRET_EN_RETARD"]
    assert 'relation "pret" does not exist' in found["biblio/EXEMPLAIRE_PRETE_DEUX_FOIS"]
    client = as_("directeur", "biblio")
    page = client.get("/governance/rules/PRET_EN_RETARD").content.decode()
    assert "est laissée de côté" in page
    assert "FATAL" in page
    assert "data-rule-fault" in client.get("/governance/rules").content.decode()
    use(LIBRARY, "biblio")  # mended, and the console started again
    run("integrity_view", "--source", "biblio", "--apply", url)
    scan_run(source="biblio")
    packs_watch()
    with acting_as_system("test"):
        assert set(
            Alert.objects.filter(
                check_code="RULE_BROKEN", entity_id__startswith="biblio/"
            ).values_list("status", flat=True)
        ) == {"RESOLVED"}


def test_a_pack_that_cannot_be_read_is_said_and_has_no_rule(
    folder: Path, use: Callable[..., None]
) -> None:
    for text in (
        'title = "x"',
        'union = "v_integrity_checks"\n[title]\nfr = "Biblio"\nen = "Library"',
    ):
        (folder / "pack.toml").write_text(text, encoding="utf-8")
        copy = folder.rename(folder.parent / f"other{len(text)}")
        use(copy, "biblio")
        assert [fault.code for fault in pack(copy.name).faults] == ["pack.toml"]
        assert catalog("biblio") == {}
        folder = copy


def test_only_an_administrator_owns_what_the_console_finds(folder: Path) -> None:
    with pytest.raises(ManifestError, match="owner_role: only admin may act"):
        rule_checked(folder / "pret_en_retard", owners=[Role.ADMIN])


def test_two_sources_with_one_code_show_each_its_own(
    library: Any, folder: Path, use: Callable[..., None], settings: Any, client: Any
) -> None:
    """Accepted: titles, deadlines and runbooks of a code are those of the source's own pack."""
    _owner, url = library
    use(LIBRARY, "biblio")
    other = folder.rename(folder.parent / "annexe")
    _edit(
        other / "pret_en_retard" / "rule.toml", 'fr = "Prêt en retard"', 'fr = "Retard à l’annexe"'
    )
    _edit(other / "pret_en_retard" / "rule.toml", "resolve_hours = 168", "resolve_hours = 48")
    _edit(other / "runbooks" / "pret_en_retard.md", "- Au rayon", "- À l’annexe")
    use(other, "annexe")
    settings.SOURCES = {**settings.SOURCES, "annexe": settings.SOURCES["biblio"]}
    run("integrity_view", "--source", "biblio", "--apply", url)
    assert scan_run(source="biblio").outcome == "COMPLETE"
    run("integrity_view", "--source", "annexe", "--apply", url)
    assert scan_run(source="annexe").outcome == "COMPLETE"
    client.force_login(make_user("deux", {"biblio": "directeur", "annexe": "directeur"}))
    with acting_as_system("test"):
        ids = {one.source: one.pk for one in Alert.objects.filter(check_code="PRET_EN_RETARD")}
    first = client.get(f"/governance/alerts/{ids['biblio']}").content.decode()
    second = client.get(f"/governance/alerts/{ids['annexe']}").content.decode()
    assert ("Au rayon" in first, "À l’annexe" in first) == (True, False)
    assert ("Au rayon" in second, "À l’annexe" in second) == (False, True)
    assert ("Retard à l’annexe" in second, "Retard à l’annexe" in first) == (True, False)
    assert "résoudre sous 48 h" in second
    page = client.get("/governance/rules/PRET_EN_RETARD?pack=library").content.decode()
    assert "?pack=annexe" in page
