"""Make the demonstration district, with its truth planted, as files of a real one."""

from trellis.simulate.district import DEMONSTRATION_DAY, Summary, write_district
from trellis.simulate.shape import Size
from trellis.simulate.state import Written, write_state

__all__ = ["DEMONSTRATION_DAY", "Size", "Summary", "Written", "write_district", "write_state"]
