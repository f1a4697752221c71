"""Verification: the chain against itself, the program, the memory and signed checkpoints."""
