"""Mutated real values, thrown at every reader from outside: ``python -m tests.fuzzing``."""
