"""Draw every chart of the product; words first, drawing second, table on demand.

`interval`, `event_study`, `balance`, `places`, `band`, `share`, `checkins` and `timeline`
return a `Drawing`, which `figure` turns into HTML with its caption and its table. `mini`,
`verdict`, `reach` and `bar` are small enough to stand in a line by themselves. All of them are
pure: same input, same text.
"""

from trellis.ui.charts.effects import (
    BalanceRow,
    EventPoint,
    IntervalRow,
    balance,
    event_study,
    interval,
)
from trellis.ui.charts.figures import Drawing, Table, figure
from trellis.ui.charts.glyphs import VERDICT_WORDS, VerdictKind, bar, reach, verdict
from trellis.ui.charts.levels import (
    LEVELS,
    BandPoint,
    Between,
    EvidenceMark,
    Share,
    band,
    level_words,
    mini,
    share,
)
from trellis.ui.charts.places import PlaceRow, Ruler, Zone, places
from trellis.ui.charts.plans import CheckIn, Target, TimelineEvent, checkins, timeline
from trellis.ui.charts.svg import Naming, signed

__all__ = [
    "LEVELS",
    "VERDICT_WORDS",
    "BalanceRow",
    "BandPoint",
    "Between",
    "CheckIn",
    "Drawing",
    "EventPoint",
    "EvidenceMark",
    "IntervalRow",
    "Naming",
    "PlaceRow",
    "Ruler",
    "Share",
    "Table",
    "Target",
    "TimelineEvent",
    "VerdictKind",
    "Zone",
    "balance",
    "band",
    "bar",
    "checkins",
    "event_study",
    "figure",
    "interval",
    "level_words",
    "mini",
    "places",
    "reach",
    "share",
    "signed",
    "timeline",
    "verdict",
]
