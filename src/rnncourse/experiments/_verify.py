"""Whether an experiment's record is still that of its code."""

from __future__ import annotations

import json
import platform
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, NamedTuple

from rnncourse.experiments._cheap import differences, run_cheap
from rnncourse.experiments._record import recorded
from rnncourse.experiments._tuning import AS_GOOD, TUNING_SEEDS
from rnncourse.experiments.files import write_atomically


class Verdict(NamedTuple):
    """What became of a record.

    Attributes:
        holds: whether the record can stay.
        changed: whether other code runs than when it was made or last stamped.
        reasons: what speaks against it, a line each; or why it could not be told.
    """

    holds: bool
    changed: bool
    reasons: list[str]


def verify(experiment: Any, folder: Path | None = None) -> Verdict:
    """Run an experiment's cheap point and compare code and row with those of its record.

    Args:
        experiment: its module.
        folder: where the record is; in the lesson's room if not given.

    Raises:
        FileNotFoundError: if there is no record.
    """
    info = recorded(_name(experiment), folder).info
    declared = {
        "GRID": experiment.GRID,
        "RATES": getattr(experiment, "RATES", []),
        "TUNE_ON": getattr(experiment, "TUNE_ON", None),
    }
    if declared["RATES"]:
        declared["TUNING_SEEDS"] = getattr(experiment, "TUNING_SEEDS", TUNING_SEEDS)
        info.setdefault("tuning_seeds", TUNING_SEEDS)
        declared["AS_GOOD"] = getattr(experiment, "AS_GOOD", AS_GOOD)
        info.setdefault("as_good", AS_GOOD)
    reasons = [
        f"{what} is {now}, and was {info.get(what.lower())}"
        for what, now in declared.items()
        if json.loads(json.dumps(now)) != info.get(what.lower())
    ]
    cheap = run_cheap(experiment)
    if _minor(info["machine"]["python"]) != _minor(platform.python_version()) and cheap.library:
        return Verdict(not reasons, cheap.code != info["code"], reasons)
    if info["cheap"]["point"] != experiment.CHEAP:
        reasons.append(f"CHEAP is {experiment.CHEAP}, and was {info['cheap']['point']}")
    else:
        reasons += differences(cheap.row, info["cheap"]["row"])
    return Verdict(not reasons, cheap.code != info["code"], reasons)


def stamp(experiment: Any, folder: Path | None = None) -> None:
    """Give a record that holds the hash of today's code, and the date."""
    results = recorded(_name(experiment), folder)
    today = datetime.now(UTC).date().isoformat()
    info = {**results.info, "code": run_cheap(experiment).code, "verified": today}
    path = results.folder / f"{results.name}.json"
    write_atomically(path, json.dumps(info, indent=2, ensure_ascii=False) + "\n")


def _name(experiment: Any) -> str:
    return experiment.__name__.rpartition(".")[2]


def _minor(version: str) -> list[str]:
    return version.split(".")[:2]
