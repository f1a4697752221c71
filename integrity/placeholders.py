"""Owns the reading of a query far enough to replace `:name` safely; knows no rule and no type.

A name inside a string, a quoted identifier, a dollar quote or a comment is text and stays; so does
the second colon of a cast.
"""

import re
from collections.abc import Iterator, Mapping

_TOKEN = re.compile(
    r"""
      (?P<opaque>
          --[^\n]*
        | [eE]'(?:[^'\\]|\\.|'')*'(?:\s*\n\s*'(?:[^'\\]|\\.|'')*')*  # E'a' and its next lines
        | '(?:[^']|'')*'
        | "(?:[^"]|"")*"
        | \$(?P<tag>(?:[^\W\d]\w*)?)\$.*?\$(?P=tag)\$
        | [^\W\d][\w$]*          # a word, so that neither its last e nor its $ opens a string
        | \d[\w.$]*
        | ::
        | [^:;'"$()/]
        | /(?!\*)
        | \$(?=\d)
      )
    | (?P<comment>/\*)
    | :(?P<name>[a-z][a-z0-9_]*)
    | (?P<colon>:)
    | (?P<parenthesis>[()])
    | (?P<semicolon>;)
    """,
    re.VERBOSE | re.DOTALL,
)
_COMMENT_EDGE = re.compile(r"/\*|\*/")


class PlaceholderError(ValueError):
    """A query that cannot be bound: what is wrong, with its line."""


def bind(query: str, literals: Mapping[str, str]) -> str:
    """The query with each `:name` replaced by `literals[name]`, which must be SQL already.

    Raises PlaceholderError for a name without a literal, a literal without its name, text that does
    not end (string, comment, parenthesis), and a semicolon: one rule is one SELECT.
    """
    pieces: list[str] = []
    used: set[str] = set()
    for text, name, line in _tokens(query):
        if name is None:
            pieces.append(text)
        elif name in literals:
            used.add(name)
            pieces.append(literals[name])
        else:
            raise PlaceholderError(f"line {line}: :{name} is not a parameter of the manifest")
    unused = sorted(set(literals) - used)
    if unused:
        raise PlaceholderError(f"parameter {unused[0]} is not used: no :{unused[0]} in the query")
    return "".join(pieces)


def _tokens(query: str) -> Iterator[tuple[str, str | None, int]]:
    """Text, placeholder name if it is one, and line of each token."""
    position, depth = 0, 0
    while position < len(query):
        line = query.count("\n", 0, position) + 1
        match = _TOKEN.match(query, position)
        if match is None:
            raise PlaceholderError(f"line {line}: what is quoted from here on never ends")
        end = _comment_end(query, position, line) if match["comment"] else match.end()
        if match["semicolon"]:
            raise PlaceholderError(f"line {line}: one SELECT without a semicolon is expected")
        if match["parenthesis"]:
            depth += 1 if match["parenthesis"] == "(" else -1
        if depth < 0:
            raise PlaceholderError(f"line {line}: this parenthesis closes nothing")
        yield query[position:end], match["name"], line
        position = end
    if depth:
        raise PlaceholderError(f"{depth} parenthesis left open at the end")


def _comment_end(query: str, start: int, line: int) -> int:
    """PostgreSQL's comments nest."""
    depth = 0
    for edge in _COMMENT_EDGE.finditer(query, start):
        depth += 1 if edge.group() == "/*" else -1
        if depth == 0:
            return edge.end()
    raise PlaceholderError(f"line {line}: a comment that starts here never ends")
