"""Fills the console of the trial: people who are signed in, a business with debts, and a first scan.

Run as `python -m tests.ha.seed` with the console's environment and SHOP_OWNER_URL; prints JSON.
"""

import json
import os
import sys

import django

PEOPLE = 8
DEBTS = 200
SHOP = """
CREATE TABLE debts (id text PRIMARY KEY, amount int NOT NULL);
INSERT INTO debts SELECT 'p' || n, n FROM generate_series(1, %s) n;
CREATE VIEW v_integrity_checks AS
SELECT 'DETTE'::text AS check_code, 'WARN'::text AS severity, 'CLIENT'::text AS entity_type,
       id AS entity_id, 'Le client ' || id || ' doit' AS message,
       jsonb_build_object('montant', amount) AS payload, timestamptz '2026-01-01' AS detected_at
FROM debts;
GRANT SELECT ON v_integrity_checks TO depot_reader;
"""


def main() -> None:
    """Print {"sessions": [...], "alerts": [...]}."""
    os.environ["DJANGO_SETTINGS_MODULE"] = "governance.settings"
    django.setup()

    import psycopg
    from django.conf import settings
    from django.test import Client

    from alerts.models import Alert
    from governance.core.identity.acting import acting_as_system
    from governance.core.identity.models import SourceRole, User
    from governance.core.identity.roles import Role
    from integrity.scans.scan import scan_run

    with psycopg.connect(os.environ["SHOP_OWNER_URL"]) as owner:
        owner.execute(SHOP.replace("%s", str(DEBTS)))
    sessions = []
    for number in range(PEOPLE):
        with acting_as_system("install"):
            user = User.objects.create_user(username=f"directeur{number}", password=None)
            SourceRole.objects.create(user=user, source="magasin", role=Role.DIRECTEUR)
        client = Client()
        client.force_login(user)
        sessions.append(client.cookies[settings.SESSION_COOKIE_NAME].value)
    scan = scan_run(source="magasin")
    with acting_as_system("test"):
        alerts = [
            str(pk) for pk in Alert.objects.filter(source="magasin").values_list("pk", flat=True)
        ]
    json.dump({"sessions": sessions, "alerts": alerts, "error": scan.error}, sys.stdout)


if __name__ == "__main__":
    main()
