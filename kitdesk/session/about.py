"""What a version, or the folder, is: the About view's facts. Runs on worker threads."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from kitdesk.errors import KitDeskError
from kitdesk.modelkit import config
from kitdesk.modelkit.manifest import Manifest, pair_layers
from kitdesk.operations.content import source_of
from kitdesk.operations.project import open_project, plan_layers
from kitdesk.operations.references import FolderSide, name_of
from kitdesk.operations.trees import version_tree
from kitdesk.operations.words import size_words
from kitdesk.session.workspace import FOLDER, AboutFacts, LayerLine, VersionRow

if TYPE_CHECKING:
    from pathlib import Path

    from kitdesk.modelkit.values import Kitfile
    from kitdesk.services.library import Library
    from kitdesk.services.remote import Remote

README_LIMIT = 1 << 20
FILES_SHOWN = 200
PARAMETERS_SHOWN = 6


def about_folder(folder: Path, library: Library) -> AboutFacts:
    """The folder as it is now; raises what is wrong with its Kitfile."""
    project = open_project(folder, library.store)
    plan = plan_layers(project)
    layers = []
    for layer in plan.layers:
        files = tuple((m.path, m.size) for m in layer.members if not m.is_dir)
        layers.append(
            LayerLine(
                layer.entry.kind,
                layer.entry.name or layer.entry.path or ".",
                layer.base,
                sum(size for _, size in files),
                files[:FILES_SHOWN],
                len(files),
            )
        )
    names = [path for line in layers for path, _ in line.files]
    readme, note = _readme(names, FolderSide(folder, "."), library)
    kitfile = project.kitfile
    return AboutFacts(
        FOLDER,
        kitfile.package.name or folder.name,
        "this folder",
        description=kitfile.package.description,
        facts=_facts(kitfile, ""),
        readme=readme,
        readme_note=note,
        kitfile=project.text.decode("utf-8", "replace"),
        layers=tuple(layers),
        places=(("device-laptop", "On this machine", str(folder)),),
    )


def about_version(
    row: VersionRow, repository: str, address: str, library: Library, remote: Remote | None
) -> AboutFacts:
    """A version of the store, or (with ``remote``) one that is only there."""
    store = library.store
    data, manifest, raw = _records(row, library, remote)
    kitfile = config.decode(raw)
    own = library.journal.kitfile(row.digest)
    text = own.decode("utf-8", "replace") if own is not None else config.to_yaml(kitfile)
    layers, names = _layers(row, kitfile, manifest, library)
    readme, note = (None, "")
    if row.local:
        readme, note = _readme(names, row.digest, library)
    missing = sum(
        layer.size for layer in manifest.layers if store.blobs.size(layer.digest) != layer.size
    )
    exact = data.decode("utf-8", "replace")
    return AboutFacts(
        row.digest,
        kitfile.package.name or row.name,
        row.title,
        row.tags,
        kitfile.package.description,
        _facts(kitfile, manifest.kit_version, row),
        name_of(repository, row.tags[0] if row.tags else row.digest)
        if row.local
        else f"{address}:{row.title}",
        row.digest,
        readme,
        note,
        text,
        json.dumps(json.loads(data), indent=2, ensure_ascii=False),
        exact,
        layers,
        _places(row, manifest, address, missing),
        row.local,
    )


def _records(
    row: VersionRow, library: Library, remote: Remote | None
) -> tuple[bytes, Manifest, bytes]:
    from kitdesk.modelkit import manifest as manifests

    store = library.store
    if remote is None or store.blobs.size(row.digest) is not None:
        data = store.manifest_bytes(row.digest)
    else:
        data, _ = remote.manifest(row.digest)
    manifest = manifests.decode(data)
    if remote is None or store.blobs.size(manifest.config.digest) is not None:
        return data, manifest, store.blobs.read(manifest.config.digest)
    return data, manifest, remote.read(manifest.config)


def _layers(
    row: VersionRow, kitfile: Kitfile, manifest: Manifest, library: Library
) -> tuple[tuple[LayerLine, ...], list[str]]:
    lines: list[LayerLine] = []
    names: list[str] = []
    for layer, entry in pair_layers(kitfile, manifest):
        here = library.store.blobs.size(layer.digest) == layer.size
        files: tuple[tuple[str, int], ...] = ()
        if here:
            listed = library.layers.list(layer)
            files = tuple((file.path, file.size) for file in listed if file.kind == "file")
        names += [path for path, _ in files]
        kind = entry.kind if entry else "code"
        path = entry.path if entry else ""
        name = (entry.name if entry else "") or path or "."
        lines.append(LayerLine(kind, name, path, layer.size, files[:FILES_SHOWN], len(files), here))
    return tuple(lines), names


def _readme(names: list[str], side: FolderSide | str, library: Library) -> tuple[str | None, str]:
    """The README nearest to the root, as text; (None, "") when there is none."""
    found = [name for name in names if name.rpartition("/")[2].lower() in ("readme.md", "readme")]
    if not found:
        return None, ""
    name = min(found, key=lambda one: (one.count("/"), one))
    try:
        if isinstance(side, str):
            version_tree(library, side)
        source = source_of(side, name, library)
        data = source.read(README_LIMIT)
    except KitDeskError:
        return None, ""
    return data.decode("utf-8", "replace"), f"{size_words(len(data))}, from {name}"


def _facts(
    kitfile: Kitfile, kit_version: str, row: VersionRow | None = None
) -> tuple[tuple[str, str, str], ...]:
    package, model = kitfile.package, kitfile.model
    licences = dict.fromkeys(filter(None, (package.license, model.entry.license if model else "")))
    facts = [
        ("user", "Authors", ", ".join(package.authors)),
        ("license", "Licence", ", ".join(licences)),
        ("tag", "Version", package.version),
    ]
    if model is not None:
        named = " ".join(filter(None, (model.entry.name, model.version)))
        facts.append(("affiliate", "Model", named))
        facts.append(("stack-2", "Framework", model.framework))
        facts.append(("adjustments", "Parameters", _parameters(model.entry.parameters)))
    if kit_version:
        facts.append(("package", "Packed", f"with {kit_version}"))
    if row is not None and len(row.tags) > 1:
        facts.append(("tag", "Tags", ", ".join(row.tags)))
    return tuple(fact for fact in facts if fact[2])


def _parameters(value: object) -> str:
    if not isinstance(value, dict):
        return ""
    shown = [
        f"{name} {one}"
        for name, one in list(value.items())[:PARAMETERS_SHOWN]
        if isinstance(one, str | int | float | bool)
    ]
    more = len(value) - len(shown)
    return ", ".join(shown) + (f" and {more} more" if more > 0 else "")


def _places(
    row: VersionRow, manifest: Manifest, address: str, missing: int
) -> tuple[tuple[str, str, str], ...]:
    places = []
    if row.remote and address:
        places.append(
            (
                "cloud",
                address,
                "Known from earlier; not reached now." if row.stale else "In the registry.",
            )
        )
    elif address:
        places.append(("cloud-off", address, "Not pushed there yet."))
    if row.local:
        size = size_words(manifest.total_size)
        places.append(
            ("device-laptop", "On this machine", f"All {len(manifest.layers)} layers, {size}.")
        )
    else:
        have = sum(layer.size for layer in manifest.layers) - missing
        words = f"Pull fetches {size_words(missing)}."
        if have:
            words = f"{size_words(have)} of it is here. {words}"
        places.append(("device-laptop", "Not on this machine", words))
    return tuple(places)
