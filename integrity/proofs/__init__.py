"""Proofs of rules: running them, judging them, and testing the proofs with mutants."""
