"""Name the effects of the many-facet model and their variances."""

from dataclasses import dataclass

import numpy as np

from trellis.stats.facets.layout import Layout
from trellis.stats.gaussian import Array


@dataclass(frozen=True, slots=True)
class Variances:
    """Variances in squared logits: of teachers, teacher by element, lessons, visitors."""

    teacher: float
    element: float
    lesson: float
    visitor: float

    @classmethod
    def of(cls, four: Array) -> "Variances":
        """Return variances from an array in the order of the fields."""
        return cls(*(float(one) for one in four))

    def array(self) -> Array:
        """Return the four in the order of the fields."""
        return np.array([self.teacher, self.element, self.lesson, self.visitor])

    def general(self, elements: int) -> float:
        """Return which part of the mean over elements, from its usual place, is the teacher's."""
        return self.teacher / (self.teacher + self.element / elements)


@dataclass(frozen=True, slots=True)
class Effects:
    """All effects, in logits: eta = own[teacher, element] + lesson - visitor.

    own : (teachers, elements) theta + gamma - beta, which scatters about `usual`
    lesson : (lessons,)
    visitor : (visitors,) severity
    usual : (elements,) mean of theta - beta
    kappa : (top - 1,) free cumulative thresholds
    """

    own: Array
    lesson: Array
    visitor: Array
    usual: Array
    kappa: Array

    @classmethod
    def none(cls, layout: Layout) -> "Effects":
        """Return a start without effects."""
        return cls(
            np.zeros((layout.teachers, layout.elements)),
            np.zeros(layout.lessons),
            np.zeros(layout.visitors),
            np.zeros(layout.elements),
            np.zeros(layout.top - 1),
        )

    def eta(self, layout: Layout) -> Array:
        """Return (n,) the place of each mark on the logit scale."""
        own = self.own.ravel()[layout.own]
        return np.asarray(own + self.lesson[layout.lesson] - self.visitor[layout.visitor])

    def plus(self, step: "Effects", by: float = 1.0) -> "Effects":
        """Return the effects after a step, or part of it."""
        return Effects(
            self.own + by * step.own,
            self.lesson + by * step.lesson,
            self.visitor + by * step.visitor,
            self.usual + by * step.usual,
            self.kappa + by * step.kappa,
        )

    def largest(self) -> float:
        """Return the largest effect without its sign."""
        parts = (self.own, self.lesson, self.visitor, self.usual, self.kappa)
        return max(float(np.abs(part).max(initial=0.0)) for part in parts)
