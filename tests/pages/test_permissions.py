"""Role × page and method × page: every address of the console stands here, or this file fails."""

import uuid
from contextlib import contextmanager
from datetime import timedelta
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
from django.db import transaction
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver
from django.utils import timezone

from governance.core.identity.acting import acting_as_system, acting_as_user
from governance.core.identity.models import Delegation, SourceRole
from governance.core.identity.roles import ALLOWED, Permission, Role
from governance.desk.models import SavedFilter
from governance.notifications.acting.links import token
from governance.notifications.routing.models import NotificationRoute
from tests.alerts.make import alert, finding, take_in
from tests.conftest import account, make_user
from tests.schedule.make import scanned

pytestmark = pytest.mark.django_db

GONE = uuid.UUID(int=0)
RESOLVE = {"version": 1, "note": "n", "cause": "AUTRE", "decision": "CORRIGE"}

# address -> (permission, methods that it answers, body of a good POST); an address that asks more for one
# method says so: {"GET": Permission.VIEW, "POST": Permission.ACT}
Asked = Permission | dict[str, Permission]
GUARDED: dict[str, tuple[Asked, tuple[str, ...], dict[str, Any]]] = {
    "governance": (Permission.VIEW, ("GET", "HEAD"), {}),
    "governance/integrity": (Permission.VIEW, ("GET", "HEAD"), {}),
    "governance/alerts/<uuid:alert_id>": (Permission.VIEW, ("GET", "HEAD"), {}),
    "governance/entities/<str:source>/<str:entity_type>/<path:entity_id>": (
        Permission.VIEW,
        ("GET", "HEAD"),
        {},
    ),
    "governance/alerts/<uuid:alert_id>/ack": (Permission.ACT, ("POST",), {"version": 1}),
    "governance/alerts/<uuid:alert_id>/resolve": (Permission.ACT, ("POST",), RESOLVE),
}
GUARDED |= {
    "governance/history": (Permission.HISTORY, ("GET", "HEAD"), {}),
    "governance/history/attention": (Permission.HISTORY, ("GET", "HEAD"), {}),
    "governance/history/export.csv": (Permission.HISTORY, ("POST",), {}),
    "governance/history/export.jsonl": (Permission.HISTORY, ("POST",), {}),
    "governance/ledger": (Permission.HISTORY, ("GET", "HEAD"), {}),
    "governance/rapport": (Permission.HISTORY, ("GET", "HEAD"), {}),
    "governance/rapport/keep": (Permission.HISTORY, ("POST",), {}),
    "governance/ledger/verify": (Permission.HISTORY, ("POST",), {}),
}
GUARDED |= {
    "governance/integrity/bulk": (
        Permission.ACT,
        ("POST",),
        {"action": "ack", "selected": "<uuid:alert_id>:1", "confirmed": "all"},
    ),
    "governance/looked": (Permission.VIEW, ("POST",), {"at": "2026-01-01T00:00:00Z"}),
    "governance/integrity/export.csv": (Permission.VIEW, ("POST",), {}),
    "governance/integrity/export.json": (Permission.VIEW, ("POST",), {}),
    "governance/integrity/density": (Permission.VIEW, ("POST",), {"density": "compact"}),
    "governance/alerts/<uuid:alert_id>/assign": (
        Permission.COMMENT,
        ("POST",),
        {"version": 1, "assignee": "<gerant>"},
    ),
    "governance/alerts/<uuid:alert_id>/reopen": (
        Permission.ACT,
        ("POST",),
        {"version": "2", "note": "trop vite"},  # of an alert that was acknowledged
    ),
    "governance/alerts/<uuid:alert_id>/comment": (Permission.COMMENT, ("POST",), {"body": "vu"}),
    "governance/access": (Permission.ADMINISTER, ("GET", "HEAD"), {}),
    "governance/delegations": (Permission.VIEW, ("GET", "HEAD"), {}),
    "governance/delegations/lend": (
        Permission.ACT,
        ("POST",),
        {"to": "<gerant>:depot", "until": "<tomorrow>", "reason": "congé"},
    ),
    "governance/delegations/<uuid:delegation_id>/end": (Permission.ACT, ("POST",), {}),
}
GUARDED |= {
    "governance/scans": (Permission.VIEW, ("GET", "HEAD"), {}),
    "governance/scans/<uuid:scan_id>": (Permission.VIEW, ("GET", "HEAD"), {}),
    "governance/schedule": (Permission.VIEW, ("GET", "HEAD"), {}),
}
# They answer a POST with what they read; nothing is done that a reload must not do again.
LOOKS = {"governance/live", "governance/alerts/<uuid:alert_id>/verify"}
# They answer a POST with a file, and the ledger says who took it.
FILES = {
    "governance/history/export.csv",
    "governance/history/export.jsonl",
    "governance/integrity/export.csv",
    "governance/integrity/export.json",
}
GUARDED |= {
    "governance/rules": (Permission.VIEW, ("GET", "HEAD"), {}),
    "governance/rules/<str:code>": (Permission.VIEW, ("GET", "HEAD"), {}),
    "governance/live": (Permission.VIEW, ("GET", "HEAD", "POST"), {}),
    "governance/alerts/<uuid:alert_id>/verify": (Permission.VIEW, ("POST",), {}),
}
GUARDED |= {
    "governance/integrity/pulse": (Permission.VIEW, ("GET", "HEAD"), {}),
    "governance/integrity/filters": (Permission.VIEW, ("GET", "HEAD", "POST"), {"name": "Le mien"}),
    "governance/integrity/filters/<uuid:filter_id>": (
        Permission.VIEW,
        ("POST",),
        {"action": "delete"},
    ),
}
# Open to everybody who is signed in, also without a role: address -> (methods, body of a good POST).
SIGNED_IN: dict[str, tuple[tuple[str, ...], dict[str, str]]] = {
    "governance/aide": (("GET", "HEAD"), {}),
    "governance/aide/visite": (("GET", "HEAD"), {}),
    "governance/rapport/verify": (("GET", "HEAD"), {}),
    "governance/aide/<str:role>": (("GET", "HEAD"), {}),
    "governance/aide/presentation": (("POST",), {}),
    "governance/ui": (("GET", "HEAD"), {}),
}
# Open to a stranger: they say nothing of the business.
OPEN = {"", "health", "health/live", "health/ready", "metrics", "governance/language"}
# allauth's own, behind its own rules.
LIBRARY = "accounts/"
# A room's own pages may stand beside its tests, in `matrix.py`, in the same shape; and in its `FILLS` what
# makes something to put in place of a placeholder.
FILLS: dict[str, Any] = {}
for beside in sorted(Path(__file__).parents[1].glob("*/matrix.py")):
    brought = import_module(f"tests.{beside.parent.name}.matrix")
    GUARDED |= brought.GUARDED
    FILLS |= getattr(brought, "FILLS", {})
METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")


def addresses(patterns=None, prefix=""):
    for entry in patterns if patterns is not None else get_resolver().url_patterns:
        route = prefix + str(entry.pattern)
        if isinstance(entry, URLResolver):
            yield from addresses(entry.url_patterns, route)
        elif isinstance(entry, URLPattern):
            yield route


def test_every_address_stands_in_the_matrix():
    ours = {route for route in addresses() if not route.startswith(LIBRARY)}
    assert ours == {*GUARDED, *SIGNED_IN, *OPEN}


def filled(text):
    """The text with every placeholder replaced by something that exists on `depot`."""
    if "<uuid:alert_id>" in text:
        text = text.replace("<uuid:alert_id>", str(alert().pk))
    if "<gerant>" in text:
        text = text.replace("<gerant>", str(account("gerant").pk))
    if "<uuid:delegation_id>" in text:
        with acting_as_system("install"):
            lent = Delegation.objects.create(
                holder=make_user(f"prêté-{uuid.uuid4()}", {"depot": Role.GERANT}),
                source="depot",
                ends_at=timezone.now() + timedelta(days=2),
                granted_by=GONE,
            )
        text = text.replace("<uuid:delegation_id>", str(lent.pk))
    if "<uuid:person_id>" in text:
        guest = make_user(f"invité-{uuid.uuid4()}", {"depot": Role.GERANT})
        text = text.replace("<uuid:person_id>", str(guest.pk))
    for placeholder, make in FILLS.items():
        if placeholder in text:
            text = text.replace(placeholder, str(make()))
    if "<str:link>" in text:
        text = text.replace("<str:link>", token(account("admin").pk, alert()))
    if "<uuid:route_id>" in text:
        with acting_as_user(account("admin").pk):
            route = NotificationRoute.objects.create(source="depot", target="ON_CALL")
        text = text.replace("<uuid:route_id>", str(route.pk))
    if "<name>" in text:
        text = text.replace("<name>", uuid.uuid4().hex)
    if "<uuid:scan_id>" in text:
        text = text.replace("<uuid:scan_id>", str(scanned(ago=timedelta(seconds=5)).pk))
    if "<review>" in text:
        with acting_as_system("test"):
            roles = list(SourceRole.objects.filter(source="depot"))
        each = (
            f"&decision-{one.user_id.hex}=confirm&role-{one.user_id.hex}={one.role}"
            for one in roles
        )
        text = text.replace("<review>", "depot" + "".join(each))
    text = text.replace("<str:code>", "STOCK_NEGATIF").replace("<str:role>", "pca")
    text = text.replace("<str:slug>", "depot").replace("<str:source>", "depot")
    text = text.replace("<str:entity_type>", "CITERNE_STOCK").replace("<path:entity_id>", "bac-1")
    return text.replace("<tomorrow>", str(timezone.localdate() + timedelta(days=1)))


def kept_filter(client):
    """The id of a filter of whoever asks, of nobody for who sees nothing and keeps none."""
    person = client.session.get("_auth_user_id")
    if person is None or person == str(account("sans-role").pk):
        return str(uuid.uuid4())
    with acting_as_user(uuid.UUID(person)):
        return str(SavedFilter.objects.create(owner_id=person, name=str(uuid.uuid4())).pk)


def ask(client, route, method, body):
    if "<uuid:filter_id>" in route:
        route = route.replace("<uuid:filter_id>", kept_filter(client))
    if "<str:link>" in route:  # each has one of their own
        asking = uuid.UUID(client.session.get("_auth_user_id", str(GONE)))
        route = route.replace("<str:link>", token(asking, alert()))
    return client.generic(
        method,
        "/" + filled(route),
        "&".join(f"{name}={filled(str(value))}" for name, value in body.items()),
        content_type="application/x-www-form-urlencoded",
    )


def person(as_, who):
    return Client() if who == "stranger" else as_(who)


def demanded(asked, method):
    return asked["GET" if method == "HEAD" else method] if isinstance(asked, dict) else asked


def test_a_line_may_say_a_permission_per_method():
    asked = {"GET": Permission.VIEW, "POST": Permission.ACT}
    told = [demanded(asked, method) for method in ("GET", "HEAD", "POST")]
    assert told == [Permission.VIEW, Permission.VIEW, Permission.ACT]
    assert demanded(Permission.VIEW, "POST") == Permission.VIEW


def expected(route, who, method):
    """The status that somebody's good request has."""
    if who == "stranger":
        return 302
    if route in GUARDED and (
        who == "sans-role" or demanded(GUARDED[route][0], method) not in ALLOWED[Role(who)]
    ):
        return 403
    return 303 if method == "POST" and route not in {*LOOKS, *FILES} else 200


@contextmanager
def undone():
    """What happens within is rolled back, so that everybody comes to the same state."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


EVERYBODY = [*Role.values, "sans-role", "stranger"]


@pytest.fixture
def clients(as_, people):
    """Everybody, each signed in once."""
    return {who: person(as_, who) for who in EVERYBODY}


def test_who_may_do_what_on_each_page(clients):
    take_in([finding(severity="WARN")])
    found, due, touched = {}, {}, []
    for route, (_, answered, body) in GUARDED.items():
        with undone():
            if route.endswith("/reopen"):
                clients["admin"].post(f"/governance/alerts/{alert().pk}/ack", {"version": 1})
            was = alert().status
            for who, client in clients.items():
                with undone():
                    for method in answered:
                        asked = route, who, method
                        status = expected(*asked)
                        if (method, status) == ("HEAD", 200) and who != "admin":
                            continue  # for one the page may be made a second time
                        due[asked] = status
                        sent = body if method == "POST" else {}
                        found[asked] = ask(client, route, method, sent).status_code
                        if found[asked] != 303 and alert().status != was:
                            touched.append(asked)
    assert found == due
    assert touched == []


def test_no_page_answers_another_method(clients):
    """Whoever asks, and whatever they may do: the method is looked at before the permission.

    An administrator asks by every other method; the others by one of them, by each somewhere.
    """
    take_in([finding(severity="WARN")])
    was = alert().status
    found, due = {}, {}
    for number, route in enumerate([*GUARDED, *SIGNED_IN]):
        answered = GUARDED[route][1] if route in GUARDED else SIGNED_IN[route][0]
        others = [method for method in METHODS if method not in answered]
        for who, status in {"admin": 405, "pca": 405, "sans-role": 405, "stranger": 302}.items():
            for method in others if who == "admin" else [others[number % len(others)]]:
                found[route, who, method] = ask(clients[who], route, method, {}).status_code
                due[route, who, method] = status
    assert found == due
    assert alert().status == was


def test_what_is_open_to_everybody_who_is_signed_in(clients):
    found, due = {}, {}
    for route, (answered, body) in SIGNED_IN.items():
        for who, client in clients.items():
            for method in answered:
                asked = route, who, method
                sent = body if method == "POST" else {}
                found[asked] = ask(client, route, method, sent).status_code
                due[asked] = expected(*asked)
    assert found == due


def test_somebody_elses_source_is_404_on_every_address(as_, people):
    take_in([finding()])
    client = as_("ailleurs")
    found, due = {}, {}
    for route, (permission, answered, body) in GUARDED.items():
        if "<uuid" in route and "filter_id" not in route:
            with undone():
                found[route] = ask(client, route, answered[0], body).status_code
            # Accounts are the administrators', and "ailleurs" is a director.
            due[route] = 404 if permission in ALLOWED[Role.DIRECTEUR] else 403
    assert found == due


@pytest.mark.parametrize("route", sorted(OPEN - {"", "governance/language"}))
def test_what_is_open_answers_a_stranger(route):
    assert Client().get(f"/{route}").status_code in (200, 503)
    assert Client().post(f"/{route}").status_code == 405
