"""Summarizers: `extractive` chooses sentences, `abstractive` writes them under a check."""
