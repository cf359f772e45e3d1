"""What is kept on disk: outputs of models, finished articles, the history of runs; SQL stands here and nowhere else."""

from .database import FILE
from .history import Item, Run
from .store import Store
from .translations import Conflict, Kept

__all__ = ["FILE", "Conflict", "Item", "Kept", "Run", "Store"]
