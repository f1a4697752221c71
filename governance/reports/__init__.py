"""The chair's report on a closed period, from the ledger as it stood at its end."""
