"""Addresses of people and their roles."""

from django.urls import path

from governance.access.people import views
from governance.access.people.first_views import first
from governance.access.people.oidc import oidc_callback, oidc_login

urlpatterns = [
    path("governance/people", views.people, name="people"),
    path("governance/people/invite", views.invite, name="person_invite"),
    path("governance/people/<uuid:person_id>", views.person, name="person"),
    path("governance/people/<uuid:person_id>/change", views.person_change, name="person_change"),
    path("governance/people/<uuid:person_id>/role", views.person_role, name="person_role"),
    path("governance/people/<uuid:person_id>/close", views.person_close, name="person_close"),
    path("governance/people/<uuid:person_id>/reopen", views.person_reopen, name="person_reopen"),
    path("governance/people/<uuid:person_id>/link", views.person_link, name="person_link"),
    path(
        "governance/people/<uuid:person_id>/sessions", views.person_sessions, name="person_sessions"
    ),
    path("governance/people/<uuid:person_id>/factors", views.person_factors, name="person_factors"),
    path("accounts/first/<str:secret>/", first, name="first_administrator"),
    path("accounts/oidc/<slug:provider_id>/login/", oidc_login, name="openid_connect_login"),
    path(
        "accounts/oidc/<slug:provider_id>/login/callback/",
        oidc_callback,
        name="openid_connect_callback",
    ),
]
