"""A rule of a pack that is broken, in whatever way, stops neither the start nor a scan; it is said, once."""

from collections.abc import Callable
from html import unescape
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.test import Client

from alerts.models import Alert
from governance.core.identity.acting import acting_as_system
from governance.core.identity.roles import Role
from integrity.scans.models import Scan
from tests.conftest import make_user
from tests.packs.test_packs import OURS, THEIRS, _edit, run

pytestmark = pytest.mark.django_db
CODE = "PRET_EN_RETARD"
FRAGILE = ("WHERE p.rendu_le", "WHERE 1 / (e.titre <> 'Zero')::int = 1 AND p.rendu_le")

# Way -> how the folder is broken, which alert names it, and words of the alert and of the rule's page.
WAYS: dict[str, tuple[Callable[[Path], object], str, str]] = {
    "manifest": (
        lambda rule: _edit(rule / "rule.toml", 'severity = "WARN"', 'severity = "FATAL"'),
        "RULE_BROKEN",
        "FATAL",
    ),
    "sql": (
        lambda rule: _edit(rule / "query.sql", "now() - :delai", "now() - :autre"),
        "RULE_BROKEN",
        "autre",
    ),
    "missing table": (
        lambda rule: _edit(rule / "query.sql", "JOIN lecteurs", "JOIN lecteur"),
        "RULE_BROKEN",
        'relation "lecteur" does not exist',
    ),
    "missing runbook": (
        lambda rule: (rule.parent / "runbooks" / "pret_en_retard.md").unlink(),
        "RULE_BROKEN",
        "pret_en_retard.md",
    ),
    "proof that is none": (
        lambda rule: _edit(rule / "proof.sql", "-- @silent", "-- @silence"),
        "RULE_BROKEN",
        "silence",
    ),
    "proof that fails": (
        lambda rule: _edit(rule / "proof.sql", "-- @fires", "-- @silent\n-- fires"),
        "RULE_NOT_PROVED",
        "une microseconde de trop",
    ),
    "raises at read": (
        lambda rule: _edit(rule / "query.sql", *FRAGILE),
        "RULE_UNREAD",
        "division by zero",
    ),
}


@pytest.mark.parametrize("way", list(WAYS))
def test_a_rule_broken_in_this_way_stops_nothing_and_is_said(
    way: str,
    depot_db: str,
    library: Any,
    folder: Path,
    use: Callable[..., None],
    client: Client,
) -> None:
    breaks, code, words = WAYS[way]
    owner, url = library
    breaks(folder / CODE.lower())
    use(folder, "biblio")
    # What `make run` does; each must end by itself, and only a proof that fails says so by its exit code.
    assert run("integrity_view", "--source", "biblio", "--fitting", "--apply", url)[0] == 0
    proved, _said = run("rules", "prove", "--source", "biblio", "--connection", url)
    assert proved == (way == "proof that fails")
    owner.execute("UPDATE exemplaires SET titre = 'Zero' WHERE cote = 'E-1'")
    call_command("sync_alerts")
    # On the data as they are now: a rule that fails when it is read fails its proof too, and is told once.
    run("rules", "prove", "--source", "biblio", "--connection", url)
    run("pack", "watch")
    with acting_as_system("test"):
        scans = {scan.source: scan for scan in Scan.objects.exclude(source="console")}
        assert {slug: one.outcome for slug, one in scans.items()} == {
            "biblio": "COMPLETE",
            "depot": "COMPLETE",
        }
        found = set(Alert.objects.filter(source="biblio").values_list("check_code", flat=True))
        assert found >= THEIRS | OURS - {CODE}
        about = Alert.objects.filter(source="console", entity_id__startswith="biblio/")
        assert [(one.check_code, one.entity_id) for one in about] == [(code, f"biblio/{CODE}")]
    client.force_login(make_user("directeur", {"biblio": Role.DIRECTEUR}))
    assert words in unescape(client.get(f"/governance/rules/{CODE}").content.decode())
    assert words in unescape(client.get(f"/governance/alerts/{about[0].pk}").content.decode())
