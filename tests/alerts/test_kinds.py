"""What pages say of a check code comes from its kind on that source, in the reader's language."""

from typing import Any

import pytest
from django.utils import timezone, translation

from alerts.kinds import Kind, kind_of, kinds_on, message_in_words
from governance.core.identity.roles import CONSOLE_SOURCE, Role
from integrity.rules.catalog import DEPOT, Pack, catalog, pack
from integrity.rules.rule import Rule
from integrity.scans import kinds
from integrity.scans.kinds import ViewRead
from integrity.scans.scan import scan_run
from tests.alerts.make import alert, finding, take_in
from tests.pages.dom import text_of
from tests.schedule.make import ours_scanned

pytestmark = pytest.mark.django_db
TANK = {
    "citerne": "TANK1",
    "produit": "GO",
    "proprietaire": "MONALUXE",
    "stock_ambiant": -5.5,
    "stock_15c": -5.4,
}


@pytest.fixture
def in_english(as_):
    def client(name: str) -> Any:
        signed_in = as_(name)
        signed_in.post("/governance/language", {"language": "en"})
        return signed_in

    return client


def test_a_rule_speaks_the_language_of_its_reader_where_its_values_are_known(in_english):
    ours_scanned()
    take_in([finding("bac-1", payload=TANK)])
    client = in_english("directeur")
    said = "In tank TANK1, the stock of GO of owner MONALUXE is negative: −5.5 L ambient"
    for page in ("", "/integrity", f"/alerts/{alert().pk}", "/history"):
        assert said in text_of(client.get("/governance" + page)).replace("\u00a0", " "), page


def test_another_version_or_other_values_are_left_as_the_view_wrote_them():
    rule = catalog()["STOCK_NEGATIF"]
    with translation.override("en"):
        assert message_in_words("m", TANK, "0.9.0", rule) == "m"
        assert message_in_words("m", {"citerne": "T"}, rule.version, rule) == "m"
        assert message_in_words("m", [TANK, TANK], rule.version, rule) == "m"
        assert message_in_words("m", TANK, rule.version, None) == "m"
        assert message_in_words("m", TANK, rule.version, rule).startswith("In tank")
    with translation.override("fr"):
        assert message_in_words("m", TANK, rule.version, rule) == "m"


def test_the_consoles_own_findings_have_title_owner_deadline_runbook_and_labels(as_, settings):
    settings.SOURCES = {"depot": "postgresql://nobody@127.0.0.1:1/nothing"}
    scan_run(source="depot")
    failed = alert(check_code="SCAN_FAILED")
    listed = text_of(as_("directeur").get("/governance/integrity?check_code=SCAN_FAILED"))
    assert "Contrôle échoué" in listed
    assert "à l’administrateur d’agir" in listed
    assert "à acquitter" in listed
    page = text_of(as_("directeur").get(f"/governance/alerts/{failed.pk}"))
    assert "La console réessaie d’elle-même" in " ".join(page.split())
    assert "Cause" in page


def test_and_their_sentences_are_english_in_english(in_english, settings):
    settings.SOURCES = {"depot": "postgresql://nobody@127.0.0.1:1/nothing"}
    scan_run(source="depot")
    page = text_of(in_english("directeur").get("/governance/integrity"))
    assert "The scan of source “depot” failed:" in page.replace("\u00a0", " ")
    assert "Scan failed" in page


def test_every_variant_of_a_sentence_says_what_its_payload_can_fill():
    for kind in pack(CONSOLE_SOURCE).kinds.values():
        values: dict[str, Any] = dict.fromkeys(kind.payload, "x")
        for value in [*kind.variants, "autre"]:
            payload = values | ({kind.varies_by: value} if kind.varies_by else {})
            assert kind.tells(payload, kind.version)
            assert "{" not in kind.sentence(payload) + kind.sentence(payload, "en")


def only_words(code: str) -> Kind:
    """The kind of a rule, without its query."""
    rule = catalog()[code]
    return Kind(**{name: getattr(rule, name) for name in Kind.__dataclass_fields__})


def test_a_pack_without_queries_gives_words_to_anybodys_view(monkeypatch):
    mixed = {"STOCK_NEGATIF": only_words("STOCK_NEGATIF"), "CDR_BLOQUE": catalog()["CDR_BLOQUE"]}
    given = Pack("autre", pack(DEPOT).title, mixed, ())
    monkeypatch.setattr(kinds, "pack_of", lambda source: given)
    monkeypatch.setattr(kinds, "view_read", lambda source: ViewRead("h", was_read=True))
    assert list(kinds_on("biblio")) == ["STOCK_NEGATIF"]
    assert not isinstance(kind_of("STOCK_NEGATIF", "biblio"), Rule)
    monkeypatch.setattr(kinds, "view_read", lambda source: ViewRead("h", {"CDR_BLOQUE": "1.0.0"}))
    assert set(kinds_on("biblio")) == set(mixed)


def test_a_late_finding_of_the_console_is_late(as_, monkeypatch, settings):
    settings.SOURCES = {"depot": "postgresql://nobody@127.0.0.1:1/nothing"}
    scan_run(source="depot")
    within = pack(CONSOLE_SOURCE).kinds["SCAN_FAILED"].acknowledge_within
    later = timezone.now() + within + within / 4
    monkeypatch.setattr(timezone, "now", lambda: later)
    page = as_("directeur").get("/governance/integrity?echeance=depassee")
    assert "SCAN_FAILED" in page.content.decode()
    assert pack(CONSOLE_SOURCE).kinds["SCAN_FAILED"].owner_role == Role.ADMIN
