"""Which alerts a person's statement reaches, without a condition to narrow it; as the runtime role."""

import psycopg
import pytest

from governance.roles import Role
from governance.sql import acting_as_system
from tests.alerts.make import alert_rows, finding, take_in
from tests.conftest import make_user

RESOLVE = (
    "UPDATE system_alerts SET status = 'RESOLVED', resolution_note = 'vu', resolution_cause = 'AUTRE',"
    " resolution_decision = 'CORRIGE'"
)
