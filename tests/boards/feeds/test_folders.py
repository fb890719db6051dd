import csv
import os
import time
from datetime import timedelta

import pytest
from django.utils import timezone

from boards.feeds import folders
from boards.models import Batch
from boards.tasks import read_watched_folders
from boards.tasks.feeds import mapping_for
from org import clock
from tests.boards import factories
from tests.boards.feeds.place import DAY, long_file

GOOD = long_file(f"bundle,icu,{DAY},,,3,4")


@pytest.fixture
def inbox(place, settings, tmp_path):
    settings.WATCHED_FOLDERS = tmp_path
    folder = tmp_path / "harbor" / "warehouse"
    folder.mkdir(parents=True)
    return folder


def drop(folder, name: str, content: str = GOOD, age: float = 60):
    path = folder / name
    path.write_text(content)
    stamp = time.time() - age
    os.utime(path, (stamp, stamp))
    return path


def names(folder) -> list[str]:
    return sorted(str(p.relative_to(folder)) for p in folder.rglob("*") if p.is_file())


def test_a_good_file_is_counted_and_archived(place, inbox):
    drop(inbox, "bundle_20261120.csv")
    assert read_watched_folders() == 1
    assert names(inbox) == ["archive/bundle_20261120.csv"]
    assert list(place.stored()) == [("bundle", "icu", "2026-11-20")]
    assert clock.last_successes(["boards.tasks.read_watched_folders"])["boards.tasks.read_watched_folders"] is not None


def test_a_bad_file_is_set_aside_with_its_errors(place, inbox):
    drop(inbox, "bad.csv", GOOD + "bundle,=icu,2026-11-20,2026-11-20,,,1,2\n")
    read_watched_folders()
    assert names(inbox) == ["error/bad.csv", "error/bad.csv.errors.csv"]
    with (inbox / "error" / "bad.csv.errors.csv").open(encoding="utf-8-sig", newline="") as file:
        lines = list(csv.DictReader(file))
    assert [(line["row"], line["column"], line["code"], line["found"]) for line in lines] == [
        ("3", "unit", "unknown_unit", "'=icu")
    ]
    assert (place.stored(), Batch.objects.get().state) == ({}, "quarantined")


def test_files_that_are_not_whole_wait(place, inbox):
    drop(inbox, "later.csv.tmp")
    drop(inbox, ".hidden.csv")
    drop(inbox, "notes.md")
    (inbox / "link.csv").symlink_to(inbox / "notes.md")
    growing = drop(inbox, "growing.csv", GOOD, age=0)
    before = names(inbox)
    assert read_watched_folders() == 0
    with growing.open("a") as file:
        file.write(f"bundle,ed,{DAY},,,3,4\n")
    assert read_watched_folders() == 0
    assert names(inbox) == before
    assert read_watched_folders() == 1
    assert len(place.stored()) == 2


def test_a_file_from_a_clock_that_is_ahead_is_read_when_it_rests(place, inbox):
    drop(inbox, "ahead.csv", age=-3600)
    assert (read_watched_folders(), read_watched_folders()) == (0, 1)


def test_killed_between_counting_and_moving(place, inbox):
    path = drop(inbox, "a.csv")
    place.send(path.read_text())
    assert read_watched_folders() == 1
    assert names(inbox) == ["archive/a.csv"]
    assert (Batch.objects.count(), place.replaced()) == (1, 0)


def test_the_same_name_again_overwrites_nothing(place, inbox):
    drop(inbox, "a.csv")
    read_watched_folders()
    drop(inbox, "a.csv", long_file(f"bundle,icu,{DAY},,,4,4"))
    read_watched_folders()
    assert len(names(inbox)) == 2
    assert place.stored()["bundle", "icu", "2026-11-20"] == {"": (4, 4, False)}


def test_a_file_too_large_is_not_read_whole(place, inbox, settings):
    settings.FEED_MAX_BYTES = 10
    drop(inbox, "big.csv")
    read_watched_folders()
    assert names(inbox) == ["error/big.csv", "error/big.csv.errors.csv"]
    assert Batch.objects.get().size == 11


def test_a_fault_in_one_file_does_not_stop_the_next(place, inbox):
    factories.make_mapping(place.source, "wrong", form="tall")
    factories.make_mapping(place.source, "plain")
    drop(inbox, "a_wrong.csv".removeprefix("a_"))
    drop(inbox, "plain.csv")
    assert read_watched_folders() == 2
    assert names(inbox) == ["archive/plain.csv", "error/wrong.csv", "error/wrong.csv.errors.csv"]


def test_a_folder_of_nobody_is_left_alone(place, inbox):
    other = inbox.parent / "unknown"
    other.mkdir()
    drop(other, "a.csv")
    assert read_watched_folders() == 0
    assert names(other) == ["a.csv"]


def test_mapping_by_the_name_of_the_file(place):
    week, weekly = (factories.make_mapping(place.source, name) for name in ("week", "weekly"))
    assert mapping_for("Weekly_20261120.csv", [week, weekly]) == weekly
    assert mapping_for("other.csv", [week, weekly]) is None
    assert mapping_for("other.csv", [week]) == week


def test_names_are_not_overwritten_in_the_archive(tmp_path):
    at = timezone.now()
    for moment in (at, at + timedelta(seconds=1), at + timedelta(seconds=2)):
        folders.put_away(drop(tmp_path, "a.csv"), moment)
    assert len(names(tmp_path)) == 3
