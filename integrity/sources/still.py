"""Which rules of a view of ours say the same for as long as nobody writes; knows no rule's text.

Read from what PostgreSQL keeps of the view and of every view below it: the relations and functions that each
branch names. A branch with anything that is not known to be still is read every time.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

import psycopg

from integrity.sources.catalogue import catalogue_reading
from integrity.sources.contract import VIEW

SQL = Path(__file__).parent / "sql"
# PostgreSQL escapes what is no structure of its own (nodes/outfuncs.c).
MARK = re.compile(r"\\.|[{}]", re.DOTALL)
NODE = re.compile(r"\\.|\{([A-Z0-9_]+)", re.DOTALL)
# Nothing else may stand in a branch: not what says the time or who reads, nor a sample of a table.
NODES = frozenset(
    """
    AGGREF ALIAS ARRAYEXPR BOOLEANTEST BOOLEXPR CASEEXPR CASETESTEXPR CASEWHEN COALESCEEXPR COERCEVIAIO
    COLLATEEXPR COMMONTABLEEXPR CONST DISTINCTEXPR FROMEXPR FUNCEXPR GROUPINGFUNC GROUPINGSET JOINEXPR
    MINMAXEXPR NULLIFEXPR NULLTEST OPEXPR PARAM QUERY RANGETBLENTRY RANGETBLFUNCTION RANGETBLREF
    RELABELTYPE ROWEXPR RTEPERMISSIONINFO SCALARARRAYOPEXPR SETOPERATIONSTMT SORTGROUPCLAUSE SUBLINK
    SUBSCRIPTINGREF TARGETENTRY VAR WINDOWCLAUSE WINDOWFUNC
    """.split()  # noqa: SIM905 - one name a line is no list to read
)
FUNCTION = re.compile(r":(?:funcid|opfuncid|hashfuncid|negfuncid|aggfnoid|winfnoid) (\d+)")
OPERATOR = re.compile(r":(?:opno|eqop|sortop) (\d+)")
RELATION = re.compile(r":relid (\d+)")
# A text that is read as an instant may say `now`; only what becomes a text is still.
INPUT = re.compile(r"\{COERCEVIAIO .*? :resulttype (?!25 )\d+", re.DOTALL)
# The instant of a finding is never later than the reading: so each of our branches ends. It decides
# nothing of an alert that stands (alerts/intake/sql/4_findings.sql).
INSTANT = re.compile(r":resno 7 :resname detected_at ")
NOW = 1299
TEXT = re.compile(r"\{CONST :consttype 25 .*?:constvalue \d+ \[ ([\d\- ]+) \]", re.DOTALL)
TABLES = ("r", "p", "m")
DEEPEST = 50


@dataclass
class _Parts:
    """What a text of PostgreSQL's names."""

    functions: set[int] = field(default_factory=set)
    operators: set[int] = field(default_factory=set)
    relations: set[int] = field(default_factory=set)
    strange: bool = False

    def take(self, tree: str) -> None:
        nodes = {name for name in NODE.findall(tree) if name}
        self.strange |= not nodes <= NODES or INPUT.search(tree) is not None
        self.functions |= {int(one) for one in FUNCTION.findall(tree)} - {0}
        self.operators |= {int(one) for one in OPERATOR.findall(tree)} - {0}
        self.relations |= {int(one) for one in RELATION.findall(tree)} - {0}


def rules_still(connection: psycopg.Connection[Any], codes: Iterable[str]) -> list[str]:
    """Of these rules those that are still; none where the view is not made of them alone."""
    with catalogue_reading(connection, VIEW) as (cursor, view, _path):
        catalogue = _Catalogue(cursor, view or 0)
        tree = catalogue.tree
        branches = dict(_branches(tree))
        if set(branches) != set(codes):
            return []
        return sorted(code for code, branch in branches.items() if catalogue.is_still(branch))


class _Catalogue:
    """Asks what the trees name, each thing once."""

    def __init__(self, cursor: psycopg.Cursor[tuple[Any, ...]], view: int) -> None:
        self._cursor, self._view = cursor, view
        self._relations: dict[int, tuple[bool, str, list[int]]] = {}
        self._learn({view})
        self.tree = self._relations[view][1] if view in self._relations else ""

    def is_still(self, branch: str) -> bool:
        parts = _Parts()
        for entry, ends in _entries(branch):
            if not ends:
                parts.take(entry)
                continue
            instant = _Parts()
            instant.take(entry)
            parts.strange |= instant.strange
            parts.functions |= instant.functions - {NOW}
            parts.operators |= instant.operators
        seen = {self._view}  # servers before 16 name it in its own tree
        for _depth in range(DEEPEST):
            fresh = parts.relations - seen
            if not fresh or parts.strange:
                break
            seen |= fresh
            self._learn(fresh)
            for oid in fresh:
                good, tree, children = self._relations.get(oid, (False, "", []))
                parts.strange |= not good
                parts.relations |= set(children)
                parts.take(tree)
        else:
            return False
        return not parts.strange and self._all_still(parts)

    def _learn(self, oids: set[int]) -> None:
        if missing := [oid for oid in oids if oid not in self._relations]:
            self._cursor.execute(_query("relations"), {"oids": missing})
            for oid, kind, kept, heap, guarded, tree, children in self._cursor.fetchall():
                plain = kind in TABLES and kept == "p" and heap and not guarded
                self._relations[oid] = (plain or kind == "v", tree if kind == "v" else "", children)

    def _all_still(self, parts: _Parts) -> bool:
        wanted = {"functions": list(parts.functions), "operators": list(parts.operators)}
        self._cursor.execute(_query("functions"), wanted)
        still = {oid for (oid,) in self._cursor.fetchall()}
        if not parts.functions <= still:
            return False
        self._cursor.execute(
            "SELECT count(*) FROM pg_operator WHERE oid = ANY (%s::oid[]) AND oprcode = ANY (%s::oid[])",
            [list(parts.operators), list(still)],
        )
        (known,) = self._cursor.fetchone() or (0,)
        return int(known) == len(parts.operators)


def _branches(tree: str) -> Iterator[tuple[str, str]]:
    """The code and the tree of each branch of the UNION; of a view of one rule, its own."""
    union = [
        child
        for child in _children(tree, 2)
        if child.startswith("{RANGETBLENTRY ") and ":subquery {QUERY " in child
    ]
    queries = [
        query for entry in union for query in _children(entry, 2) if query.startswith("{QUERY ")
    ]
    if not any(child.startswith("{SETOPERATIONSTMT ") for child in _children(tree, 2)):
        queries = _children(tree, 1)
    for query in queries:
        first = next((one for one in _children(query, 2) if one.startswith("{TARGETENTRY ")), "")
        if found := TEXT.search(first):
            # The header of a text of less than 127 bytes is four bytes all the same in a tree.
            yield bytes(int(one) % 256 for one in found[1].split()[4:]).decode(), query
        else:
            yield "", query


def _entries(branch: str) -> Iterator[tuple[str, bool]]:
    """A branch without its last column, and that column; each with whether it is that."""
    rest = branch
    for child in _children(branch, 2):
        if child.startswith("{TARGETENTRY ") and INSTANT.search(child):
            rest = rest.replace(child, "")
            yield child, True
    yield rest, False


def _children(tree: str, depth: int) -> list[str]:
    """The nodes that stand so deep in a tree, whose own is 1."""
    found, level, start = [], 0, 0
    for mark in MARK.finditer(tree):
        if mark[0] == "{":
            level += 1
            if level == depth:
                start = mark.start()
        elif mark[0] == "}":
            if level == depth:
                found.append(tree[start : mark.end()])
            level -= 1
    return found


@cache
def _query(name: str) -> str:
    return (SQL / f"{name}.sql").read_text(encoding="utf-8")
