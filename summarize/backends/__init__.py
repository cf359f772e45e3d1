"""Backends: models and what is wrapped around them. Each module says what it adds; `types.Backend` is the contract.

neural      a checkpoint: tokens + engine (ct2 or transformers), one text in, one text out
extractive  a summarizer without weights, or with sentence embeddings: chooses sentences, writes none
fitted      splits a sentence that is too long for the model, and joins what comes back
abstractive map-reduce and trimming around a model that writes summaries
guard       checks every output and climbs the repair ladder for the few that fail
cached      the store in front of everything
fake        no model at all: for tests, and for trying the pipeline
"""
