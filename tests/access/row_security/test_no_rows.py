"""A table that holds no row tells nobody who reads it: nothing of it is called refused."""

import pytest

from governance.access.row_security.audit import audit
from tests.access.row_security.conftest import Shop

# Nobody owns the first, and no word of ours fits its check; the second tells whose by its site.
HOUSE = r"""
CREATE TABLE journeys (sheet text PRIMARY KEY CHECK (sheet ~ '^F-[0-9]+$'), litres numeric NOT NULL);
CREATE TABLE arrivals (
    slip text PRIMARY KEY, sheet text REFERENCES journeys, site text NOT NULL,
    state text NOT NULL CHECK (state IN ('valid', 'refused'))
);
CREATE VIEW of_journeys AS SELECT sheet FROM journeys;
ALTER TABLE arrivals ENABLE ROW LEVEL SECURITY;
ALTER TABLE arrivals FORCE ROW LEVEL SECURITY;
CREATE POLICY of_the_site ON arrivals TO anon USING (site = current_setting('house.site', true));
GRANT SELECT, UPDATE ON journeys, arrivals, of_journeys TO anon;
"""


def test_what_could_not_be_filled_is_unknown_and_names_the_check(shop: Shop) -> None:
    shop.add([("house", HOUSE)])
    report = audit(shop.dsn, roles=["anon"])
    states = {
        name.removeprefix("house."): state
        for name, state in report.matrix.items()
        if name.startswith("house.") and "|anon|" in name
    }
    assert {name: states[name] for name in states if states[name] != "refused"} == {
        "journeys|anon|SELECT": "unknown",
        "journeys|anon|UPDATE": "unknown",
        "of_journeys|anon|SELECT": "unknown",
        "of_journeys|anon|UPDATE": "unknown",
        "arrivals|anon|SELECT": "own",
        "arrivals|anon|UPDATE": "own",
    }
    (words,) = {one.reason for one in report.unknowns if one.object == "house.journeys"}
    assert "journeys_sheet_check" in words


@pytest.mark.parametrize(
    "condition",
    [
        "current_setting('house.site', true) = site",
        "site = NULLIF(current_setting('house.site', true), '')",
        "site = ANY (string_to_array(current_setting('house.site', true), ','))",
        "current_setting('house.site', true)::text = site",
    ],
)
def test_a_setting_that_a_policy_compares_says_who_asks(shop: Shop, condition: str) -> None:
    shop.add([("house", HOUSE.replace("site = current_setting('house.site', true)", condition))])
    report = audit(shop.dsn, roles=["anon"])
    assert report.matrix["house.arrivals|anon|SELECT"] == "own"
