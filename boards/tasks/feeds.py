"""Files that other systems drop into watched folders, counted by the clock."""

import logging
from datetime import datetime
from pathlib import Path

from celery import shared_task
from django.conf import settings
from django.core.cache import cache
from django.core.exceptions import ValidationError
from django.db import DatabaseError
from django.utils import timezone

from boards.actions import feeds
from boards.feeds import folders
from boards.feeds.problems import Finding
from boards.models import FeedMapping, Source
from org import clock

logger = logging.getLogger(__name__)

#: A file that one look saw unchanged since an earlier one is whole, whatever the clock of its disk says.
_REMEMBER_SECONDS = 24 * 3600


@shared_task(name="boards.tasks.read_watched_folders")
def read_watched_folders() -> int:
    """Count every whole file in WATCHED_FOLDERS/<organisation>/<source>/; returns how many were dealt with.

    A run that is killed leaves files where they are; the next one finds that they counted, or counts them.
    """
    done = 0
    for organisation, code, folder in folders.folders(Path(str(settings.WATCHED_FOLDERS))):
        files = folders.waiting(folder)
        if not files:
            continue
        source = (
            Source.objects.filter(organisation__slug=organisation, code=code, kind=Source.SourceKind.FILE)
            .select_related("organisation")
            .first()
        )
        if source is None:
            logger.warning("watched folder %s/%s belongs to no source", organisation, code)
            continue
        mappings = list(FeedMapping.objects.filter(source=source))
        for path in files:
            try:
                done += _read(path, source, mappings)
            except FileNotFoundError:
                continue  # another worker was faster
    clock.stamp("boards.tasks.read_watched_folders", timezone.now())
    return done


def mapping_for(name: str, mappings: list[FeedMapping]) -> FeedMapping | None:
    """The mapping whose name begins the file's name, else the only one, else none: the simple long form."""
    lower = name.casefold()
    named = [m for m in mappings if lower.startswith(m.name.casefold())]
    if named:
        return max(named, key=lambda m: len(m.name))
    return mappings[0] if len(mappings) == 1 else None


def _whole(path: Path, now: datetime) -> bool:
    """Whether the file is not being written any more: untouched for a while, or unchanged since the last look."""
    if folders.settled(path, now.timestamp()):
        return True
    key = f"feed-file:{path}"
    seen = folders.signature(path)
    if cache.get(key) == seen:
        return True
    cache.set(key, seen, _REMEMBER_SECONDS)
    return False


def _read(path: Path, source: Source, mappings: list[FeedMapping]) -> bool:
    at = timezone.now()
    if not _whole(path, at):
        return False
    largest = getattr(settings, "FEED_MAX_BYTES", feeds.LARGEST_FILE)
    content = folders.beginning(path, largest)
    mapping = mapping_for(path.name, mappings)
    try:
        received = feeds.import_file(
            source=source, file_name=path.name, content=content, mapping=mapping, by=None, at=at
        )
    except DatabaseError:
        raise  # not the file's fault: it stays where it is and the next run tries again
    except ValidationError as error:
        logger.error("mapping %s of source %s is not valid", mapping, source.code)  # noqa: TRY400 - no fault of ours
        folders.set_aside(path, [Finding("fault", value="; ".join(error.messages))], at)
    except Exception as error:  # noqa: BLE001 - one file that cannot be read does not hold up the others
        # No traceback: it could carry what stands in the file.
        logger.error("file of source %s: %s", source.code, type(error).__name__)  # noqa: TRY400
        folders.set_aside(path, [Finding("fault", value=type(error).__name__)], at)
    else:
        if received.counted:
            folders.put_away(path, at)
        else:
            folders.set_aside(path, received.findings, at)
    return True
