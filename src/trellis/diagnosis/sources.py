"""Say how far apart a teacher's students and her visitors see the same element.

Class feedback reads practice through students' eyes: w_e is the part of what they see of element e
that visits do not, beside how far the two lie apart on all that this teacher does and usually do on
e. Its prior is N(0, steady_element); it is conditioned on all looks together with the rest of the
model, in which a kind class, and a view of the teacher as a whole, are explanations of their own.
Docs: docs/methods/insights.md, docs/decisions/0023-sources-differ-by-element.md.
"""

from collections.abc import Sequence

from trellis.diagnosis.looks import Look, Source
from trellis.diagnosis.practice_joint import Joint, Told, View, Without


def read_by_both(looks: Sequence[Look]) -> frozenset[str]:
    """Return the elements that students and visits have both looked at."""
    read = {(k.source, k.element) for k in looks}
    return frozenset(e for s, e in read if s == Source.VISIT and (Source.CLASS_FEEDBACK, e) in read)


def apart(element: str, known: Joint | Without) -> Told | None:
    """Return how much more (+) or less (-) students see of an element than visits do, in levels.

    None where one of the two has not looked. Its z is the standardized innovation of what students
    see: N(0, 1) where both see the same.
    """
    if element not in read_by_both(known.looks):
        return None
    return known.told(View(element, Source.CLASS_FEEDBACK))
