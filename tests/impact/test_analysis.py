"""What a registered plan and a snapshot say: the same plan and snapshot, the same figures."""

import json
from datetime import date
from pathlib import Path

import polars as pl
import pytest

from tests.impact.worlds import a_plan, frame, lottery_tables, rollout_tables
from trellis.impact.analysis import analyze
from trellis.impact.comparisons import Study
from trellis.impact.figures import Figures
from trellis.impact.outcomes import Snapshot
from trellis.interchange.registrations import Registration
from trellis.warehouse.store import Warehouse


def figures_of(
    plan: Registration, tables: dict[str, pl.DataFrame], root: Path, seed: int = 5
) -> Figures:
    manifest = Warehouse(root).write(tables)
    return analyze(Study(plan, Snapshot(root, manifest), seed))


def test_a_lottery_whose_offer_helps_is_called_helpful(tmp_path: Path) -> None:
    found = figures_of(a_plan(), lottery_tables(effect=0.9), tmp_path)

    assert found.verdict.word == "helps"
    assert found.primary is not None
    assert found.primary.low > 0
    assert (found.primary.treated, found.primary.comparison) == (36, 36)
    assert found.flow[0].treated == "36"
    assert found.randomization_p is not None
    assert found.randomization_p < 0.01


def test_a_lottery_whose_offer_does_nothing_is_left_open(tmp_path: Path) -> None:
    found = figures_of(a_plan(), lottery_tables(effect=0.0), tmp_path)

    assert found.verdict.word == "cannot tell yet"
    assert found.verdict.units_to_settle is not None
    assert found.cost is not None
    assert found.cost.chance_of_no_gain is not None
    assert found.cost.tenth_usd is None


def test_a_draw_whose_record_does_not_fit_is_no_fair_comparison(tmp_path: Path) -> None:
    tables = lottery_tables()
    tables["draws"] = tables["draws"].with_columns(probability=pl.lit(0.2))

    found = figures_of(a_plan(), tables, tmp_path)

    assert found.verdict.word == "not a fair comparison"
    assert "does not fit the recorded chance" in found.verdict.reason


def test_a_consent_taken_back_takes_the_data_out(tmp_path: Path) -> None:
    tables = lottery_tables()
    gone = pl.col("teacher") == "t0-00"
    tables["consents"] = tables["consents"].with_columns(
        withdrawn_on=pl.when(gone).then(pl.lit(date(2026, 2, 1))).otherwise(None)
    )

    found = figures_of(a_plan(), tables, tmp_path)

    assert found.primary is not None
    assert found.primary.n == 71


def test_whoever_took_part_the_comparison_is_as_the_lot_fell(tmp_path: Path) -> None:
    tables = lottery_tables()
    fewer = tables | {"participation": tables["participation"].head(10)}

    as_drawn, with_dropouts = (figures_of(a_plan(), t, tmp_path) for t in (tables, fewer))

    assert as_drawn.effects == with_dropouts.effects


def test_what_the_deliverer_measured_never_counts(tmp_path: Path) -> None:
    plan = a_plan("northstar-literacy", "staggered")

    without = figures_of(plan, rollout_tables(), tmp_path)
    flattered = figures_of(plan, rollout_tables(own_marks=1.0), tmp_path)

    gray = [e for e in flattered.effects if not e.counts]
    assert [e.measured_by for e in gray] == ["those who delivered it"]
    assert gray[0].low > 0
    assert flattered.verdict.word != "helps"
    assert without.verdict.word == flattered.verdict.word
    assert any("higher than independent visitors" in c for c in flattered.caveats)


def test_schools_that_start_in_turn_show_years_before_and_after(tmp_path: Path) -> None:
    plan = a_plan("northstar-literacy", "staggered")

    found = figures_of(plan, rollout_tables(effect=0.8), tmp_path)

    assert found.verdict.word == "helps"
    assert [e.period for e in found.events] == [-3, -2, 0, 1]
    assert found.verdict.unit == "schools"


def test_before_and_after_is_described_in_gray_and_never_priced(tmp_path: Path) -> None:
    found = figures_of(a_plan(design="before-after"), lottery_tables(), tmp_path)

    assert found.verdict.word == "cannot tell yet"
    assert found.primary is not None
    assert not found.primary.counts
    assert found.chance is None
    assert found.cost is not None
    assert found.cost.tenth_usd is None


def test_a_matched_comparison_says_that_it_is_not_yet_there(tmp_path: Path) -> None:
    found = figures_of(a_plan(design="matched"), lottery_tables(), tmp_path)

    assert found.verdict.word == "cannot tell yet"
    assert "not yet available" in found.verdict.reason


def test_without_any_data_the_answer_is_cannot_tell_yet(tmp_path: Path) -> None:
    found = figures_of(a_plan(), {"draws": frame("draws", [])}, tmp_path)

    assert found.verdict.word == "cannot tell yet"
    assert found.cost is None


@pytest.mark.parametrize("design", ["lottery", "before-after"])
def test_the_order_and_the_parts_of_the_data_change_no_bit(design: str, tmp_path: Path) -> None:
    plan, tables = a_plan(design=design), lottery_tables()
    turned = {name: table.reverse() for name, table in tables.items()}

    first, second = (figures_of(plan, t, tmp_path) for t in (tables, turned))

    assert first.model_dump() == second.model_dump()


def test_no_teacher_stands_in_the_figures_even_under_a_pseudonym(tmp_path: Path) -> None:
    found = figures_of(a_plan(), lottery_tables(), tmp_path)

    told = json.dumps(found.model_dump(mode="json"))
    assert "t0-00" not in told
    assert "t5-11" not in told


def test_fewer_than_five_are_not_counted_out(tmp_path: Path) -> None:
    tables = lottery_tables()
    tables["participation"] = tables["participation"].head(3)

    found = figures_of(a_plan(), tables, tmp_path)

    took_part = next(f for f in found.flow if f.step.startswith("Took part"))
    assert (took_part.treated, took_part.comparison) == ("fewer than 5", "none")
    assert next(link for link in found.chain if link.link == "Tried in class").known is False
