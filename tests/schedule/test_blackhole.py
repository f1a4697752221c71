"""A source that is no longer reached, as people and probes see it: with a real server and a real worker."""

import json
import time
from datetime import datetime
from pathlib import Path
from urllib.parse import unquote, urlsplit

from django.conf import settings
from django.test import Client

from governance.core.identity.roles import Role
from tests.bench.serving import CONSOLE, serving
from tests.conftest import make_user
from tests.foundation.process import eventually
from tests.schedule.process import environment, rows
from tests.web.frozen import proxied

TOKEN = "kJ8xq2Lw9Zt4Rb7Vn1Mc6Hd3Fs5Gp0Ya"
WATCHER = {"Authorization": f"Bearer {TOKEN}"}
PAGES = ("/governance", "/governance/integrity", "/governance/scans", "/governance/history")
# Not what the minute brings: nobody here has a channel, and at such an interval a source is soon stale.
OWN = (
    "SELECT check_code, entity_id, status FROM system_alerts"
    " WHERE source = 'console' AND check_code NOT IN ('NOBODY_REACHABLE', 'SCAN_STALE')"
)
THEIRS = "SELECT entity_id, status, version FROM system_alerts WHERE source = 'magasin' ORDER BY 1"
SCANS = "SELECT count(*), min(started_at) FROM integrity_scan WHERE source = 'magasin' AND outcome = '{}'"


def test_a_source_in_a_black_hole(pg, fresh_console, shop, worker):
    person = Client()
    person.force_login(make_user("direction", {"magasin": Role.DIRECTEUR}))
    cookie = {
        settings.SESSION_COOKIE_NAME: person.cookies[settings.SESSION_COOKIE_NAME].value,
    }
    host, port = urlsplit(shop_address := pg.dsn(shop.info.dbname)).netloc.split("@")[1].split(":")
    with proxied(Path(unquote(host)) / f".s.PGSQL.{port}") as proxy:
        values = {
            "SOURCE_MAGASIN_DATABASE_URL": f"postgresql://depot_reader@127.0.0.1:{proxy.port}"
            f"{urlsplit(shop_address).path}?sslmode=disable",
            "SOURCE_CONNECT_TIMEOUT_S": "2",
            "MONITORING_TOKEN": TOKEN,
            "EMBEDDED_POSTGRES": "",
        }
        scans = worker("BACK_OFF_MAX_S=2", SCAN_INTERVAL_S="1", **values)
        serves = environment(pg, fresh_console, SCAN_INTERVAL_S="1", **values)
        with serving(CONSOLE, environment=serves) as served:
            assert eventually(
                lambda: rows(pg, fresh_console, SCANS.format("COMPLETE"))[0][0] > 0, within=30
            ), scans.log
            before = rows(pg, fresh_console, THEIRS)
            assert len(before) == 3
            proxy.thawed.clear()
            assert eventually(
                lambda: rows(pg, fresh_console, SCANS.format("FAILED"))[0][0] > 1, within=60
            )
            browser = served.browser(cookie)
            for page in PAGES:
                assert _best(browser, page) < 0.3
            assert browser.get("/health/ready").status == 200
            said = json.loads(served.browser().get("/health", **WATCHER).text)["sources"]["magasin"]
            ((_count, since),) = rows(pg, fresh_console, SCANS.format("FAILED"))
            assert (said["state"], datetime.fromisoformat(said["since"])) == ("failed", since)
            assert rows(pg, fresh_console, OWN) == [("SCAN_FAILED", "magasin", "OPEN")]
            assert rows(pg, fresh_console, THEIRS) == before
            proxy.thawed.set()
            assert eventually(
                lambda: rows(pg, fresh_console, OWN) == [("SCAN_FAILED", "magasin", "RESOLVED")],
                within=60,
            )


def _best(browser, page: str) -> float:
    """Seconds that a page takes; the best of a few, since others use this machine, too."""
    took = []
    for _ in range(5):
        began = time.perf_counter()
        assert browser.get(page).status == 200
        took.append(time.perf_counter() - began)
    return min(took)
