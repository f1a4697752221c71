"""Owns the judgement of a rule by its proof, on a connection, in a transaction that is undone.

Knows nothing of where the connection leads, what is kept of the verdict, and who is told.
"""

import hashlib
import json
import re
import secrets
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Any

import psycopg
from django.utils.translation import gettext as _
from psycopg.pq import TransactionStatus
from psycopg.rows import tuple_row

from integrity.proofs.fitting import fixture_fit
from integrity.proofs.refusals import Filled, is_forbidden, said_by, unfit_said
from integrity.rules.cases import Case, Expected, ProofError, cases_parse
from integrity.rules.rule import Rule
from integrity.rules.rule_sql import branch_sql
from integrity.rules.sql_text import tokens
from integrity.sources.contract import VIEW
from integrity.sources.installed_view import view_installed

STATEMENT_TIMEOUT_S = 60
LOCK_TIMEOUT_S = 5
# Somebody wrote the same rows meanwhile, such as the ledger's end. It says nothing of the rule: try again.
BUSY = (
    psycopg.errors.LockNotAvailable,
    psycopg.errors.SerializationFailure,
    psycopg.errors.DeadlockDetected,
)
TRIES = 10


class Verdict(StrEnum):
    """In order of gravity: a rule has the gravest verdict of its cases."""

    INERTE = "INERTE"  # silent where it must fire
    BAVARDE = "BAVARDE"  # says what it must not
    INADAPTEE = "INADAPTEE"  # our rows do not fit the database, which says nothing of the rule
    IMPOSSIBLE = "IMPOSSIBLE"  # the database forbids the anomaly, in its own words
    PROUVEE = "PROUVEE"


@dataclass(frozen=True)
class CaseResult:
    """One case: its verdict, and what was missing, too much, or refused, in one line.

    `unread`: the rule fails on the rows that are there, before any of the case.
    """

    name: str
    verdict: Verdict
    detail: str = ""
    unread: bool = False


@dataclass(frozen=True)
class Proof:
    """A rule's verdict on one database. `through` is `view` when the installed view was judged."""

    code: str
    version: str
    severity: str
    through: str
    text_sha256: str  # of the view's definition, or of the rule's compiled text
    cases: tuple[CaseResult, ...]

    @property
    def verdict(self) -> Verdict:
        found = {case.verdict for case in self.cases}
        return next(verdict for verdict in Verdict if verdict in found)

    @property
    def detail(self) -> str:
        """What to say of the first case with the rule's verdict."""
        case = next(case for case in self.cases if case.verdict == self.verdict)
        return " : ".join(part for part in (case.name, case.detail) if part)


def unfit(rule: Rule, said: str) -> Proof:
    """That no row could even be tried."""
    text = hashlib.sha256(branch_sql(rule).encode()).hexdigest()
    result = CaseResult("", Verdict.INADAPTEE, said)
    return Proof(rule.code, rule.version, rule.severity, "rule", text, (result,))


Finding = tuple[str, str]  # entity_id and the values as canonical JSON, so that it can be counted


def rules_prove(connection: psycopg.Connection[Any], rules: Sequence[Rule]) -> list[Proof]:
    """Judge each rule: write the rows of each case, read what the rule says, undo.

    Where the view in place holds the rule in this version, the view is judged, as it is; elsewhere
    the rule's own text. Raises psycopg.OperationalError when the connection is lost, ProofError
    for a proof.sql that cannot be read.
    """
    return [_rule_prove(connection, rule) for rule in rules]


def _rule_prove(connection: psycopg.Connection[Any], rule: Rule) -> Proof:
    for _try in range(TRIES - 1):
        with suppress(*BUSY):
            return _rule_prove_once(connection, rule)
    return _rule_prove_once(connection, rule)


def _rule_prove_once(connection: psycopg.Connection[Any], rule: Rule) -> Proof:
    names = Names()
    with undone(connection):
        query, through, text = _what_to_judge(connection, rule)
        cases = proof_cases(rule, names)
        act_as(connection, cases)
        filled = fixture_fit(connection, rule, cases)
        results = tuple(
            replace(one, detail=names.taken_out(one.detail))
            for one in _cases_judge(connection, query, cases, filled=filled, text=branch_sql(rule))
        )
    return Proof(rule.code, rule.version, rule.severity, through, text, results)


# Ids of our fixtures begin so in proof.sql; in each run they begin otherwise.
FIXTURE_IDS = "00000000-0000-4000-8000-"
_UUID = re.compile(r"\b[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\b")


@dataclass(frozen=True)
class Names:
    """What makes the ids and names of one run's rows differ from all that are there."""

    token: str = field(default_factory=lambda: secrets.token_hex(8))

    @property
    def ids(self) -> str:
        one = self.token
        return f"{one[:8]}-{one[8:12]}-4{one[12:15]}-8{one[13:16]}-"

    @property
    def digits(self) -> str:
        return str(10**8 + int(self.token, 16) % (9 * 10**8))

    def put(self, proof: str) -> str:
        named = proof.replace("{proof}", self.token[:8]).replace("{digits}", self.digits)
        return named.replace(FIXTURE_IDS, self.ids)

    def taken_out(self, said: str) -> str:
        """The same words in each run: what is told of a rule changes only when something does."""
        said = said.replace(self.ids, FIXTURE_IDS).replace(self.token[:8], "{proof}")
        said = said.replace(self.digits, "{digits}")
        return _UUID.sub(lambda one: one[0] if one[0].startswith(FIXTURE_IDS) else "(id)", said)


def proof_cases(rule: Rule, names: Names | None = None) -> list[Case]:
    """The cases of a rule, with ids and names that no row can have. Raises ProofError with its code."""
    try:
        return cases_parse((names or Names()).put(rule.proof))
    except ProofError as error:
        raise ProofError(f"{rule.code}, proof.sql, {error}") from None


@contextmanager
def undone(connection: psycopg.Connection[Any]) -> Iterator[None]:
    """A transaction that sees no other's commits and is rolled back whatever happens.

    Inside a transaction of the caller: a savepoint of it, rolled back too.
    """
    outermost = connection.info.transaction_status == TransactionStatus.IDLE
    with connection.transaction(force_rollback=True):
        if outermost:
            connection.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
        connection.execute("SET LOCAL application_name = 'governance-proofs'")
        connection.execute("SET LOCAL client_encoding = 'UTF8'")
        connection.execute("SET LOCAL TIME ZONE 'UTC'")
        connection.execute(f"SET LOCAL statement_timeout = '{STATEMENT_TIMEOUT_S}s'")
        connection.execute(f"SET LOCAL lock_timeout = '{LOCK_TIMEOUT_S}s'")
        yield


def findings(connection: psycopg.Connection[Any], query: str) -> Counter[Finding]:
    """What a query with the view's columns says now, countable."""
    with connection.cursor(row_factory=tuple_row) as cursor:
        cursor.execute(
            "SELECT entity_id::text, payload || jsonb_build_object('severity', severity, 'detected_at', "  # noqa: S608
            """to_char(detected_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"'))"""
            f" FROM (\n{query}\n) AS judged"
        )
        return Counter(
            (str(entity), json.dumps(values, sort_keys=True)) for entity, values in cursor
        )


def judge(case: Case, said: Counter[Finding], *, filled: bool = False) -> CaseResult:
    """The verdict on what a rule said because of a case's rows.

    `filled`: the database demanded values that the case leaves out; where it expects none, any will do.
    """
    left = [(entity, json.loads(values)) for entity, values in said.elements()]
    missing: list[Expected] = []
    for expected in case.expected:
        found = next((one for one in left if _fits(expected, one, filled)), None)
        if found is None:
            missing.append(expected)
        else:
            left.remove(found)
    if not missing and not left:
        return CaseResult(case.name, Verdict.PROUVEE)
    wrong = _wrong_values(missing, left, filled)
    if missing and not wrong:
        return CaseResult(case.name, Verdict.INERTE, f"aucun constat sur {missing[0].entity_id}")
    return CaseResult(case.name, Verdict.BAVARDE, wrong or f"constat de trop sur {left[0][0]}")


def proof_rule(rule: Rule) -> Rule:
    """The rule with the thresholds and the severity that its proof speaks of."""
    if rule.shipped is None:
        return rule
    return replace(rule, parameters=rule.shipped.parameters, severity=rule.shipped.severity)


def _what_to_judge(connection: psycopg.Connection[Any], rule: Rule) -> tuple[str, str, str]:
    """The query, `view` or `rule`, and the SHA-256 (hexadecimal) of the text that is judged."""
    view = view_installed(connection)
    is_there = view is not None and view.rule_versions.get(rule.code) == rule.version
    if rule.shipped is not None:
        # The proof speaks of the thresholds that ship: with those the same text is judged here.
        text = branch_sql(proof_rule(rule))
        if view is not None and is_there and view.is_compiled_here:
            return text, "view", view.definition_hash
        return text, "rule", hashlib.sha256(branch_sql(rule).encode()).hexdigest()
    if view is not None and is_there:
        query = f"SELECT * FROM {VIEW} WHERE check_code = '{rule.code}'"  # noqa: S608
        return query, "view", view.definition_hash
    text = branch_sql(rule)
    return text, "rule", hashlib.sha256(text.encode()).hexdigest()


def _cases_judge(
    connection: psycopg.Connection[Any],
    query: str,
    cases: Sequence[Case],
    *,
    filled: Filled,
    text: str,
) -> list[CaseResult]:
    try:
        with connection.transaction():
            before = findings(connection, query)
    except psycopg.Error as error:
        if connection.closed:
            raise
        said = said_by(error)
        return [CaseResult(one.name, Verdict.IMPOSSIBLE, said, unread=True) for one in cases]
    return [
        _case_judge(connection, query, case, before=before, filled=filled, text=text)
        for case in cases
    ]


def _case_judge(
    connection: psycopg.Connection[Any],
    query: str,
    case: Case,
    *,
    before: Counter[Finding],
    filled: Filled,
    text: str,
) -> CaseResult:
    try:
        with connection.transaction(force_rollback=True):
            for statement in case.statements:
                connection.execute(statement)
            said = judge(case, findings(connection, query) - before, filled=bool(filled))
            return _because_filled(said, case, filled, text)
    except BUSY:
        raise
    except psycopg.Error as error:
        if connection.closed:
            raise
        if is_forbidden(connection, error, case, filled):
            return CaseResult(case.name, Verdict.IMPOSSIBLE, said_by(error))
        return CaseResult(case.name, Verdict.INADAPTEE, unfit_said(error))


def act_as(connection: psycopg.Connection[Any], cases: Sequence[Case]) -> None:
    """Name who writes the rows of these cases, for the rest of the transaction, where they say so."""
    acting = next((case.acting for case in cases if case.acting), "")
    if acting:
        connection.execute("SELECT set_config('governance.system', %s, true)", [acting])


def _fits(expected: Expected, found: tuple[str, Mapping[str, Any]], filled: bool) -> bool:
    entity, values = found
    return entity == expected.entity_id and all(
        key in values and (values[key] == value or (filled and value is None))
        for key, value in expected.values.items()
    )


def _because_filled(said: CaseResult, case: Case, filled: Filled, query: str) -> CaseResult:
    """IMPOSSIBLE where the rule reads what the database would not let the case leave out, and went wrong."""
    if said.verdict == Verdict.PROUVEE:
        return said
    words = {token.text for token in tokens(query) if token.kind == "word"}
    demanded = [
        _("%(table)s exige %(columns)s (NOT NULL), que ce cas laisse vide")
        % {"table": table, "columns": ", ".join(read)}
        for table, columns in sorted(filled.items())
        if (read := sorted(columns & words))
    ]
    if not demanded:
        return said
    return CaseResult(case.name, Verdict.IMPOSSIBLE, " ; ".join([*demanded, said.detail]))


def _wrong_values(
    missing: list[Expected], left: list[tuple[str, Mapping[str, Any]]], filled: bool
) -> str:
    """The first value that a finding on the right entity has wrong; empty when there is none."""
    for expected in missing:
        for entity, values in left:
            if entity == expected.entity_id:
                key = next(
                    k
                    for k, v in expected.values.items()
                    if values.get(k) != v and not (filled and v is None and k in values)
                )
                return f"{key} = {values.get(key)!r} au lieu de {expected.values[key]!r}"
    return ""
