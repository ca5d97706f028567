"""The one place where what a verb meets in the world becomes an error with words.

Readers and services say what they can say better; this is for whatever they let through. A mistake
of the program (KeyError, TypeError, ...) passes: it is told as a bug, not as bad luck.
"""

from __future__ import annotations

import contextlib
import os
from typing import TYPE_CHECKING

from kitdesk.errors import DiskFailure, FolderGone, KitDeskError

if TYPE_CHECKING:
    from collections.abc import Iterator

NO_NUL = "embedded null"
"""Python's word for a NUL in a path, which it tells as a ValueError."""


@contextlib.contextmanager
def expected(doing: str) -> Iterator[None]:
    """Around a verb: errors of the system, of memory and of texts leave it as KitDeskErrors.

    ``doing`` reads like ``pack``. BrokenPipeError passes: whoever read the answer has gone.
    """
    try:
        yield
    except BrokenPipeError:
        raise
    except OSError as error:
        raise _of_system(error, doing) from error
    except MemoryError as error:
        raise DiskFailure(
            f"There is not enough memory for {doing}.", "Close other programs and try again."
        ) from error
    except RecursionError as error:
        raise KitDeskError(
            f"Something is nested too deeply for {doing}.", "Check what was made by hand."
        ) from error
    except UnicodeError as error:
        raise KitDeskError(
            f"A text that is no UTF-8 stopped {doing}.",
            "Check the names of files, tags and the password.",
            type(error).__name__,  # the text itself may be a secret
        ) from error
    except ValueError as error:
        if NO_NUL not in str(error):
            raise
        raise KitDeskError(
            f"A path with a NUL character stopped {doing}.", "No file can have such a name."
        ) from error


def _of_system(error: OSError, doing: str) -> KitDeskError:
    from kitdesk.services.disk.files import disk_error

    if error.filename is None and isinstance(error, FileNotFoundError) and not _has_place():
        return FolderGone(
            "The folder that you are in is not there any more.",
            "Go into another one (cd), then try again.",
        )
    return disk_error(error, doing)


def _has_place() -> bool:
    try:
        os.getcwd()
    except OSError:
        return False
    return True
