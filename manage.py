#!/usr/bin/env python
"""Django's command line; without DATABASE_URL it borrows or starts the embedded PostgreSQL first."""

import os
import sys

# Commands that read code only: a linter or a template check must not start a database.
WITHOUT_DATABASE = {"makemigrations", "check", "compilemessages", "makemessages", "help", "version"}


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "governance.settings")
    from governance import embedded, env

    env.load()
    command = sys.argv[1] if len(sys.argv) > 1 else "help"
    wants_database = not (command in WITHOUT_DATABASE or "--help" in sys.argv)
    if wants_database and embedded.is_wanted():
        embedded.serve_this_process()

    from django.core.management import execute_from_command_line

    execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()
