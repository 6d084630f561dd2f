"""Drills: a part that may fail is really failed, and what came of it is counted."""
