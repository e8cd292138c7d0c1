"""Draw the marks that the other programs read; `python -m tests.stats.data.draw_marks`."""

import csv
from pathlib import Path

import numpy as np

from trellis.simulate.marks import World, draw

HERE = Path(__file__).parent
NONE = 1e-9
FILES = {
    "marks_without_lessons.csv": World(200, 20, 4, 4, sd_element=NONE, sd_lesson=NONE),
    "marks_of_two_levels.csv": World(150, 12, 4, 4, sd_element=0.7, thresholds=(0.0,)),
}


def main() -> None:
    for seed, (name, world) in enumerate(FILES.items()):
        drawn = draw(world, np.random.default_rng(seed))
        columns = (drawn.teacher, drawn.lesson, drawn.visitor, drawn.element, drawn.level)
        with (HERE / name).open("w", newline="") as file:
            table = csv.writer(file, lineterminator="\n")
            table.writerow(("teacher", "lesson", "visitor", "element", "level"))
            table.writerows(zip(*(c.tolist() for c in columns), strict=True))


if __name__ == "__main__":
    main()
