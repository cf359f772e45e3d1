"""What is kept on disk: outputs of models, finished articles, the history of runs; SQL stands here and nowhere else."""

from .store import FILE, Item, Run, Store

__all__ = ["FILE", "Item", "Run", "Store"]
