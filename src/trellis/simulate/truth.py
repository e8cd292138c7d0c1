"""Write down what was planted, in a file that the product never reads."""

import json
from pathlib import Path

import numpy as np

from trellis.simulate.involvement import Involvement
from trellis.simulate.people import People
from trellis.simulate.programs import COACH_SD, FADE_OUT_A_YEAR, PROGRAMS, UPTAKE
from trellis.simulate.traits import ELEMENTS, Floats, Traits


def write_truth(
    path: Path,
    *,
    people: People,
    traits: Traits,
    motivation: Floats,
    done: Involvement,
    practice: Floats,
    anas_objective: str,
) -> None:
    """Write the planted truth as JSON."""
    truth = {
        "programs": {
            p.id: {"practice_sd": p.practice, "achievement_sd": p.achievement} for p in PROGRAMS
        },
        "partner_sd": COACH_SD,
        "partners": {k: round(v, 4) for k, v in sorted(done.partner_effects.items())},
        "fade_out_a_year": FADE_OUT_A_YEAR,
        "uptake": UPTAKE,
        "elements": list(ELEMENTS),
        "years": [people.years[0] - 1, *people.years],
        "ana_objective": anas_objective,
        "teachers": {
            t.id: {
                "practice": np.round(practice[n], 3).tolist(),
                "received_practice": np.round(done.practice[n], 3).tolist(),
                "value_added": {
                    subject: round(float(base[n]), 3)
                    for subject, base in traits.value_added.items()
                },
                "perceived": round(float(traits.perceived[n]), 3),
                "motivation": round(float(motivation[n]), 3),
                "principals_impression": round(float(done.referral_impression[n]), 3),
            }
            for n, t in enumerate(people.teachers)
        },
    }
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(truth, indent=1), encoding="utf-8")
