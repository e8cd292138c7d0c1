"""Hold a number together with how sure it is, from how much, and by what design."""

from dataclasses import dataclass

from scipy.special import ndtri

from trellis.stats.errors import TrellisNumbersError


@dataclass(frozen=True, slots=True)
class Interval:
    """An interval and the probability (level, between 0 and 1) that it claims."""

    low: float
    high: float
    level: float

    def __post_init__(self) -> None:
        if not self.low <= self.high:
            raise TrellisNumbersError(f"An interval from {self.low} to {self.high} is empty.")
        if not 0 < self.level < 1:
            raise TrellisNumbersError(f"The level {self.level} is not between 0 and 1.")

    @classmethod
    def normal(cls, mean: float, sd: float, level: float) -> "Interval":
        """Return the central interval of a normal distribution."""
        half = float(ndtri(0.5 + level / 2)) * sd
        return cls(mean - half, mean + half, level)

    def holds(self, value: float) -> bool:
        """Return whether the value lies inside."""
        return self.low <= value <= self.high


@dataclass(frozen=True, slots=True)
class Estimate:
    """A value that cannot exist without its interval, its n and its design.

    Parameters
    ----------
    value : the most likely value, in the unit that the design names
    interval : contains the value
    n : number of independent units behind it, at least 1
    design : one plain phrase that says how it came about ("visits and class feedback, smoothed")
    caveats : plain sentences that a reader must see beside it
    """

    value: float
    interval: Interval
    n: int
    design: str
    caveats: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if self.n < 1:
            raise TrellisNumbersError("An estimate needs at least one unit behind it.")
        if not self.design:
            raise TrellisNumbersError("An estimate must say by what design it came about.")
        if not self.interval.holds(self.value):
            raise TrellisNumbersError(f"The value {self.value} lies outside its own interval.")
