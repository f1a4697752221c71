"""Owns the reading of SQL far enough to replace `:name`, part statements and name tokens.

A name inside a string, a quoted identifier, a dollar quote or a comment is text and stays; so does
the second colon of a cast. Knows no rule and no meaning.
"""

import re
from collections.abc import Container, Iterator, Mapping
from dataclasses import dataclass

_TOKEN = re.compile(
    r"""
      (?P<comment> --[^\n\r]* | /\*)
    | (?P<quoted>
          [eE]'(?:[^'\\]|\\.|'')*'(?:\s*\n\s*'(?:[^'\\]|\\.|'')*')*  # E'a' and its next lines
        | '(?:[^']|'')*'
        | "(?:[^"]|"")*"
        | \$(?P<tag>(?:[^\W\d]\w*)?)\$.*?\$(?P=tag)\$
      )
    | (?P<word> [^\W\d][\w$]*)   # neither its last e nor its $ opens a string
    | (?P<number> \d[\w.]*)
    | (?P<space> \s+)
    | (?P<name> (?<!:) :[a-z][a-z0-9_]*)
    | (?P<parenthesis> [()])
    | (?P<semicolon> ;)
    | (?P<operator> :: | <> | != | <= | >= | \|\| | [^'"$] | \$(?=\d))
    """,
    re.VERBOSE | re.DOTALL,
)
_COMMENT_EDGE = re.compile(r"/\*|\*/")


class SqlTextError(ValueError):
    """A text that cannot be read or bound: what is wrong, with its line."""


@dataclass(frozen=True)
class Token:
    """A piece of SQL: `kind` is the group of the expression above that read it."""

    kind: str
    text: str
    line: int


def bind(query: str, literals: Mapping[str, str], others: Container[str] = ()) -> str:
    """The query with each `:name` replaced by `literals[name]`, which must be SQL already.

    `others` are names that stay as they are. Raises SqlTextError for a name without a literal, a
    literal without its name, text that does not end (string, comment, parenthesis), and a
    semicolon: one rule is one SELECT.
    """
    pieces: list[str] = []
    used: set[str] = set()
    for token in tokens(query):
        name = token.text[1:]
        if token.kind == "semicolon":
            raise SqlTextError(f"line {token.line}: one SELECT without a semicolon is expected")
        if token.kind == "name" and name in literals:
            used.add(name)
            pieces.append(literals[name])
        elif token.kind != "name" or name in others:
            pieces.append(token.text)
        else:
            raise SqlTextError(f"line {token.line}: :{name} is not a parameter of the manifest")
    unused = sorted(set(literals) - used)
    if unused:
        raise SqlTextError(f"parameter {unused[0]} is not used: no :{unused[0]} in the query")
    return "".join(pieces)


def statements(text: str, *, bodies: bool = False) -> list[str]:
    """The statements that semicolons part, without semicolons and comments, none empty.

    `bodies`: the semicolons of a function's BEGIN ATOMIC … END part nothing.
    """
    parts: list[list[str]] = [[]]
    depth, before = 0, ""
    for token in tokens(text):
        if bodies and token.kind == "word":
            word = token.text.lower()
            if depth:
                depth += {"case": 1, "end": -1}.get(word, 0)
            elif (before, word) == ("begin", "atomic"):
                depth = 1
            before = word
        if token.kind == "semicolon" and not depth:
            parts.append([])
        else:
            parts[-1].append(" " if token.kind == "comment" else token.text)
    return [part for part in ("".join(pieces).strip() for pieces in parts) if part]


def unqualified(text: str, schemas: Container[str]) -> str:
    """The text without `schema.` before the names of these schemas, also where a literal begins so."""
    pieces = list(tokens(text))
    said: list[str] = []
    at = 0
    while at < len(pieces):
        one = pieces[at]
        begins = not said or said[-1] != "."
        is_name = begins and (one.kind == "word" or one.text.startswith('"'))
        if is_name and one.text.strip('"') in schemas and _text(pieces, at + 1) == ".":
            at += 2
            continue
        schema, dot, name = one.text[1:].partition(".")
        if one.kind == "quoted" and one.text[0] == "'" and dot and schema in schemas:
            said.append(f"'{name}")
        else:
            said.append(one.text)
        at += 1
    return "".join(said)


def _text(pieces: list[Token], at: int) -> str:
    return pieces[at].text if at < len(pieces) else ""


def tokens(text: str) -> Iterator[Token]:
    """The pieces that together are the text. Raises SqlTextError when one of them never ends."""
    position, depth, line = 0, 0, 1
    while position < len(text):
        match = _TOKEN.match(text, position)
        if match is None:
            raise SqlTextError(f"line {line}: what is quoted from here on never ends")
        kind = next(kind for kind in _KINDS if match[kind] is not None)
        end = _comment_end(text, position, line) if match[0] == "/*" else match.end()
        if kind == "parenthesis":
            depth += 1 if match[0] == "(" else -1
        if depth < 0:
            raise SqlTextError(f"line {line}: this parenthesis closes nothing")
        yield Token(kind, text[position:end], line)
        line += text.count("\n", position, end)
        position = end
    if depth:
        raise SqlTextError(f"{depth} parenthesis left open at the end")


_KINDS = tuple(kind for kind in _TOKEN.groupindex if kind != "tag")


def _comment_end(text: str, start: int, line: int) -> int:
    """PostgreSQL's comments nest."""
    depth = 0
    for edge in _COMMENT_EDGE.finditer(text, start):
        depth += 1 if edge.group() == "/*" else -1
        if depth == 0:
            return edge.end()
    raise SqlTextError(f"line {line}: a comment that starts here never ends")
