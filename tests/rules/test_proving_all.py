"""`rules prove` without a source: the reference depot, and the console itself."""

from dataclasses import replace
from typing import Any

import pytest

from integrity.proofs import runs as proving
from integrity.rules.catalog import CONSOLE_SOURCE, catalog, pack
from tests.conftest import Postgres
from tests.rules.test_proving import ALL, alarms, kept, owner_url, run

__all__ = ["owner_url"]
# The console is proved on a connection of its own, so whatever is written must have committed.
pytestmark = pytest.mark.usefixtures("fresh_console")
OWN = catalog(CONSOLE_SOURCE)


def test_without_a_depot_of_our_own_a_reference_is_made_for_the_occasion(
    owner_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert run("prove") == (
        0,
        "".join(f"dépôt de référence {c} {catalog()[c].version} PROUVEE\n" for c in ALL)
        + "".join(f"console {c} {OWN[c].version} PROUVEE\n" for c in OWN)
        + f"Total : {len(ALL) + len(OWN)} règles, {len(ALL) + len(OWN)} prouvées.\n",
    )
    rule = catalog()["CDR_ARRIVE_STALE"]
    blind = {**catalog(), rule.code: replace(rule, query=rule.query.replace("ARRIVE", "ARIVE"))}
    monkeypatch.setattr(proving, "pack", lambda name: replace(pack(name), kinds=blind))
    code, said = run("prove")
    assert code == 1
    assert "CDR_ARRIVE_STALE 1.0.0 INERTE : 48 heures et une microseconde" in said
    assert alarms() == [("console", "depot/CDR_ARRIVE_STALE/reference", "WARN")]


def test_the_embedded_depot_is_proved_by_default(
    depot_db: str, pg: Postgres, settings: Any
) -> None:
    settings.DEPOT_OWNER_URL = pg.dsn(depot_db, "depot_owner")
    code, said = run("prove")
    assert code == 0
    assert said.startswith("depot CDR_ARRIVE_STALE")
    assert {row[0] for row in kept()} == {"depot", "console"}
