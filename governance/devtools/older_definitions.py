"""Notes how a PostgreSQL before 16 prints the views that this release installs.

`python -m governance.devtools.older_definitions`, with DATABASE_URL of a console on such a server that
`migrate` has just finished; the file stands beside definitions.json.
"""

import json

import django


def main() -> None:
    """Write OLDER: per view the hash of such a server, and that of a newer one beside which it was taken."""
    django.setup()
    from django.db import connection  # noqa: PLC0415  # needs Django

    from governance.core.identity.acting import acting_as_system  # noqa: PLC0415
    from governance.core.ledger.verification import definitions as ours  # noqa: PLC0415

    with acting_as_system("health"), ours.plain_session():
        if connection.pg_version >= 160000:  # type: ignore[attr-defined]  # PostgreSQL only
            raise SystemExit("This server is not older than 16.")
        found = ours.definitions()
    noted = {
        name: {"beside": hashed, "older": found[name]}
        for name, hashed in ours.expected().items()
        if name.startswith("view ")
    }
    ours.OLDER.write_text(json.dumps(noted, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
