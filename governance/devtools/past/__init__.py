"""The demonstration's past: three months entered by the real triggers, on an earlier clock."""
