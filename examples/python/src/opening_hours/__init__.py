from .hours import Hours, parse
from .week import Week

__all__ = ["Hours", "Week", "parse"]
