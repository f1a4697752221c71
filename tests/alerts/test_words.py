"""A note says something that can be seen, in the form and past it."""

import pytest
from django.db import IntegrityError

from alerts.models import Cause, Decision
from alerts.services import Resolution, alert_acknowledge, alert_reopen, alert_resolve, comment_add
from governance.core.identity.acting import acting_as_user
from governance.core.identity.roles import Role
from governance.desk.forms import AckForm, CommentForm, ReopenForm
from tests.alerts.make import alert, finding, take_in
from tests.conftest import make_user

NOTHING = [
    "",
    " \n\t",
    "\u200b",
    "\u00a0\u2060\ufeff\u200d",
    "\u0301",
    "\u2800",
    "\u3164",
    "\u00ad\u202e",
]


@pytest.mark.parametrize("text", NOTHING)
def test_a_form_takes_no_note_that_nobody_can_see(text):
    assert not ReopenForm({"version": 1, "note": text}).is_valid()
    assert not CommentForm({"body": text}).is_valid()
    ack = AckForm({"version": 1, "note": text})
    assert ack.is_valid()
    assert ack.cleaned_data["note"] == ""


@pytest.mark.parametrize("text", ["vu", "?", "\u200bx", "e\u0301", "👍🏽", "見た", "7"])
def test_a_form_takes_what_can_be_seen_as_it_was_typed(text):
    form = CommentForm({"body": text})
    assert form.is_valid()
    assert form.cleaned_data["body"] == text


def test_the_services_take_none_either(db):
    director = make_user("directeur", {"depot": Role.DIRECTEUR})
    take_in([finding()])
    one, unseen = alert().pk, "\u200b\u2060"
    resolution = Resolution(note=unseen, cause=Cause.AUTRE, decision=Decision.CORRIGE)
    with acting_as_user(director.pk), pytest.raises(IntegrityError):
        comment_add(alert_id=one, body=unseen)
    with acting_as_user(director.pk), pytest.raises(IntegrityError):
        alert_resolve(alert_id=one, version=1, resolution=resolution)
    with acting_as_user(director.pk):
        assert alert_acknowledge(alert_id=one, version=1, note=unseen).acknowledgement_note is None
    with acting_as_user(director.pk), pytest.raises(IntegrityError):
        alert_reopen(alert_id=one, version=2, note=unseen)
