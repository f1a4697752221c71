"""The ledger as a CSV file that opens right in a French spreadsheet; knows no request.

The bytes below the empty line that ends the header depend on the entries and on nothing else: not on
when or by whom the file is made, on the reader's language, nor on names that accounts have today.
"""

import csv
import hashlib
import io
import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import connection
from django.db.models import CharField, F, Func, QuerySet, TextField
from django.db.models.functions import Cast
from django.utils import timezone, translation

from governance.core.identity.acting import acting_as_user
from governance.core.identity.roles import role_label
from governance.core.ledger.actors import system_name
from governance.core.ledger.models import LedgerEntry
from governance.history.entries import account_name
from governance.history.sentences import action_label

ROWS_PER_FETCH = 500
CELL_LIMIT = 32_000  # characters; a spreadsheet cuts a cell at 32 767 without saying so
CUT = "… (coupé ici ; l’export JSON contient tout)"
BOM = "\ufeff".encode()

COLUMNS = (
    *("Numéro", "Date et heure", "Qui", "Identifiant", "Rôle", "Source", "Règle", "Action"),
    *("Action en clair", "Type d’objet", "Objet", "Avant", "Après", "Empreinte"),
)

# What a spreadsheet takes for a formula at the start of a cell, also behind blanks or invisible signs,
# and in full width (OWASP, CSV injection); tab, CR and LF at the very start do it as well.
_FORMULA = re.compile(r"[\t\r\n]|[\s\u200b-\u200f\u2060\ufeff\"']*[=+\-@＝＋－＠]")


@dataclass
class People:
    """Names as the ledger knew them at each entry: an account renamed later changes no old line."""

    known: dict[str, tuple[list[int], list[str]]] = field(default_factory=dict)

    @classmethod
    def read(cls, *, upto: int) -> "People":
        """Every account that the ledger has known up to an entry, in one query."""
        people = cls()
        accounts: dict[str, dict[str, Any]] = {}
        rows = LedgerEntry.objects.filter(
            subject_type="user", action__in=("user.create", "user.change"), seq__lte=upto
        )
        for person, seq, after in rows.order_by("seq").values_list("subject_id", "seq", "after"):
            accounts[person] = accounts.get(person, {}) | (after or {})
            numbers, names = people.known.setdefault(person, ([], []))
            numbers.append(seq)
            names.append(account_name(accounts[person]))
        return people

    def name(self, person: str, seq: int) -> str:
        """The name at entry `seq`, or the first one known."""
        numbers, names = self.known.get(person, ([], []))
        return names[max(bisect_right(numbers, seq) - 1, 0)] if names else ""


@dataclass(frozen=True)
class SheetHeader:
    """What the first lines say: who made the file when, of what."""

    user_id: UUID
    user_name: str
    selection: Mapping[str, str]
    first_seq: int
    last_seq: int


def sheet_lines(*, entries: QuerySet[LedgerEntry], header: SheetHeader) -> Iterator[bytes]:
    """BOM and header, an empty line, columns, one row per entry in the order of seq, manifest.

    Chunks of bytes, read in one transaction of that person's through a server-side cursor: memory does
    not grow with the number of entries. The manifest is the SHA-256 of everything between the empty line
    and itself.
    """
    with acting_as_user(header.user_id):
        yield BOM + _text(_header_rows(header)).encode()
        people = People.read(upto=header.last_seq)
        digest, count = hashlib.sha256(), 0
        chunk = _text([COLUMNS]).encode()
        digest.update(chunk)
        yield chunk
        for rows in _fetched(entries):
            with translation.override(settings.LANGUAGE_CODE):
                chunk = _text(_row(row, people) for row in rows).encode()
            digest.update(chunk)
            count += len(rows)
            yield chunk
        yield _text([("SHA-256", digest.hexdigest(), "Entrées", str(count))]).encode()


def cell(value: Any) -> str:
    """Text that a spreadsheet shows as it is: never a formula, never cut in silence, LF as line break."""
    text = "" if value is None else str(value)
    text = text.replace("\r\n", "\n").replace("\r", "\n").replace("\x00", "")
    if len(text) > CELL_LIMIT:
        text = text[:CELL_LIMIT] + CUT
    return f"'{text}" if _FORMULA.match(text) else text


def _text(rows: Iterable[Sequence[Any]]) -> str:
    """Semicolons, every cell quoted, CRLF."""
    out = io.StringIO()
    writer = csv.writer(out, delimiter=";", quoting=csv.QUOTE_ALL, lineterminator="\r\n")
    for row in rows:
        writer.writerow([cell(value) for value in row]) if row else out.write("\r\n")
    return out.getvalue()


def _header_rows(header: SheetHeader) -> list[Sequence[str]]:
    chosen = [(name, text) for name, text in header.selection.items() if name not in ("from", "to")]
    period = header.selection.get("from", "début"), header.selection.get("to", "jour de l’export")
    return [
        ("Registre de gouvernance", f"{settings.APP_ENV} {settings.APP_RELEASE}"),
        ("Exporté par", header.user_name, str(header.user_id)),
        ("Exporté le", _local(timezone.now())),
        ("Période", "du", period[0], "au", period[1]),
        ("Filtre", *(f"{name} = {text}" for name, text in chosen or [("aucun", "tout")])),
        ("Entrées", "de", str(header.first_seq), "à", str(header.last_seq)),
        ("Heures", settings.TIME_ZONE),
        (),
    ]


def _row(row: tuple[Any, ...], people: People) -> Sequence[str]:
    seq, at, actor, role, source, check_code, action, kind, subject, before, after, digest = row
    machine = actor.removeprefix("system:") if actor.startswith("system:") else ""
    return (
        str(seq),
        _local(at),
        system_name(machine) if machine else people.name(actor, seq),
        actor,
        role_label(role),
        source,
        check_code,
        action,
        action_label(action),
        kind,
        subject,
        before,
        after,
        digest,
    )


def _local(instant: datetime) -> str:
    return timezone.localtime(instant, timezone.get_default_timezone()).strftime(
        "%d/%m/%Y %H:%M:%S"
    )


def _fetched(entries: QuerySet[LedgerEntry]) -> Iterator[list[tuple[Any, ...]]]:
    # `before` and `after` as PostgreSQL prints them: Python would rewrite numbers such as 1e300.
    sql, parameters = (
        entries.order_by("seq")
        .annotate(
            was=Cast("before", TextField()),
            now=Cast("after", TextField()),
            digest=Func(
                F("hash"), template="encode(%(expressions)s, 'hex')", output_field=CharField()
            ),
        )
        .values_list(
            *("seq", "at", "actor", "role", "source", "check_code", "action", "subject_type"),
            *("subject_id", "was", "now", "digest"),
        )
        .query.sql_with_params()
    )
    # Server-side cursors are switched off for PgBouncer's sake; inside one transaction they are safe.
    with connection.chunked_cursor() as cursor:
        cursor.execute(sql, parameters)
        while rows := cursor.fetchmany(ROWS_PER_FETCH):
            yield rows
