"""What people call a sort of things is said by the pack: each source in its own words."""

from collections.abc import Callable
from pathlib import Path

import pytest
from django.utils.translation import override

from governance.desk.entities import entity_words
from integrity.rules.catalog import pack, packs
from tests.alerts.make import finding, take_in
from tests.conftest import make_user, signed_in
from tests.packs.conftest import LIBRARY
from tests.packs.test_packs import _edit

CONVOY = """
extends = "depot"
title = { fr = "Ici", en = "Here" }
[entities]
CDR = { fr = "Convoi", en = "Convoy" }
"""


def test_each_pack_has_its_words_and_a_code_without_any_is_read_as_words(
    folder: Path, use: Callable[..., None]
) -> None:
    other = folder.rename(folder.parent / "annexe")
    _edit(other / "pack.toml", 'PRET = { fr = "Prêt"', 'PRET = { fr = "Emprunt"')
    use(LIBRARY, "biblio")
    use(other, "annexe")
    with override("fr"):
        assert entity_words("PRET", "biblio") == "Prêt"
        assert entity_words("PRET", "annexe") == "Emprunt"
        assert entity_words("CITERNE_STOCK", "depot") == "Stock de citerne"
        assert entity_words("ARTICLE_DE_STOCK", "biblio") == "Article de stock"
    with override("en"):
        assert entity_words("CDR", "depot") == "Truck on its way"
        assert entity_words("RULE", "console") == "Rule of the console"


def test_each_sort_of_the_shipped_packs_has_words(use: Callable[..., None]) -> None:
    use(LIBRARY)
    for one in packs():
        assert {kind.entity_type for kind in one.kinds.values()} <= set(one.entities), one.name


def test_a_pack_has_those_of_the_one_it_extends(tmp_path: Path, use: Callable[..., None]) -> None:
    (tmp_path / "ici").mkdir()
    (tmp_path / "ici" / "pack.toml").write_text(CONVOY, encoding="utf-8")
    use(tmp_path / "ici")
    with override("fr"):
        assert entity_words("CDR", "ici") == "Camion en route"  # of a source that uses the depot's
        use(tmp_path / "ici", "maison")
        assert entity_words("CDR", "maison") == "Convoi"
        assert entity_words("CDR", "depot", "maison") == "Camion en route / Convoi"
    found = pack("ici").entities
    assert (found["CDR"].fr, found["CITERNE"].fr) == ("Convoi", "Citerne")


@pytest.mark.django_db
def test_the_filter_has_the_words_of_the_sources_that_the_reader_sees(
    tmp_path: Path, use: Callable[..., None]
) -> None:
    (tmp_path / "ici").mkdir()
    (tmp_path / "ici" / "pack.toml").write_text(CONVOY, encoding="utf-8")
    use(tmp_path / "ici", "maison")
    take_in([finding("t-1", check_code="CDR_BLOQUE", entity_type="CDR")], source="maison")
    client = signed_in(make_user("maison", {"maison": "directeur"}))
    page = client.get("/governance/integrity").content.decode()
    assert "Convoi" in page
    assert "Camion en route" not in page
