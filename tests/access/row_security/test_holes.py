"""Forty planted holes are found by name, and sound policies are left alone; the source is not even read.

The suite takes a part of the sound cases; `RLS_CASES=all` takes all two hundred.
"""

import os
import re

from governance.access.row_security.audit import audit
from governance.access.row_security.findings import LEAK, Finding
from tests.access.row_security.conftest import HERE, Shop, owned
from tests.access.row_security.sound import SHAPES, SPELLINGS, sound_cases

FINDING = re.compile(r"-- finding: (\w+)")
SPELLED = len(SPELLINGS) if os.environ.get("RLS_CASES") == "all" else 2
MINUTE_S = 60
PROBE = """
CREATE FUNCTION probe() RETURNS uuid LANGUAGE plpgsql SECURITY DEFINER SET search_path = '' AS $$
BEGIN PERFORM pg_catalog.pg_read_file('/etc/hostname'); RETURN auth.uid(); END $$;
CREATE POLICY probed ON notes AS RESTRICTIVE FOR SELECT TO authenticated USING (owner_id = probe());
"""


def holes() -> dict[str, str]:
    return {file.stem: file.read_text() for file in sorted((HERE / "holes").glob("*.sql"))}


def names(finding: Finding, case: str) -> bool:
    """Whether a finding is about a case: its schema, or a role that it made."""
    return finding.object.split(".")[0] == case or case in f"{finding.object} {finding.detail}"


def test_holes_are_found_by_name_and_sound_policies_left_alone(shop: Shop) -> None:
    planted, sound = holes(), dict(sound_cases(SPELLED))
    assert (len(planted), len(sound)) == (40, len(SHAPES) * SPELLED)
    shop.add([*planted.items(), *sound.items()])
    before = shop.touched()
    report = audit(shop.dsn)
    assert shop.touched() == before
    assert report.seconds < MINUTE_S
    missed = {
        case: wanted
        for case, text in planted.items()
        if (wanted := FINDING.match(text)[1])  # type: ignore[index]
        not in {one.code for one in report.findings if names(one, case)}
    }
    assert missed == {}  # 38 would do
    alarms = [one for one in report.findings if one.object.split(".")[0] in sound]
    assert alarms == []
    # Not by looking away: everything was tried, and each shape shows somebody his own rows.
    assert [one.object for one in report.unknowns] == ["foreign_table.remote"]
    seen = {key.split(".")[0] for key, state in report.matrix.items() if state == "own"}
    assert set(sound) - seen == {f"nobody_comes_in_{number}" for number in range(SPELLED)}


def test_by_behaviour_alone(shop: Shop) -> None:
    """True without an identity is a leak, told with how to see it; what cannot be tried is not passed."""
    with shop.pg.superuser(shop.name) as connection:
        connection.execute("CREATE EXTENSION vector")  # an extension that a copy has not
    colours = "CREATE TABLE colours (name text PRIMARY KEY); GRANT SELECT ON colours TO anon;"
    shop.add(
        [
            ("app", holes()["no_identity_or_owner"]),
            ("sums", owned("ALTER TABLE notes ADD embedding vector(3);")),
            ("common", colours),
            ("probing", owned(PROBE)),
        ]
    )
    report = audit(shop.dsn, text=False)
    assert {(one.code, one.role, one.identity, one.verb) for one in report.findings} == {
        (LEAK, "authenticated", "none", verb) for verb in ("SELECT", "INSERT", "UPDATE", "DELETE")
    }
    (read,) = (one for one in report.findings if one.verb == "SELECT")
    assert (read.object, read.count) == ("app.notes", 2)
    assert read.statement.startswith("BEGIN;\n")
    assert read.statement.endswith("\nROLLBACK;")
    assert {(one.object, one.reason) for one in report.unknowns} == {
        ("sums.notes", 'type "public.vector" does not exist'),
        ("common.colours", "rien ne dit à qui sont ses lignes"),
    }
    assert report.matrix["sums.notes|authenticated|SELECT"] == "unknown"
    assert report.matrix["common.colours|anon|SELECT"] == "unknown"
    assert report.matrix["common.colours|anon|DELETE"] == "refused"
    # A function of the source is somebody's text: on the copy it is no superuser's.
    assert report.matrix["probing.notes|authenticated|SELECT"] == "refused"
    assert report.exit_code == 1
