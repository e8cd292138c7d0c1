"""The numerical ground: estimates that carry their uncertainty, and the solvers beneath them."""

from trellis.stats.errors import TrellisCaution, TrellisNumbersError
from trellis.stats.estimate import Estimate, Interval

__all__ = ["Estimate", "Interval", "TrellisCaution", "TrellisNumbersError"]
