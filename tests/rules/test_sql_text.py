"""Only what PostgreSQL itself would read as code is replaced."""

import psycopg
import pytest

from integrity.rules.sql_text import SqlTextError, bind, statements, tokens, unqualified
from tests.conftest import Postgres

LITERALS = {"x": "42"}

# (query, what it gives when it runs): the same text is bound here and judged by PostgreSQL.
CASES = [
    ("SELECT :x::text", "42"),
    ("SELECT ':x' || :x", ":x42"),
    ("SELECT 'it''s :x' || :x", "it's :x42"),
    ("SELECT E'a\\' :x' || :x", "a' :x42"),
    ("SELECT e'\\\\' || :x", "\\42"),
    ("SELECT E'a'\n  'b\\' :x' || :x", "ab' :x42"),
    ("SELECT 'a\\' || :x", "a\\42"),
    ("SELECT $$ :x ' $$ || :x", " :x ' 42"),
    ("SELECT $t$ $$ :x $t$ || :x", " $$ :x 42"),
    ("SELECT $é$:x$é$ || :x", ":x42"),
    ('SELECT ":x"::text || :x FROM (SELECT 1 AS ":x") AS q', "142"),
    ('SELECT "a"" :x"::text || :x FROM (SELECT 1 AS "a"" :x") AS q', "142"),
    ("SELECT :x::text -- :x ' never ends", "42"),
    ("SELECT /* :x ' */ :x::text", "42"),
    ("SELECT /* a /* :x */ ' */ :x::text", "42"),
    ("SELECT (ARRAY[7, 8, 9])[2 : 3]::text || :x", "{8,9}42"),
    ("SELECT 8 / 2 || :x::text", "442"),
    ("SELECT name$x || :x FROM (SELECT 'a$b' AS name$x) AS q", "a$b42"),
    ("SELECT U&'\\00e9 :x' || :x", "é :x42"),
    ("SELECT (SELECT ((:x)))::text", "42"),
]


@pytest.mark.parametrize(("query", "expected"), CASES)
def test_binding(pg: Postgres, query: str, expected: str) -> None:
    with pg.superuser() as connection:
        row = connection.execute(bind(query, LITERALS)).fetchone()
    assert row == (expected,)


@pytest.mark.parametrize(
    ("query", "message"),
    [
        ("SELECT 1,\n :y, :x", "line 2: :y is not a parameter"),
        ("SELECT ':x'", "parameter x is not used"),
        ("SELECT :x -- :x\n/* :x", "line 2: a comment that starts here"),
        ("SELECT :x, 'abc", "line 1: what is quoted"),
        ('SELECT :x, "abc', "line 1: what is quoted"),
        ("SELECT :x,\n\n $$abc", "line 3: what is quoted"),
        ("SELECT :x; DROP TABLE t", "line 1: one SELECT"),
        ("SELECT (:x", "1 parenthesis left open"),
        ("SELECT :x) UNION (SELECT 1", "line 1: this parenthesis closes nothing"),
        ("SELECT (ARRAY[7, 8])[1:x]", None),
    ],
)
def test_refusals(query: str, message: str | None) -> None:
    if message is None:
        # A slice without spaces reads as a placeholder, for PostgreSQL's users too (see psql).
        assert bind(query, LITERALS) == "SELECT (ARRAY[7, 8])[142]"
        return
    with pytest.raises(SqlTextError, match=message):
        bind(query, LITERALS)


def test_a_replaced_text_is_not_read_again() -> None:
    assert bind("SELECT :a, :b", {"a": "':b'", "b": "2"}) == "SELECT ':b', 2"


@pytest.mark.parametrize("text", ["it's", "a\\b", "$$", "-- x", ":seuil", "é\u00a0{}", "%s %%"])
def test_a_text_parameter_arrives_as_it_is(pg: Postgres, text: str) -> None:
    from integrity.rules.wording_sql import literal

    with psycopg.connect(pg.dsn("postgres")) as connection:
        row = connection.execute(bind("SELECT :t::text", {"t": literal(text)})).fetchone()
    assert row == (text,)


def test_statements_are_parted_where_postgresql_parts_them() -> None:
    text = "INSERT ';' -- ;\n; /* ; */ ;SELECT $$;$$\n;"
    assert statements(text) == ["INSERT ';'", "SELECT $$;$$"]


@pytest.mark.parametrize("query", [case[0] for case in CASES])
def test_the_pieces_are_the_text(query: str) -> None:
    assert "".join(token.text for token in tokens(query)) == query


def test_a_schema_is_left_out_where_it_names_one() -> None:
    for text, said in (
        ("SELECT v.x FROM transit.voyages AS v", "SELECT v.x FROM voyages AS v"),
        ('INSERT INTO "transit"."Odd"', 'INSERT INTO "Odd"'),
        ("nextval('transit.seq'::regclass)", "nextval('seq'::regclass)"),
        ("SELECT 'en transit.', transit FROM other.transit", None),
        ("SELECT a.transit.field -- transit.voyages", None),
    ):
        assert unqualified(text, {"transit"}) == (said or text)
