"""The list of alerts: filters, groups, saved filters, decisions for many."""
