"""All services of one user on this machine, made once and handed to the verbs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from kitdesk.services.credentials import Credentials
from kitdesk.services.hash_cache import HashCache
from kitdesk.services.journal import Journal
from kitdesk.services.layer_files import LayerFiles
from kitdesk.services.safe_copies import SafeCopies
from kitdesk.services.settings import Settings
from kitdesk.services.store import Store
from kitdesk.services.tags_seen import TagsSeen

if TYPE_CHECKING:
    from kitdesk.services.paths import Paths


@dataclass(frozen=True, slots=True)
class Library:
    """What the verbs work on."""

    paths: Paths
    store: Store
    layers: LayerFiles
    hashes: HashCache
    journal: Journal
    safe: SafeCopies
    settings: Settings
    tags_seen: TagsSeen
    credentials: Credentials

    @classmethod
    def at(cls, paths: Paths) -> Library:
        """Build all services; nothing is read or written yet."""
        store, settings = Store(paths.store), Settings(paths.config)
        return cls(
            paths,
            store,
            LayerFiles(store.blobs, paths.cache),
            HashCache(paths.cache),
            Journal(paths.data),
            SafeCopies(paths.data),
            settings,
            TagsSeen(paths.data),
            Credentials(settings),
        )
