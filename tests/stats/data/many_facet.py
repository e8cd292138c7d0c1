"""Fit marks without lesson effects by mirt 1.2.0 (marginal maximum likelihood, fixed severities).

Run in an environment of its own, where `pip install mirt==1.2.0 numpy` went: `python many_facet.py`
writes many_facet.csv: each visitor's severity and standard error.
"""

import csv
from pathlib import Path

import mirt
import numpy as np
from mirt.models.mfrm import Facet, PolytomousMFRM

HERE = Path(__file__).parent
marks = np.loadtxt(HERE / "marks_without_lessons.csv", delimiter=",", skiprows=1, dtype=int)
teacher, lesson, visitor, element, level = marks[np.lexsort((marks[:, 3], marks[:, 1]))].T
shape = (teacher.max() + 1, -1)
model = PolytomousMFRM(
    element.max() + 1,
    level.max() + 1,
    [Facet("visitor", visitor.max() + 1)],
    category_structure="rating_scale",
)
found = mirt.fit_mfrm(
    model,
    level.reshape(shape),
    {"visitor": visitor.reshape(shape)},
    item_indices=element.reshape(shape),
    tol=1e-8,
)
assert found.converged
severity = found.facet_parameters["visitor"]
with (HERE / "many_facet.csv").open("w", newline="") as file:
    table = csv.writer(file, lineterminator="\n")
    table.writerow(("visitor", "severity", "se"))
    for v, value in enumerate(severity - severity.mean()):
        table.writerow((v, round(float(value), 6), round(float(found.facet_se["visitor"][v]), 6)))
