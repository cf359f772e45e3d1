"""What statuses, flags, repairs and quality classes mean, in words for a reader who knows none of the code."""

from __future__ import annotations

from ..backends import rungs

RUNGS = rungs.MEANINGS

STATUSES = {
    "translated": "The translation passed every check.",
    "repaired": "The first translation failed a check; another passes all of them, or all but a doubt that is named.",
    "human": "Translated or corrected by a person; no model replaces it.",
    "copied": "Taken over as it is: in the language of the translation already, or without letters.",
    "failed": "No attempt passed the checks; the original stands in the text, marked as not translated.",
}

# Names of the checks, and what the engine itself says: of doubts about the text at hand, and of faults that were found
# in an attempt that was then mended or given up.
FLAGS = {
    "empty": "nothing readable came out",
    "sentinel": "a control token of the model, or the sign of a lost character, stood in the text",
    "loop": "the model repeated itself",
    "length": "far shorter or far longer than a translation can be",
    "untranslated": "the original came back instead of a translation",
    "truncated": "the text stopped before the end of the sentence",
    "leftover": "a word of the original was left as it is",
    "invented": "a word that English does not have",
    "addresses": "a web or e-mail address was lost or altered",
    "numbers": "a figure was lost, altered or added",
    "number words": "a number that the original spells out was lost or altered",
    "times": "a time of day was lost or altered",
    "dates": "a month or a day of the week was lost, altered or added",
    "currencies": "another currency than in the original, or none",
    "percentages": "a percentage became something else, or something else a percentage",
    "units": "another unit of measurement than in the original, or none",
    "names": "a name was lost or altered",
    "negation": 'a "not" was lost or added',
    "omission": "the text is so short that a part of the sentence is likely missing",
    "quotes": "a quotation was not closed",
    "too long": "longer than the model's server reads",
    "refused": "the model's server would not answer",
    "chatter": "the model said more than the translation",
    "glossary": "a term was not translated as the glossary says",
}

QUALITIES = {
    "draft": "do not rely on it: it scored under 25 BLEU or was never meant for work",
    "fair": "good enough to see what an article is about",
    "good": "good enough for daily work; read the original where a word matters",
    "unproven": "do not rely on it: on known sentences it did not do what it should, so nothing of it was kept",
    "unverified": "a server's: what it is and how good is taken on trust",
    "unrated": "nobody has measured it here",
    "verbatim": "chooses sentences of the translation and writes none",
}

CONFIDENCE = {
    "low": "as unsure as the model is of the least sure fifth of known sentences; compare it with the original",
    "medium": "in between",
    "high": "as sure as it is of the surest two fifths; it can be sure of an error all the same",
}
SURE = (
    "Confidence is how sure the model was of a translation, by its own account; the checks do not ask it. That of an "
    "article is that of the middle one of its sentences: half of them are at least as sure."
)

DOUBT = (
    "A doubt is a check that no attempt passed and that does not make the text worthless. The text is kept; compare it "
    "with the original before you rely on it."
)

SUPPORT = (
    "Every summary sentence names the sentences of the article that support it. One that a summarizer "
    "wrote says what share of its content was found in them; a number, date or name that was not found is quoted."
)


def problems(found: tuple[str, ...] | list[str]) -> str:
    """Why a summary sentence counts as unsupported; "" when it is supported.

    >>> problems(("500", "Grindel")), problems(("content",)), problems(())
    ('not in the article: 500, Grindel', 'too little of it is in the article', '')
    """
    if not found:
        return ""
    if tuple(found) == ("content",):
        return "too little of it is in the article"
    return f"not in the article: {', '.join(found)}"
