"""Owns the wrong versions of a rule that its proof must tell from the right one.

A mutant is one small change of query.sql or of a threshold. Knows no connection.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from decimal import Decimal

from alerts.kinds import Parameter
from integrity.rules.rule import Rule
from integrity.rules.rule_sql import branch_sql
from integrity.rules.sql_text import Token, tokens

# A comment with this word excuses the survivors of its line, and the reason follows it.
EXCUSE = "Unprovable:"

_OPERATORS = {
    "<": ("<=", ">"),
    "<=": ("<", ">"),
    ">": (">=", "<"),
    ">=": (">", "<"),
    "=": ("<>",),
    "<>": ("=",),
    "+": ("-",),
    "-": ("+",),
    "*": ("/",),
    "/": ("*",),
}
_WORDS = {
    "and": "OR",
    "or": "AND",
    "greatest": "least",
    "least": "greatest",
    "max": "min",
    "min": "max",
    "sum": "max",
    "abs": "",
    "ceil": "floor",
    "coalesce": "nullif",
    "nullif": "coalesce",
    "not": "",
    "left": "",
    "distinct": "",
    "asc": "DESC",
    "desc": "ASC",
}
_JOINS = {"left", "full", "right", "cross", "outer", "inner"}
_CONDITION_STARTS = {"where", "on", "and", "or", "when", "having"}
_CONDITION_ENDS = _CONDITION_STARTS | {
    *("then", "group", "order", "left", "join", "cross", "union", "limit", "window", "offset"),
}


@dataclass(frozen=True)
class ColumnKnown:
    """What a database says of a column: its type, and whether it is (alone) a foreign key."""

    type: str
    nullable: bool
    is_key: bool


# By name of a table or view: its columns in order.
Tables = Mapping[str, Mapping[str, ColumnKnown]]


@dataclass(frozen=True)
class Mutant:
    """A rule that is wrong in one place: the SQL of its branch, and how to find the place."""

    change: str
    line: int  # of query.sql; 0 for a threshold
    sql: str
    excuse: str


def mutants(rule: Rule, tables: Tables | None = None) -> list[Mutant]:
    """Every mutant of a rule, thresholds first. Those that PostgreSQL refuses are among them.

    `tables`: what is known of the tables that it reads, for the operators that need to know.
    """
    return [*_threshold_mutants(rule), *_query_mutants(rule, tables or {})]


def _threshold_mutants(rule: Rule) -> Iterator[Mutant]:
    for name, parameter in rule.parameters.items():
        for value in _shifted(parameter):
            shifted = replace(
                rule, parameters={**rule.parameters, name: replace(parameter, value=value)}
            )
            yield Mutant(f":{name} = {value}", 0, branch_sql(shifted), "")


def _shifted(parameter: Parameter) -> list[Decimal | int | str | timedelta]:
    value = parameter.value
    if isinstance(value, timedelta):
        return [value - timedelta(minutes=1), value + timedelta(minutes=1)]
    if isinstance(value, str):
        return [f"{value}~"]
    if isinstance(value, int):
        return [value - 1, value + 1]
    return [value * Decimal("0.99"), value * Decimal("1.01"), -value]


def _query_mutants(rule: Rule, tables: Tables) -> Iterator[Mutant]:
    pieces = list(tokens(rule.query))
    reads = aliases(pieces, tables)
    excuses = {
        piece.line: piece.text.split(EXCUSE, 1)[1].strip()
        for piece in pieces
        if piece.kind == "comment" and EXCUSE in piece.text
    }
    for at, new, upto, change in (
        *_changes(pieces, reads),
        *_swaps(pieces, reads),
        *_joins(pieces, reads),
    ):
        text = "".join(piece.text for piece in pieces[:at])
        text += new + "".join(piece.text for piece in pieces[upto:])
        line = pieces[at].line
        sql = branch_sql(replace(rule, query=_with_all_names(text, rule)))
        yield Mutant(change, line, sql, excuses.get(line, ""))


def _with_all_names(query: str, rule: Rule) -> str:
    """A mutant may lose a threshold, which the binder refuses: name them all where nothing runs."""
    used = {piece.text[1:] for piece in tokens(query) if piece.kind == "name"}
    lost = [f"(SELECT :{name})" for name in rule.parameters if name not in used]
    return (
        f"SELECT * FROM ({query}\n) AS mutant WHERE ({', '.join(lost)}) IS NOT NULL"  # noqa: S608 - our text
        if lost
        else query
    )


def _changes(
    pieces: Sequence[Token], reads: Mapping[str, Mapping[str, ColumnKnown]]
) -> Iterator[tuple[int, str, int, str]]:
    """(index, new text, index after the replaced pieces, description) of each change."""
    for at, piece in enumerate(pieces):
        word = piece.text.lower()
        if piece.kind == "operator":
            for new in _OPERATORS.get(piece.text, ()):
                if not _is_star(pieces, at):
                    yield at, new, at + 1, f"{piece.text} → {new}"
        elif piece.kind == "word" and word in _WORDS:
            if word == "left" and _always_matches(pieces, at, reads):
                continue
            yield at, _WORDS[word], at + 1, f"{piece.text} → {_WORDS[word] or 'nothing'}"
        elif piece.kind == "word" and word == "is":
            yield from _null_test(pieces, at)
        elif piece.kind == "quoted" and piece.text.startswith("'"):
            yield at, "'x" + piece.text[1:], at + 1, f"{piece.text} misspelt"
        elif piece.kind == "number":
            yield from _number(at, piece.text)
        if piece.kind == "word" and word in _CONDITION_STARTS:
            yield from _dropped(pieces, at)


def _number(at: int, text: str) -> Iterator[tuple[int, str, int, str]]:
    for new in ("1",) if text == "0" else ("0", f"{text} * 10", f"({text} + 1)"):
        yield at, new, at + 1, f"{text} → {new}"


def _null_test(pieces: Sequence[Token], at: int) -> Iterator[tuple[int, str, int, str]]:
    following = _next_code(pieces, at)
    if following is not None and pieces[following].text.lower() == "null":
        yield at, "IS NOT", at + 1, "IS NULL → IS NOT NULL"


def _dropped(pieces: Sequence[Token], at: int) -> Iterator[tuple[int, str, int, str]]:
    """A condition replaced by what makes it void: this also drops a join's condition."""
    end, depth = at + 1, 0
    while end < len(pieces):
        piece = pieces[end]
        if piece.text == "(":
            depth += 1
        elif piece.text == ")":
            depth -= 1
        if depth < 0 or (depth == 0 and piece.text.lower() in _CONDITION_ENDS):
            break
        end += 1
    word = pieces[at].text
    void = "false" if word.lower() == "or" else "true"
    condition = " ".join("".join(piece.text for piece in pieces[at + 1 : end]).split())
    code = [
        one.text.lower() for one in pieces[at + 1 : end] if one.kind not in ("space", "comment")
    ]
    if code != [void]:  # it would be the same query
        yield at, f"{word} {void} ", end, f"{word} {condition[:60]} → {void}"


def aliases(pieces: Sequence[Token], tables: Tables) -> dict[str, Mapping[str, ColumnKnown]]:
    """By alias, the columns of the tables that a query reads under one; an alias of two tables is none."""
    code = [one for one in pieces if one.kind not in ("space", "comment")]
    found: dict[str, set[str]] = {}
    for at, one in enumerate(code[:-1]):
        if one.text.lower() not in ("from", "join") or code[at + 1].kind != "word":
            continue
        name = table_named(code, at + 1)
        after = at + 2 + 2 * name.count(".")
        rest = code[after : after + 2]
        words = [part.text for part in rest if part.kind == "word" and part.text.lower() != "as"]
        is_alias = words and words[0].lower() not in _CONDITION_ENDS
        alias = words[0] if is_alias else name.rpartition(".")[2]
        found.setdefault(alias, set()).add(name)
    return {
        alias: tables[next(iter(names))]
        for alias, names in found.items()
        if len(names) == 1 and names <= tables.keys()
    }


def table_named(code: Sequence[Token], at: int) -> str:
    """The name of a table that begins at a piece of code, with its schema where that is said."""
    parts = [one.text for one in code[at : at + 3]]
    return "".join(parts) if len(parts) == 3 and parts[1] == "." else parts[0]


def _column(
    pieces: Sequence[Token], at: int, reads: Mapping[str, Mapping[str, ColumnKnown]]
) -> ColumnKnown | None:
    """The column `alias.name` that begins at a piece."""
    if at + 2 >= len(pieces) or pieces[at + 1].text != "." or pieces[at + 2].kind != "word":
        return None
    return reads.get(pieces[at].text, {}).get(pieces[at + 2].text)


def _swaps(
    pieces: Sequence[Token], reads: Mapping[str, Mapping[str, ColumnKnown]]
) -> Iterator[tuple[int, str, int, str]]:
    """A column instead of another of its table and type: the next one."""
    for at, piece in enumerate(pieces):
        column = _column(pieces, at, reads)
        if column is None or piece.kind != "word":
            continue
        alike = [name for name, one in reads[piece.text].items() if one.type == column.type]
        other = alike[(alike.index(pieces[at + 2].text) + 1) % len(alike)]
        if other != pieces[at + 2].text:
            yield (
                at,
                f"{piece.text}.{other}",
                at + 3,
                f"{piece.text}.{pieces[at + 2].text} → {other}",
            )


def _joins(
    pieces: Sequence[Token], reads: Mapping[str, Mapping[str, ColumnKnown]]
) -> Iterator[tuple[int, str, int, str]]:
    """A join made outer; and = made to take two missing values for the same, where both may be missing."""
    for at, piece in enumerate(pieces):
        if piece.text.lower() == "join" and _previous(pieces, at) not in _JOINS:
            if not _always_matches(pieces, at, reads):
                yield at, "LEFT JOIN", at + 1, "JOIN → LEFT JOIN"
        elif piece.text in ("=", "<>") and piece.kind == "operator":
            left, right = _beside(pieces, at, reads)
            if left is not None and right is not None and left.nullable and right.nullable:
                new = "IS NOT DISTINCT FROM" if piece.text == "=" else "IS DISTINCT FROM"
                yield at, new, at + 1, f"{piece.text} → {new}"


def _always_matches(
    pieces: Sequence[Token], at: int, reads: Mapping[str, Mapping[str, ColumnKnown]]
) -> bool:
    """Whether the join is by a foreign key that is never null: inner and outer are then the same join."""
    for index in range(at + 1, len(pieces)):
        if pieces[index].text.lower() == "on":
            equals = next((i for i in range(index, len(pieces)) if pieces[i].text == "="), None)
            if equals is None or any(
                pieces[i].text.lower() in ("and", "or") for i in range(index, equals)
            ):
                return False
            after = _next_code(pieces, equals)
            end = _next_code(pieces, after + 2) if after is not None else None
            if end is not None and pieces[end].text.lower() in ("and", "or"):
                return False
            return any(
                one is not None and one.is_key and not one.nullable
                for one in _beside(pieces, equals, reads)
            )
        word = pieces[index].text.lower()
        if word in ("where", "using") or (word == "join" and pieces[at].text.lower() == "join"):
            return False
    return False


def _beside(
    pieces: Sequence[Token], at: int, reads: Mapping[str, Mapping[str, ColumnKnown]]
) -> tuple[ColumnKnown | None, ColumnKnown | None]:
    """The columns on both sides of an operator, where they are columns by themselves."""
    code = [i for i, one in enumerate(pieces) if one.kind not in ("space", "comment")]
    place = code.index(at)
    left = _column(pieces, code[place - 3], reads) if place >= 3 else None
    right = _column(pieces, code[place + 1], reads) if place + 1 < len(code) else None
    return left, right


def _previous(pieces: Sequence[Token], at: int) -> str:
    for index in range(at - 1, -1, -1):
        if pieces[index].kind not in ("space", "comment"):
            return pieces[index].text.lower()
    return ""


def _is_star(pieces: Sequence[Token], at: int) -> bool:
    """The * of `count(*)` and `v.*` is no multiplication."""
    following = _next_code(pieces, at)
    after = pieces[following].text.lower() if following is not None else ""
    return pieces[at].text == "*" and (pieces[at - 1].text in ".(" or after in ("", ",", "from"))


def _next_code(pieces: Sequence[Token], at: int) -> int | None:
    for index in range(at + 1, len(pieces)):
        if pieces[index].kind not in ("space", "comment"):
            return index
    return None
