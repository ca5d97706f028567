"""All services of one user on this machine, made when they are first asked for."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from kitdesk.modelkit.primitives.typed_path import homeless_note
from kitdesk.services.disk.files import private_folder

if TYPE_CHECKING:
    from kitdesk.services.accounts.credentials import CredentialStore
    from kitdesk.services.config.paths import Paths
    from kitdesk.services.config.records_kept import RecordWarnings
    from kitdesk.services.config.settings import Settings
    from kitdesk.services.disk.hash_cache import HashCache
    from kitdesk.services.disk.scratch import Scratch
    from kitdesk.services.history.journal import Journal
    from kitdesk.services.history.records import RecordStore
    from kitdesk.services.history.safe_copies import SafeCopies
    from kitdesk.services.history.tag_history import TagHistory
    from kitdesk.services.layers.reader import LayerCatalog
    from kitdesk.services.remotes.registry.cache import RegistryCache
    from kitdesk.services.store.store import Store


class Services:
    """What the verbs work on. A service's module is imported only when a verb needs it: the
    command line must be quick to start (ARCHITECTURE.md, 10).
    """

    def __init__(self, paths: Paths) -> None:
        self.paths = paths

    @classmethod
    def at(cls, paths: Paths) -> Services:
        """Nothing is read or written yet."""
        return cls(paths)

    def unremembered(self) -> tuple[str, ...]:
        """Why something of KitDesk's own is not remembered, one sentence each."""
        settings = self.__dict__.get("settings")
        problems = (homeless_note(self.paths.store), settings.problem if settings else "")
        return tuple(filter(None, problems))

    @cached_property
    def warnings(self) -> RecordWarnings:
        """Records that could not be kept beside what was done."""
        from kitdesk.services.config.records_kept import RecordWarnings

        return RecordWarnings()

    @cached_property
    def store(self) -> Store:
        """Kit's store."""
        from kitdesk.services.store.store import Store

        private_folder(self.paths.store / "kitdesk")
        return Store(self.paths.store)

    @cached_property
    def layers(self) -> LayerCatalog:
        """The files inside its layers."""
        from kitdesk.services.layers.reader import LayerCatalog

        private_folder(self.paths.cache)
        return LayerCatalog(self.store.blobs, self.paths.cache)

    @cached_property
    def hashes(self) -> HashCache:
        """Hashes of project files."""
        from kitdesk.services.disk.hash_cache import HashCache

        private_folder(self.paths.cache)
        return HashCache(self.paths.cache)

    @cached_property
    def journal(self) -> Journal:
        """What was done."""
        from kitdesk.services.history.journal import Journal

        private_folder(self.paths.data)
        return Journal(self.paths.data, self.warnings)

    @cached_property
    def records(self) -> RecordStore:
        """Who made, tested and promoted which version."""
        from kitdesk.services.history.records import RecordStore

        private_folder(self.paths.data)
        return RecordStore(self.paths.data, self.warnings)

    @cached_property
    def safe_copies(self) -> SafeCopies:
        """What was replaced."""
        from kitdesk.services.history.safe_copies import SafeCopies

        private_folder(self.paths.data)
        return SafeCopies(self.paths.data)

    @cached_property
    def scratch(self) -> Scratch:
        """What is in the making."""
        from kitdesk.services.disk.scratch import Scratch

        return Scratch(self.paths.data)

    @cached_property
    def settings(self) -> Settings:
        """What the user chose."""
        from kitdesk.services.config.settings import Settings

        private_folder(self.paths.config)
        return Settings(self.paths.config, self.warnings)

    @cached_property
    def tag_history(self) -> TagHistory:
        """Where tags pointed."""
        from kitdesk.services.history.tag_history import TagHistory

        private_folder(self.paths.data)
        return TagHistory(self.paths.data, self.warnings)

    @cached_property
    def registry_cache(self) -> RegistryCache:
        """What is remembered of registries."""
        from kitdesk.services.remotes.registry.cache import RegistryCache

        private_folder(self.paths.cache)
        return RegistryCache(self.paths.cache)

    @cached_property
    def credentials(self) -> CredentialStore:
        """Who signs in where."""
        from kitdesk.services.accounts.credentials import CredentialStore

        return CredentialStore(self.settings)
