"""What is kept on disk: outputs of models, finished articles, the history of runs; SQL stands here and nowhere else."""

from .database import FILE
from .history import Item, Run
from .store import Store

__all__ = ["FILE", "Item", "Run", "Store"]
