"""Addresses of the two-minute page, the integrity screen and the alert pages."""

from django.urls import path

from governance.desk.alert.actions import (
    alert_ack,
    alert_assign,
    alert_comment,
    alert_reopen,
    alert_resolve,
)
from governance.desk.alert.live_views import alert_verify, live
from governance.desk.alert.views import alert_detail
from governance.desk.alerts.bulk import bulk
from governance.desk.alerts.density import density
from governance.desk.alerts.export import alerts_export
from governance.desk.alerts.pulse import pulse
from governance.desk.alerts.saved_views import saved_filter, saved_filters
from governance.desk.alerts.views import screen
from governance.desk.entity.views import entity
from governance.desk.home.news import looked
from governance.desk.home.views import home

urlpatterns = [
    path("governance", home, name="home"),
    path("governance/looked", looked, name="looked"),
    path("governance/integrity", screen, name="integrity"),
    path("governance/live", live, name="live"),
    path("governance/integrity/bulk", bulk, name="integrity_bulk"),
    path("governance/integrity/density", density, name="integrity_density"),
    path("governance/integrity/pulse", pulse, name="integrity_pulse"),
    path("governance/integrity/export.csv", alerts_export, {"form": "csv"}, name="integrity_csv"),
    path(
        "governance/integrity/export.json", alerts_export, {"form": "json"}, name="integrity_json"
    ),
    path("governance/integrity/filters", saved_filters, name="integrity_filters"),
    path("governance/integrity/filters/<uuid:filter_id>", saved_filter, name="integrity_filter"),
    path(
        "governance/entities/<str:source>/<str:entity_type>/<path:entity_id>", entity, name="entity"
    ),
    path("governance/alerts/<uuid:alert_id>", alert_detail, name="alert"),
    path("governance/alerts/<uuid:alert_id>/ack", alert_ack, name="alert_ack"),
    path("governance/alerts/<uuid:alert_id>/resolve", alert_resolve, name="alert_resolve"),
    path("governance/alerts/<uuid:alert_id>/reopen", alert_reopen, name="alert_reopen"),
    path("governance/alerts/<uuid:alert_id>/assign", alert_assign, name="alert_assign"),
    path("governance/alerts/<uuid:alert_id>/verify", alert_verify, name="alert_verify"),
    path("governance/alerts/<uuid:alert_id>/comment", alert_comment, name="alert_comment"),
]
