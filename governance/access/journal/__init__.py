"""Who tried what they may not: refusals and failed tries, noted beside the ledger and kept for 90 days."""
