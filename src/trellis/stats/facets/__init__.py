"""Fit the many-facet rating-scale model: who, in which lesson, seen by whom, on which element."""

from trellis.stats.facets.adjacent import expected_level
from trellis.stats.facets.effects import Variances
from trellis.stats.facets.fit import Facets, fit, told_apart
from trellis.stats.facets.layout import Layout, arrange

__all__ = ["Facets", "Layout", "Variances", "arrange", "expected_level", "fit", "told_apart"]
