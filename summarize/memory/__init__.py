"""Translation memory: what people translated, and the files in which it comes and goes.

unit    a segment, its translation by a person, and the inline codes that stood in them
tags    such codes in the XML of the exchange formats, there and back
xml     reading untrusted XML element by element
tmx, xliff, tsv  the formats: TMX 1.4b, XLIFF 1.2 and 2.1, tables
exchange  which of them a file is; reading and writing it, unit by unit
sheet   an article's sentences as a text to be corrected in an editor
near    units whose source is like a sentence
"""

from .unit import Code, Unit, base, key, spoken

__all__ = ["Code", "Unit", "base", "key", "spoken"]
