"""What lies beneath a view is evidence: operators, casts, types, collations, dictionaries, stored results."""

# ruff: noqa: F811 - fixtures
import threading
import time

import psycopg
import pytest

from integrity.scans.models import ScanOutcome
from integrity.scans.scan import scan_run
from integrity.sources import evidence
from integrity.sources.connections import source_transaction
from integrity.sources.evidence import evidence_parse, evidence_read
from tests.scans.test_eyes import bank, causes, drift  # noqa: F401 - a fixture
from tests.sources.test_hostile import view

pytestmark = pytest.mark.django_db

READABLE = "; GRANT SELECT ON v_integrity_checks TO depot_reader"


def body(says: str) -> str:
    """A function that says whether a row is an anomaly, in a body that no catalogue explains."""
    return (
        "CREATE FUNCTION judged(t text) RETURNS boolean LANGUAGE plpgsql STABLE AS"
        f" $$ BEGIN {says} END $$;" + view(where="judged(id)")
    )


def function(name: str, arguments: str, says: str, returns: str = "boolean") -> str:
    return (
        f"CREATE OR REPLACE FUNCTION {name}({arguments}) RETURNS {returns}"
        f" LANGUAGE sql IMMUTABLE AS '{says}'"
    )


SAME = function("same", "text, text", "SELECT $1 = $2")
OTHER = function("other", "text, text", "SELECT $1 <> $2")
LOOKS = function("looks", "loans", "SELECT $1.id", "text")
# Not in SQL: such a body is put into the query before its opposite is looked for.
OPAQUE = SAME.replace("LANGUAGE sql", "LANGUAGE plpgsql").replace(
    "'SELECT $1 = $2'", "'BEGIN RETURN $1 = $2; END'"
)

# name: what is there first, what is done then, the parts that moved
BENEATH = {
    "the function of an operator": (
        f"{SAME}; CREATE OPERATOR === (leftarg = text, rightarg = text, function = same);"
        + view(where="NOT (id === 'none')"),
        function("same", "text, text", "SELECT true"),
        {"FUNCTION public.same(text,text)"},
    ),
    "another operator of that sign, in a body": (
        f"{SAME}; CREATE OPERATOR === (leftarg = text, rightarg = text, function = same);"
        + body("RETURN NOT t === 'none';"),
        f"DROP OPERATOR === (text, text); {OTHER};"
        "CREATE OPERATOR === (leftarg = text, rightarg = text, function = other)",
        {"FUNCTION public.other(text,text)", "FUNCTION public.same(text,text)"}
        | {"OPERATOR public.===(text,text)"},
    ),
    "an operator that is said to be the opposite": (
        f"{OPAQUE}; CREATE OPERATOR === (leftarg = text, rightarg = text, function = same);"
        + view(where="NOT (id === 'none')"),
        f"{function('never', 'text, text', 'SELECT false')};"
        "CREATE OPERATOR !== (leftarg = text, rightarg = text, function = never, negator = ===)",
        {"FUNCTION public.never(text,text)", "OPERATOR public.!==(text,text)"}
        | {"OPERATOR public.===(text,text)"},
    ),
    "a cast that a body makes": (
        f"{LOOKS}; CREATE CAST (loans AS text) WITH FUNCTION looks(loans);"
        + body("RETURN (SELECT l::text FROM loans AS l WHERE l.id = t) = t;"),
        "DROP CAST (loans AS text)",
        {"CAST public.loans as text", "FUNCTION public.looks(public.loans)"},
    ),
    "the function of a cast": (
        f"{LOOKS}; CREATE CAST (loans AS text) WITH FUNCTION looks(loans);"
        + view(where="loans::text = id"),
        LOOKS.replace("$1.id", "NULL::text"),
        {"FUNCTION public.looks(public.loans)"},
    ),
    "a text search configuration": (
        "CREATE TEXT SEARCH CONFIGURATION words (COPY = pg_catalog.simple);"
        + view(where="to_tsvector('words'::regconfig, id) @@ to_tsquery('simple', id)"),
        "ALTER TEXT SEARCH CONFIGURATION words DROP MAPPING FOR numword",
        {"TEXT SEARCH public.words"},
    ),
    "a text search configuration that a body names": (
        "CREATE TEXT SEARCH CONFIGURATION words (COPY = pg_catalog.simple);"
        + body("RETURN to_tsvector('words', t) @@ to_tsquery('simple', t);"),
        "ALTER TEXT SEARCH CONFIGURATION words DROP MAPPING FOR numword",
        {"TEXT SEARCH public.words"},
    ),
    "a dictionary of a configuration": (
        "CREATE TEXT SEARCH DICTIONARY lexicon (TEMPLATE = simple);"
        "CREATE TEXT SEARCH CONFIGURATION words (COPY = pg_catalog.simple);"
        "ALTER TEXT SEARCH CONFIGURATION words ALTER MAPPING FOR numword WITH lexicon;"
        + view(where="to_tsvector('words'::regconfig, id) @@ to_tsquery('simple', id)"),
        "ALTER TEXT SEARCH DICTIONARY lexicon (ACCEPT = false)",
        {"DICTIONARY public.lexicon", "TEXT SEARCH public.words"},
    ),
    "a dictionary": (
        "CREATE TEXT SEARCH DICTIONARY lexicon (TEMPLATE = simple);"
        + view(where="ts_lexize('lexicon'::regdictionary, id) <> '{}'"),
        "ALTER TEXT SEARCH DICTIONARY lexicon (ACCEPT = false)",
        {"DICTIONARY public.lexicon"},
    ),
    "a dictionary that a body names": (
        "CREATE TEXT SEARCH DICTIONARY lexicon (TEMPLATE = simple);"
        + body("RETURN ts_lexize('lexicon', t) <> '{}';"),
        "ALTER TEXT SEARCH DICTIONARY lexicon (ACCEPT = false)",
        {"DICTIONARY public.lexicon"},
    ),
    "what a domain refuses": (
        "CREATE DOMAIN code AS text CHECK (value <> '');"
        + body("PERFORM t::code; RETURN true; EXCEPTION WHEN OTHERS THEN RETURN false;"),
        "ALTER DOMAIN code ADD CONSTRAINT short CHECK (length(value) < 2)",
        {"TYPE public.code"},
    ),
    "a function that a domain asks": (
        f"{function('fits', 'text', 'SELECT true')}; CREATE DOMAIN code AS text CHECK (fits(value));"
        + body("PERFORM t::code; RETURN true; EXCEPTION WHEN OTHERS THEN RETURN false;"),
        function("fits", "text", "SELECT false"),
        {"FUNCTION public.fits(text)"},
    ),
    "how long a domain is": (
        "CREATE DOMAIN code AS varchar(5);" + body("RETURN t::code = t;"),
        "DROP DOMAIN code; CREATE DOMAIN code AS varchar(1)",
        {"TYPE public.code"},
    ),
    "a domain of a domain": (
        "CREATE DOMAIN inner_code AS text; CREATE DOMAIN code AS inner_code;"
        + body("PERFORM t::code; RETURN true; EXCEPTION WHEN OTHERS THEN RETURN false;"),
        "ALTER DOMAIN inner_code ADD CONSTRAINT short CHECK (length(value) < 2)",
        {"TYPE public.inner_code"},
    ),
    "what a row type is made of": (
        "CREATE TYPE pair AS (a varchar(5));" + body("RETURN (ROW(t)::pair).a = t;"),
        "ALTER TYPE pair ALTER ATTRIBUTE a TYPE varchar(1)",
        {"TYPE public.pair"},
    ),
    "a collation that a body names": (
        "CREATE COLLATION letters (provider = builtin, locale = 'C.UTF-8');"
        + body("RETURN lower('É' COLLATE letters) = 'é';"),
        "DROP COLLATION letters; CREATE COLLATION letters (provider = libc, locale = 'C')",
        {"COLLATION public.letters"},
    ),
    "the collation of a column": (
        "CREATE TABLE named (id text, branch text COLLATE pg_c_utf8, severity text);"
        "INSERT INTO named SELECT id, 'É', severity FROM loans;"
        + view("named", where="lower(branch) = 'é'"),
        'DROP VIEW v_integrity_checks; ALTER TABLE named ALTER branch TYPE text COLLATE "C";'
        + view("named", where="lower(branch) = 'é'")
        + READABLE,
        {"TABLE public.named"},
    ),
    "a view below that became its own result": (
        "",
        "DROP VIEW v_integrity_checks, below1, below2; UPDATE loans SET late_days = -late_days;"
        "CREATE MATERIALIZED VIEW below2 AS SELECT * FROM loans; UPDATE loans SET late_days = -late_days;"
        "CREATE VIEW below1 AS SELECT * FROM below2 WHERE is_late(late_days);"
        + view("below1", where="true").replace(" WHERE true", "")
        + READABLE,
        {"VIEW public.below2"},
    ),
    "the view itself that became its own result": (
        view(where="late_days > 0"),
        "DROP VIEW v_integrity_checks; UPDATE loans SET late_days = -late_days;"
        + view(where="late_days > 0").replace("OR REPLACE", "MATERIALIZED")
        + READABLE
        + "; UPDATE loans SET late_days = -late_days",
        {"VIEW public.v_integrity_checks"},
    ),
    "a function whose name is no word, in a body": (
        function('"is ""late"""', "", "SELECT true") + ";" + body('RETURN "is ""late"""();'),
        function('"is ""late"""', "", "SELECT false"),
        {'FUNCTION public."is ""late"""()'},
    ),
    "one of two functions whose names differ by a line break": (
        function('"is late"', "", "SELECT true")
        + ";"
        + function('"is\nlate"', "", "SELECT true")
        + ";"
        + view(where='"is late"() AND "is\nlate"()'),
        function('"is\nlate"', "", "SELECT false"),
        {'FUNCTION public."is\\nlate"()'},
    ),
}


@pytest.mark.parametrize(("before", "harm", "named"), BENEATH.values(), ids=BENEATH)
def test_what_moved_beneath_is_told_and_nothing_is_called_mended(bank, before, harm, named):
    if before:
        bank.execute(before)
    assert scan_run(source="banque").rows == 4
    bank.execute(harm)

    done = scan_run(source="banque")

    assert (done.outcome, done.rows, done.closed, done.held) == (ScanOutcome.COMPLETE, 0, 0, 4)
    assert named == set(drift().payload["moved"])
    assert causes() == {}


# Two functions: while the first waits, somebody changes what the second says.
WAITS = """
CREATE FUNCTION waits() RETURNS boolean LANGUAGE plpgsql STABLE AS
  $$ BEGIN PERFORM pg_sleep(0.2); PERFORM count(*) FROM other_table; RETURN true; END $$;
CREATE TABLE other_table (a int);
CREATE FUNCTION gate(t text) RETURNS boolean LANGUAGE plpgsql STABLE AS $$ BEGIN RETURN true; END $$;
"""
GATE = (
    "CREATE OR REPLACE FUNCTION gate(t text) RETURNS boolean LANGUAGE plpgsql STABLE AS"
    " $$ BEGIN RETURN {}; END $$"
)


@pytest.mark.parametrize("back", [False, True])
def test_what_changes_while_it_is_read_fails_the_scan(bank, pg, monkeypatch, back):
    """Also when it is back before the end: functions know no lock, and run as they are now."""
    bank.execute(WAITS + view(where="waits() AND gate(id)"))
    assert scan_run(source="banque").rows == 4
    read = evidence.evidence_read

    def then_changed(connection):
        found = read(connection)
        if not swapped.is_alive() and swapped.ident is None:
            swapped.start()
            time.sleep(0.1)
        return found

    def swap():
        with psycopg.connect(pg.dsn(bank.info.dbname, "depot_owner"), autocommit=True) as owner:
            owner.execute(GATE.format("t <> 'p1'"))
            if back:
                time.sleep(1.2)
                owner.execute(GATE.format("true"))

    swapped = threading.Thread(target=swap)
    monkeypatch.setattr("integrity.scan.evidence_read", then_changed)
    done = scan_run(source="banque")
    swapped.join()

    assert (done.outcome, done.closed) == (ScanOutcome.FAILED, 0)
    assert causes() == {}


def test_a_name_with_a_line_break_reads_back(bank):
    bank.execute(function('"a\\ \n b"', "", "SELECT true") + ";" + view(where='"a\\ \n b"()'))
    with source_transaction("banque") as source:
        found = evidence_read(source)
    assert 'FUNCTION public."a\\\\ \\n b"()' in found.parts
    assert evidence_parse(found.text).parts == found.parts
