"""What the integrity screen's address can ask for, and the selection of alerts that it means."""

from collections import Counter
from collections.abc import Sequence
from datetime import datetime
from functools import cached_property
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy
from django.utils.translation import pgettext

from alerts.kinds import KindOf, kinds_on, reader_language
from alerts.kinds.due import late_limits
from alerts.kinds.wording import Language
from alerts.models import AlertTally, Severity, Status
from alerts.queries import TALLIED, AlertFilter, alert_choices
from alerts.sorting import SORTS
from governance.core.cache.per_state import once_per_state
from governance.core.identity.roles import CONSOLE_SOURCE
from governance.core.web.listing import Asked, Filter, Listing, Reader, in_order, source_choices
from governance.desk.entities import entity_words

# Whose alerts: an address that is shared asks each reader about themselves.
ME, NOBODY = "me", "nobody"
OVERDUE = "overdue"
SIGNATURE = "signature"
RULE, ENTITY = "rule", "entity"  # by what the page gathers alerts


class AlertReader(Reader):
    @cached_property
    def stored(self) -> dict[str, list[str]]:
        """Values to offer. Whatever states are looked at: a resolved alert's code selects something there."""
        return alert_choices(self.sources, tuple(Status.values))

    @cached_property
    def titles(self) -> dict[str, str]:
        return _titles(self.sources, reader_language())


@once_per_state
def _titles(sources: frozenset[str], language: Language) -> dict[str, str]:
    """What the rules of these sources and of the console are called, by code."""
    return {
        code: kind.title.in_(language)
        for source in (CONSOLE_SOURCE, *sorted(sources))
        for code, kind in kinds_on(source).items()
    }


def _rules(reader: AlertReader, chosen: Sequence[str]) -> list[tuple[str, str]]:
    """By title; the code behind it where two rules are called alike."""
    codes = {*reader.stored["check_code"], *kinds_on(CONSOLE_SOURCE), *chosen}
    named = Counter(reader.titles.get(code, code) for code in codes)
    words = {code: reader.titles.get(code, code) for code in codes}
    return in_order(
        (code, f"{title} ({code})" if named[title] > 1 else title) for code, title in words.items()
    )


def _entities(reader: AlertReader, chosen: Sequence[str]) -> list[tuple[str, str]]:
    types = {*reader.stored["entity_type"], *chosen}
    sources = (*sorted(reader.sources - {CONSOLE_SOURCE}), CONSOLE_SOURCE)
    return in_order((one, entity_words(one, *sources)) for one in types)


def _known(name: str) -> Any:
    def read(text: str, _reader: Reader) -> str | None:
        if name == "check_code" and text in kinds_on(CONSOLE_SOURCE):
            return text
        # The tally has a row for each, also when all are resolved; alerts have no index on it.
        return text if AlertTally.objects.filter(**{name: text}).exists() else None

    return read


def _itself(text: str, _reader: Reader) -> str:
    return text


ALERTS = Listing(
    view="integrity",
    filters=(
        Filter("severity", _lazy("Gravité"), lambda *_args: Severity.choices, many=True),
        Filter(
            "status",
            _lazy("État"),
            lambda *_args: Status.choices,
            everything=_lazy("Non résolues"),
            many=True,
        ),
        Filter(
            "check_code",
            _lazy("Règle"),
            _rules,
            reads=_known("check_code"),
            many=True,
        ),
        Filter(
            "entity_type",
            _lazy("Sorte d’objet"),
            _entities,
            reads=_known("entity_type"),
            many=True,
        ),
        Filter("source", _lazy("Source"), source_choices, many=True),
        Filter(
            "assignee",
            _lazy("À la charge de"),
            lambda *_args: [(ME, _("Moi")), (NOBODY, pgettext("à la charge de", "Personne"))],
            everything=_lazy("Tous"),
            former={"moi": ME, "personne": NOBODY},
        ),
        Filter(
            "due",
            _lazy("Échéance"),
            lambda *_args: [(OVERDUE, _("Dépassée"))],
            former={"depassee": OVERDUE},
        ),
        Filter(
            "waits",
            _lazy("Attend"),
            lambda *_args: [(SIGNATURE, _("Ma signature"))],
        ),
        Filter("entity_id", _lazy("Objet"), reads=_itself, says=str, is_exact=True),
        Filter("q", _lazy("Recherche"), reads=_itself, says=str, selects="text", is_cut=True),
        Filter(
            "group",
            _lazy("Regrouper"),
            reads=lambda text, _reader: text if text in (RULE, ENTITY) else None,
            narrows=False,
            former={"regle": RULE, "entite": ENTITY},
        ),
        Filter(
            "sort",
            _lazy("Trier"),
            reads=lambda text, _reader: text if text in SORTS else None,
            narrows=False,
        ),
    ),
    first=_lazy("Revenir au début"),
    further=_lazy("Alertes suivantes"),
    former={"echeance": "due", "groupe": "group"},
)


def alerts_selected(
    asked: Asked, *, now: datetime | None = None, kind_of: KindOf | None = None
) -> AlertFilter:
    """The alerts that an address asks for; what is late is late at `now` (by default the present)."""
    values, sources = asked.values, asked.reader.sources
    return AlertFilter(
        **{name: values[name] for name in (*TALLIED, "text", "entity_id") if name in values},
        assignee=asked.reader.person if values.get("assignee") == ME else None,
        unassigned=values.get("assignee") == NOBODY,
        signature_of=asked.reader.person if "waits" in values else None,
        late=late_limits(now or timezone.now(), sources, kind_of) if "due" in values else None,
    )
