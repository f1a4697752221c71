"""Owns the wrong versions of a rule that its proof must tell from the right one.

A mutant is one small change of query.sql or of a threshold. Knows no connection.
"""

from collections.abc import Iterator, Sequence
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
_CONDITION_STARTS = {"where", "on", "and", "or", "when", "having"}
_CONDITION_ENDS = _CONDITION_STARTS | {
    *("then", "group", "order", "left", "join", "cross", "union", "limit", "window", "offset"),
}


@dataclass(frozen=True)
class Mutant:
    """A rule that is wrong in one place: the SQL of its branch, and how to find the place."""

    change: str
    line: int  # of query.sql; 0 for a threshold
    sql: str
    excuse: str


def mutants(rule: Rule) -> list[Mutant]:
    """Every mutant of a rule, thresholds first. Those that PostgreSQL refuses are among them."""
    return [*_threshold_mutants(rule), *_query_mutants(rule)]


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


def _query_mutants(rule: Rule) -> Iterator[Mutant]:
    pieces = list(tokens(rule.query))
    excuses = {
        piece.line: piece.text.split(EXCUSE, 1)[1].strip()
        for piece in pieces
        if piece.kind == "comment" and EXCUSE in piece.text
    }
    for at, new, upto, change in _changes(pieces):
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


def _changes(pieces: Sequence[Token]) -> Iterator[tuple[int, str, int, str]]:
    """(index, new text, index after the replaced pieces, description) of each change."""
    for at, piece in enumerate(pieces):
        word = piece.text.lower()
        if piece.kind == "operator":
            for new in _OPERATORS.get(piece.text, ()):
                if not _is_star(pieces, at):
                    yield at, new, at + 1, f"{piece.text} → {new}"
        elif piece.kind == "word" and word in _WORDS:
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
    for new in ("1",) if text == "0" else ("0", f"{text} * 10"):
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
    yield at, f"{word} {void} ", end, f"{word} {condition[:60]} → {void}"


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
