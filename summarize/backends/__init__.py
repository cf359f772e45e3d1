"""Backends: models and what is wrapped around them. Each module says what it adds; `types.Backend` is the contract.

model    what is loaded of a checkpoint
neural   a checkpoint: tokens + engine (ct2 or transformers), one text in, one text out
asking   how a chat model is asked for a translation, and its answers read
fitted   splits a sentence that is too long for the model, and joins what comes back
guard    checks every output and climbs the repair ladder for the few that fail
glossed  a glossary is honoured
cached   the store in front of everything
canary   what a model must say before anything of it is kept
fake     no model at all: for tests, and for trying the pipeline
"""
