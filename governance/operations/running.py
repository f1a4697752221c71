"""Says whether what runs is what was released, to whoever watches, before a start and every ten minutes."""

from collections.abc import Iterator

from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from governance import release
from governance.core.capability import Check, Gauge
from governance.core.web.http import Access

SHOWN = 5  # names of files


def release_state() -> tuple[str, str]:
    """`released`, `differs` or `unknown`, and why, in one line."""
    path, running = settings.RELEASE_MANIFEST, release.at_start(settings.BASE_DIR)
    try:
        found = release.compare(running, path)
    except (ValueError, KeyError, TypeError):
        return "differs", _("%s ne se lit pas.") % path.name
    if not found.is_known:
        return "unknown", _("INCONNU : %s manque à côté de manage.py.") % path.name
    if found.differing:
        return "differs", _differing(found.differing)
    if found.release != settings.APP_RELEASE:
        return "differs", _("Les fichiers sont ceux de %(found)s, APP_RELEASE dit %(said)s.") % {
            "found": found.release,
            "said": settings.APP_RELEASE,
        }
    return "released", _("%(n)s fichiers, tous de %(release)s.") % {
        "n": len(running),
        "release": found.release,
    }


def is_replaced() -> bool:
    """Whether the files are others than when this process started: it runs what is no longer there."""
    return release.installed(settings.BASE_DIR) != release.at_start(settings.BASE_DIR)


def _differing(names: tuple[str, ...]) -> str:
    said = ngettext(
        "%d fichier diffère de la version publiée : ",
        "%d fichiers diffèrent de la version publiée : ",
        len(names),
    )
    return said % len(names) + ", ".join(names[:SHOWN]) + ("…" if len(names) > SHOWN else ".")


def health(reader: Access | None) -> str | dict[str, str]:
    """Whether what runs is what was released; to somebody signed in also why not."""
    state, why = release_state()
    return state if reader is None else {"state": state, "detail": why}


def metrics() -> Iterator[Gauge]:
    """Read from the files as they were when this process started."""
    now, _why = release_state()
    yield Gauge(
        "governance_release_state",
        "1 for whether what runs is what was released, 0 for the others.",
        {(state,): float(state == now) for state in ("released", "differs", "unknown")},
        ("state",),
    )


def preflight() -> Iterator[Check]:
    """Without a manifest nobody can say what runs."""
    state, why = release_state()
    yield Check(
        "release", "fail" if state == "differs" else "ok" if state == "released" else "warn", why
    )
