"""Glossaries: terms that must be translated one way, or not at all.

terms   which terms a sentence has, and which of them its translation lacks
files   reading tables (TSV, CSV); what is wrong in them, by line
tbx     reading TBX, the XML of terminology databases
"""

from .tables import Fault, load, read
from .terms import Glossary, Match, Term

__all__ = ["Fault", "Glossary", "Match", "Term", "load", "read"]
