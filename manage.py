#!/usr/bin/env python
"""Django's command line; without DATABASE_URL it borrows or starts the embedded PostgreSQL first."""

import json
import os
import sys

# Commands that read code only (a linter must not start a database), and the one that starts its own.
WITHOUT_DATABASE = {
    "check",
    "collectstatic",
    "compilemessages",
    "help",
    "makemessages",
    "makemigrations",
    "release",
    "run",
    "version",
}


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "governance.settings")
    from governance import env
    from governance.devtools import embedded

    env.load()
    command = sys.argv[1] if len(sys.argv) > 1 else "help"
    reads_code_only = command in WITHOUT_DATABASE and "--database" not in sys.argv
    wants_database = not (reads_code_only or "--help" in sys.argv)
    if wants_database and embedded.is_wanted():
        embedded.serve_this_process()

    from django.core.management import execute_from_command_line

    try:
        execute_from_command_line(sys.argv)
    except env.SettingsError as error:
        if command == "preflight" and "--json" in sys.argv:
            refused = str(error).splitlines()
            checks = [{"name": "settings", "state": "fail", "detail": line} for line in refused]
            print(json.dumps({"ok": False, "checks": checks}, indent=2))
            sys.exit(1)
        raise


if __name__ == "__main__":
    main()
