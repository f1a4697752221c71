"""Owns the reading of proof.sql: named cases, their rows, and what the rule must say of each.

    -- @as scan                               who acts, where the database asks (the console's does)
    -- @setup
    INSERT ... ;                              rows that every case needs
    -- @case juste sous le seuil
    -- @fires <entity_id> {"key": value}      once for each finding; the JSON may go on on the next
    --     comment lines; keys that it leaves out may have any value
    INSERT ... ;
    -- @case au seuil
    -- @silent
    INSERT ... ;

Knows no connection and no verdict.
"""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from integrity.rules.sql_text import SqlTextError, statements

_DIRECTIVE = re.compile(r"^-- @(\w+)[ ]*(.*(?:\n--   .*)*)$", re.MULTILINE)
_VERBS = ("INSERT", "UPDATE", "DELETE", "SELECT")


class ProofError(ValueError):
    """A proof.sql that cannot be read: what is wrong, with the case."""


@dataclass(frozen=True)
class Expected:
    """A finding that must be there: its entity and some of its values, `detected_at` and `severity` too."""

    entity_id: str
    values: Mapping[str, Any]


@dataclass(frozen=True)
class Case:
    """Rows, and all that the rule may say because of them; silence when `expected` is empty.

    `acting`: the identity in which they are written, empty for none.
    """

    name: str
    statements: tuple[str, ...]
    expected: tuple[Expected, ...]
    acting: str = ""


@dataclass
class _Draft:
    name: str
    expected: list[Expected]
    silent: bool = False
    sql: str = ""


def cases_parse(text: str) -> list[Case]:
    """The cases of a proof. Raises ProofError unless one case fires and another is silent."""
    setup = acting = ""
    drafts: list[_Draft] = []
    directives = list(_DIRECTIVE.finditer(text))
    for directive, following in zip(directives, [*directives[1:], None], strict=True):
        word, argument = directive[1], " ".join(directive[2].replace("\n--", " ").split())
        body = text[directive.end() : following.start() if following else len(text)]
        if word == "as" and argument.isidentifier() and not drafts:
            acting = argument
        elif word == "setup" and not drafts:
            setup = body
        elif word == "case" and argument:
            drafts.append(_Draft(argument, [], sql=body))
        elif word == "fires" and drafts:
            drafts[-1].expected.append(_expected(drafts[-1].name, argument))
            drafts[-1].sql += body
        elif word == "silent" and drafts and not argument:
            drafts[-1].silent = True
            drafts[-1].sql += body
        else:
            raise ProofError(f"@{word} {argument}: unknown or misplaced directive")
    shared = _statements("setup", setup)
    cases = [_case(draft, shared, acting) for draft in drafts]
    names = [case.name for case in cases]
    if len(set(names)) < len(names):
        raise ProofError("two cases have one name")
    if not any(case.expected for case in cases) or all(case.expected for case in cases):
        raise ProofError("a proof needs a case that fires and one that is silent")
    return cases


def _case(draft: _Draft, shared: list[str], acting: str) -> Case:
    if draft.silent == bool(draft.expected):
        raise ProofError(f"case {draft.name!r}: say @fires or @silent, one of the two")
    own = _statements(draft.name, draft.sql)
    if not own:
        raise ProofError(
            f"case {draft.name!r}: has no statement; each case begins anew from @setup"
        )
    return Case(draft.name, (*shared, *own), tuple(draft.expected), acting)


def _statements(where: str, text: str) -> list[str]:
    try:
        found = statements(text)
    except SqlTextError as error:
        raise ProofError(f"case {where!r}: {error}") from None
    for statement in found:
        # A COMMIT here would end the transaction that is to be undone.
        if not statement.upper().startswith(_VERBS):
            raise ProofError(f"case {where!r}: only {', '.join(_VERBS)}: {statement[:40]}")
    return found


def _expected(case: str, argument: str) -> Expected:
    entity, _, rest = argument.partition(" ")
    try:
        return Expected(entity, dict(json.loads(rest) if rest else {}))
    except (ValueError, TypeError):
        raise ProofError(f"case {case!r}: @fires takes an entity and a JSON object") from None
