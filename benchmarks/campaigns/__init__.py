"""Campaigns that break things on purpose: kills (`faults.py`) and hostile input (`fuzz.py`), for docs/faults.md."""
