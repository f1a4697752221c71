"""What the console keeps of what stood (alert_mark) is compared with the ledger whenever that is verified."""

from datetime import timedelta

from tests.alerts.make import NOW, finding, take_in
from tests.history.test_replay import mark
from tests.ledger.conftest import run_verify

ALTERED = {
    "altered": "UPDATE alert_mark SET alerts = alerts[2:] WHERE seq = {second} AND concerns = 'depot'",
    "one source's removed": "DELETE FROM alert_mark WHERE seq = {second} AND concerns = 'depot'",
    "removed from the middle": "DELETE FROM alert_mark WHERE seq = {second}",
    "invented": "INSERT INTO alert_mark SELECT 999999999, concerns, {third}, alerts FROM alert_mark"
    " WHERE seq = {third}",
    "twice": "UPDATE alert_mark SET alerts = alerts || alerts WHERE seq = {second}",
}


def test_a_mark_that_somebody_altered_is_a_broken_ledger(fresh_console, pg):
    marks = []
    for minute in range(3):
        take_in(
            [finding(f"e{n}") for n in range(4 + 4 * minute)],
            taken_at=NOW + timedelta(minutes=minute),
        )
        marks.append(mark(1))
    named = dict(zip(("first", "second", "third"), marks, strict=True))
    assert run_verify()[0] == 0
    for what, statement in ALTERED.items():
        with pg.superuser(fresh_console) as hand:
            hand.execute("CREATE TABLE kept AS TABLE alert_mark")
            hand.execute(statement.format(**named))
        code, text = run_verify()
        assert (code, "ce que la console en a retenu" in text) == (1, True), what
        with pg.superuser(fresh_console) as hand:
            hand.execute("TRUNCATE alert_mark")
            hand.execute("INSERT INTO alert_mark TABLE kept")
            hand.execute("DROP TABLE kept")
    with pg.superuser(fresh_console) as hand:  # the way back: they are written again
        hand.execute("TRUNCATE alert_mark")
    while mark(1):
        pass
    assert run_verify()[0] == 0
