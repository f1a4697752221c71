"""`manage.py worker` with shorter patience: arguments `NAME=seconds`, names of governance.core.jobs.worker,
of its neighbours queue and pace, or of integrity.sources.connections.

What is tested takes half a minute or more with the real figures.
"""

import os
import sys

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "governance.settings")

if __name__ == "__main__":
    import django

    django.setup()

    from django.core.management import call_command

    from governance.core.jobs import pace, queue, worker
    from integrity.sources import connections as sources

    for argument in sys.argv[1:]:
        name, _, seconds = argument.partition("=")
        if name == "scan":
            worker.limits()["schedule.scan"] = int(seconds)
        else:
            known = [module for module in (worker, queue, pace, sources) if hasattr(module, name)]
            assert known
            for module in known:
                setattr(module, name, float(seconds))
    call_command("worker")
