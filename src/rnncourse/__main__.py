"""``python -m rnncourse doctor · progress · data · experiments · claims``."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from rnncourse.console import say

if TYPE_CHECKING:
    from rnnbook.data.registry import Dataset


def main(arguments: list[str] | None = None) -> int:
    """Run one command; the exit code."""
    parser = _parser()
    options = parser.parse_args(arguments)
    command: Callable[[argparse.Namespace], int] = options.command
    try:
        return command(options)
    except ModuleNotFoundError as missing:
        print(f"{missing}: python -m rnncourse doctor says what to do.", file=sys.stderr)
        return 2


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m rnncourse")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")

    doctor = commands.add_parser("doctor", help="check what the chapters need, and say what to do")
    doctor.set_defaults(command=_doctor)

    progress = commands.add_parser("progress", help="the exercises that you have passed")
    progress.add_argument("--clear", action="store_true", help="forget them all")
    progress.set_defaults(command=_progress)

    data = commands.add_parser("data", help="the data sets, and which of them are here")
    actions = data.add_subparsers(required=True, metavar="ACTION")
    listing = actions.add_parser("list", help="all data sets: title, size, and where each is")
    listing.set_defaults(command=_data_list)
    fetching = actions.add_parser("fetch", help="download some, so that chapters find them")
    fetching.add_argument("names", nargs="+", metavar="NAME", help="a data set, or all")
    fetching.set_defaults(command=_data_fetch)
    verifying = actions.add_parser("verify", help="compare the files that are here by their hashes")
    verifying.set_defaults(command=_data_verify)
    removing = actions.add_parser(
        "remove", help="delete some from the cache; never from the folder that RNNBOOK_DATA names"
    )
    removing.add_argument("names", nargs="+", metavar="NAME", help="a data set; all: the cache")
    removing.set_defaults(command=_data_remove)

    experiments = commands.add_parser("experiments", help="what is too long for a notebook")
    actions = experiments.add_subparsers(required=True, metavar="ACTION")
    listing = actions.add_parser("list", help="all experiments, and when they were recorded")
    listing.set_defaults(command=_list)
    run = actions.add_parser("run", help="run one, going on from where it was stopped")
    run.add_argument("name", help="an experiment, or all")
    run.add_argument("--seeds", type=int, default=10, metavar="N", help="seeds 0 to N-1 (10)")
    run.add_argument("--jobs", type=int, default=2, metavar="N", help="runs at a time (2)")
    run.add_argument("--scheduler", metavar="tcp://HOST:PORT", help="a Dask scheduler to run on")
    run.add_argument("--out", type=Path, metavar="DIR", help="where to put the results")
    run.set_defaults(command=_run)
    verifying = actions.add_parser("verify", help="whether records are still those of their code")
    verifying.add_argument("name", help="an experiment, or all")
    verifying.set_defaults(command=_verify)

    claims = commands.add_parser("claims", help="what the chapters claim")
    actions = claims.add_subparsers(required=True, metavar="ACTION")
    fresh = actions.add_parser("fresh", help="measure every claim on seeds nobody has looked at")
    fresh.add_argument("chapters", nargs="*", type=Path, help="notebooks; all in chapters/")
    fresh.add_argument("--offset", type=int, default=200, metavar="N", help="the first seed (200)")
    fresh.add_argument("--seeds", type=int, default=10, metavar="N", help="how many (10)")
    fresh.add_argument("--jobs", type=int, default=2, metavar="N", help="runs at a time (2)")
    fresh.add_argument("--out", type=Path, default=Path("_build/fresh"), metavar="DIR")
    fresh.add_argument("--table", type=Path, default=Path("book/fresh-seeds.csv"), metavar="FILE")
    fresh.set_defaults(command=_fresh)
    return parser


def _doctor(options: argparse.Namespace) -> int:
    from rnncourse.doctor import doctor

    return doctor()


def _progress(options: argparse.Namespace) -> int:
    from rnncourse.checking import progress

    try:
        if options.clear:
            progress.clear()
            say("Progress cleared.")
        else:
            say(progress.summary())
    except OSError as error:
        reason = error.strerror or error
        print(f"progress file {progress.path()} cannot be used: {reason}.", file=sys.stderr)
        return 2
    return 0


def _data_list(options: argparse.Namespace) -> int:
    from rnnbook.data import registry

    for name, dataset in registry.DATASETS.items():
        places = [registry.where(file) for file in dataset.files]
        folders = {str(path.parent) for path in places if path}
        here = f"here, in {' and '.join(sorted(folders))}" if all(places) else "not here yet"
        size = f"{dataset.size / 1e6:.1f} MB, {here}"
        ships = f"comes with {dataset.ships_with}"
        say(f"{name}  ({ships if dataset.ships_with else size})\n  {dataset.title}")
    return 0


def _data_fetch(options: argparse.Namespace) -> int:
    from rnnbook.data import registry

    failed = 0
    try:
        for dataset in _datasets(options.names):
            if dataset.ships_with:
                say(f"{dataset.name} comes with {dataset.ships_with}: nothing to fetch")
            for file in dataset.files:
                try:
                    say(str(registry.fetch(file.name)))
                except registry.DataUnavailable as error:
                    failed += 1
                    print(error, file=sys.stderr)
    except ValueError as error:
        print(error, file=sys.stderr)
        return 2
    return int(failed > 0)


def _data_verify(options: argparse.Namespace) -> int:
    from rnnbook.data import registry

    broken = 0
    for dataset in registry.DATASETS.values():
        for file in dataset.files:
            if path := registry.where(file):
                try:
                    registry.verify(file, path)
                    say(f"{path}: as it should be")
                except (registry.DataUnavailable, OSError) as error:
                    broken += 1
                    say(str(error))
    return int(broken > 0)


def _data_remove(options: argparse.Namespace) -> int:
    """The cache holds nothing but downloads, and what was made from them: all of it may go."""
    import shutil

    from rnnbook.data import registry

    cache, own = registry.cache_folder(), registry.own_folder()
    yours = f"which {registry.FOLDER_VARIABLE} names, is yours: nothing in it is removed"
    if own and cache.resolve() in (own.resolve(), *own.resolve().parents):
        print(f"{own}, {yours}.", file=sys.stderr)
        return 2
    try:
        names = [file.name for one in _datasets(options.names) for file in one.files]
        paths = [cache / place for name in names for place in (name, name.removesuffix(".tar.gz"))]
        for path in [cache] if "all" in options.names else dict.fromkeys(paths):
            if path.is_dir():
                shutil.rmtree(path)
            elif path.exists():
                path.unlink()
            else:
                continue
            say(f"{path}: removed")
    except (ValueError, OSError) as error:
        print(error, file=sys.stderr)
        return 2
    if own and any(os.path.isfile(own / name) for name in names):
        say(f"{own}, {yours}")
    return 0


def _datasets(names: list[str]) -> list[Dataset]:
    from rnnbook.data import registry

    return [registry.card(name) for name in (registry.DATASETS if "all" in names else names)]


def _list(options: argparse.Namespace) -> int:
    from rnncourse import experiments

    for name in experiments.names():
        try:
            info = experiments.recorded(name).info
            when = f"recorded {info['date']}, {len(info['seeds'])} seeds"
            if points := len(info.get("chaotic", [])):
                when += f"; chaotic at {points} point{'s' * (points > 1)} of its grid"
        except FileNotFoundError:
            when = "not recorded"
        say(f"{name}  ({when})\n  {experiments.load(name).DESCRIPTION}")
    return 0


def _run(options: argparse.Namespace) -> int:
    from rnncourse import experiments

    try:
        for name in experiments.names() if options.name == "all" else [options.name]:
            results = experiments.run_experiment(
                experiments.load(name), options.seeds, options.jobs, options.scheduler, options.out
            )
            say(f"Results: {results}")
    except KeyboardInterrupt:
        print("\nStopped. The same command goes on from here.", file=sys.stderr)
        return 130
    except (experiments.StaleResults, ValueError) as error:
        print(error, file=sys.stderr)
        return 2
    return 0


def _verify(options: argparse.Namespace) -> int:
    from rnncourse import experiments

    broken = 0
    try:
        for name in experiments.names() if options.name == "all" else [options.name]:
            experiment = experiments.load(name)
            holds, changed, reasons = experiments.verify(experiment)
            if holds and changed:
                experiments.stamp(experiment)
            broken += not holds
            stamped = "other code measures the same: stamped anew" if changed else "as recorded"
            say(f"{name}: {stamped if holds else 'is to be run again'}")
            for reason in reasons:
                say(f"  {reason}")
    except (FileNotFoundError, ValueError) as error:
        print(error, file=sys.stderr)
        return 2
    return int(broken > 0)


def _fresh(options: argparse.Namespace) -> int:
    from rnncourse import fresh

    chapters = options.chapters or sorted(Path("chapters").glob("[!_]*.ipynb"))
    if not chapters:
        print("No chapters here: run this in the book's folder.", file=sys.stderr)
        return 2
    try:
        rows = fresh.measure(chapters, options.out, options.offset, options.seeds, options.jobs)
    except KeyboardInterrupt:
        print("\nStopped. The same command goes on from here.", file=sys.stderr)
        return 130
    fresh.write_table(rows, options.table)
    broken = [row for row in rows if row["held"] < row["of"]]
    for row in broken:
        say("{chapter}: {claim} held in {held} of {of}".format(**row))
    say(f"{len(rows)} claims, {len(broken)} of them broken: {options.table}")
    return int(bool(broken))


if __name__ == "__main__":
    sys.exit(main())
