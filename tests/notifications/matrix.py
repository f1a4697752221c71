"""Pages and tables of governance/notifications, in the shapes of the two matrices."""

from typing import Any

HOLD = {
    "admin",
    "directeur",
    "pca",
    "gerant",
    "auditeur",
    "delegate",
    "delegate-after",
    "elsewhere",
}

REACHED: dict[str, dict[str, set[str]]] = {
    "delivery": {"SELECT": HOLD, "UPDATE": {"admin"}},
    "delivery_attempt": {"SELECT": HOLD},
    "maintenance_window": {"SELECT": HOLD, "INSERT": {"admin"}, "UPDATE": {"admin"}},
    "notice": {"SELECT": HOLD},
    "notification": {"SELECT": HOLD},
}
GUARDED: dict[str, Any] = {}
