"""What a version, or the folder, is: the About view's facts. Runs on worker threads."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from kitdesk.errors import KitDeskError
from kitdesk.modelkit.oci import config
from kitdesk.modelkit.oci.manifest import Manifest, pair_layers
from kitdesk.modelkit.primitives.json_text import loads
from kitdesk.operations.contents.source import source_of
from kitdesk.operations.contents.trees import version_contents
from kitdesk.operations.diffing.readable_folder import read_layers
from kitdesk.operations.inputs.addresses import FolderSide, name_of
from kitdesk.operations.messages import size_words
from kitdesk.session.state.pages import LayerItem, VersionDetails
from kitdesk.session.state.project import FOLDER, VersionRow

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from kitdesk.modelkit.kitfile.model import Kitfile
    from kitdesk.services.container import Services

README_LIMIT = 1 << 20
FILES_SHOWN = 200
PARAMETERS_SHOWN = 6


def about_folder(folder: Path, services: Services) -> VersionDetails:
    """The folder as it is now, as far as it can be read; raises what is wrong with its Kitfile
    where no version says which layers it has.
    """
    project, found, problems = read_layers(folder, services)
    wrong = {id(entry): error.title for entry, error in problems.layers}
    layers = []
    for layer in found:
        files = tuple(zip(layer.paths, layer.sizes, strict=True))
        layers.append(
            LayerItem(
                layer.entry.kind,
                layer.entry.name or layer.entry.path or ".",
                layer.base,
                sum(layer.sizes),
                files[:FILES_SHOWN],
                len(files),
                problem=wrong.get(id(layer.entry), ""),
            )
        )
    names = [path for layer in found for path in layer.paths]
    readme, note = _readme(names, FolderSide(folder, "."), services)
    kitfile = project.kitfile
    return VersionDetails(
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
    row: VersionRow, repository: str, address: str, services: Services
) -> VersionDetails:
    """A version of the store."""
    store = services.store
    data, manifest = store.manifest_bytes(row.digest), store.manifest(row.digest)
    kitfile = store.kitfile(row.digest)
    own = services.journal.kitfile(row.digest)
    text = own.decode("utf-8", "replace") if own is not None else config.to_yaml(kitfile)
    layers, names = _layers(kitfile, manifest, services)
    readme, note = _readme(names, row.digest, services)
    reference = name_of(repository, row.tags[0] if row.tags else row.digest)
    return facts_of(
        row, data, manifest, kitfile, text, layers, (readme, note), reference, address, services
    )


def facts_of(
    row: VersionRow,
    data: bytes,
    manifest: Manifest,
    kitfile: Kitfile,
    text: str,
    layers: tuple[LayerItem, ...],
    readme: tuple[str | None, str],
    reference: str,
    address: str,
    services: Services,
) -> VersionDetails:
    """The facts of a version, wherever its bytes are; ``text`` = the Kitfile to read."""
    missing = sum(
        layer.size
        for layer in manifest.layers
        if services.store.blobs.size(layer.digest) != layer.size
    )
    return VersionDetails(
        row.digest,
        kitfile.package.name or row.name,
        row.title,
        row.tags,
        kitfile.package.description,
        _facts(kitfile, manifest.kit_version, row),
        reference,
        row.digest,
        *readme,
        text,
        json.dumps(loads(data), indent=2, ensure_ascii=False),
        data.decode("utf-8", "replace"),
        layers,
        _places(row, manifest, address, missing),
        row.local,
        missing,
    )


def _layers(
    kitfile: Kitfile, manifest: Manifest, services: Services
) -> tuple[tuple[LayerItem, ...], list[str]]:
    lines: list[LayerItem] = []
    names: list[str] = []
    for layer, entry in pair_layers(kitfile, manifest):
        here = services.store.blobs.size(layer.digest) == layer.size
        files: tuple[tuple[str, int], ...] = ()
        if here:
            listed = services.layers.list_files(layer)
            files = tuple((file.path, file.size) for file in listed if file.kind == "file")
        names += [path for path, _ in files]
        kind = entry.kind if entry else "code"
        path = entry.path if entry else ""
        name = (entry.name if entry else "") or path or "."
        lines.append(LayerItem(kind, name, path, layer.size, files[:FILES_SHOWN], len(files), here))
    return tuple(lines), names


def readme_of(names: Iterable[str]) -> str:
    """Path of the README nearest to the root; "" = there is none."""
    found = [name for name in names if name.rpartition("/")[2].lower() in ("readme.md", "readme")]
    return min(found, key=lambda one: (one.count("/"), one), default="")


def _readme(names: list[str], side: FolderSide | str, services: Services) -> tuple[str | None, str]:
    """The README as text; (None, "") when there is none."""
    name = readme_of(names)
    if not name:
        return None, ""
    try:
        if isinstance(side, str):
            version_contents(services, side)
        source = source_of(side, name, services)
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
