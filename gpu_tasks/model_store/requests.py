"""Turns the arguments of `cinedex models pull` into a manifest and its source."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from pathlib import Path

from gpu_tasks.engines.catalog import PinnedModel, read_catalog
from gpu_tasks.engines.pinned_folder import PINS, Pins, read_pins
from gpu_tasks.model_store.folder_source import FolderSource
from gpu_tasks.model_store.hub_source import HubSource
from gpu_tasks.model_store.manifest import Manifest, ModelSource, PullFailed, catalog_manifest, data_files
from gpu_tasks.model_store.s3_source import S3Source
from gpu_tasks.settings import HubSettings

NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,95}")
REPOSITORY = re.compile(rf"{NAME.pattern}/{NAME.pattern}")


@dataclass(frozen=True)
class PullRequest:
    """`name` is that of the catalog, or of another model; `origin` is a folder, an S3 address, or None for the hub."""

    name: str
    origin: str | None = None
    revision: str | None = None
    folder: str | None = None


def resolve(request: PullRequest, root: Path) -> tuple[Manifest, ModelSource]:
    """What to install, and from where. Raises `PullFailed`."""
    model = read_catalog().models.get(request.name)
    if model is not None:
        return _catalogued(request, model)
    name = request.folder or request.name.rpartition("/")[2]
    if not NAME.fullmatch(name) or name in read_catalog().models:
        raise PullFailed(f"{name!r} cannot be the name of a folder of your own; choose one with --as NAME.")
    manifest, source = _from_hub(request, name) if request.origin is None else _from_store(request, name)
    manifest = replace(manifest, files=data_files(name, manifest.files))
    return _as_pinned_before(manifest, root / name), source


def _catalogued(request: PullRequest, model: PinnedModel) -> tuple[Manifest, ModelSource]:
    if request.revision not in (None, model.revision):
        raise PullFailed(f"The catalog pins {request.name} to the revision {model.revision}; omit --revision.")
    if request.origin is not None:
        return catalog_manifest(request.name, model), _store(request.origin)
    return catalog_manifest(request.name, model), _hub(model.repository, model.revision)


def _from_store(request: PullRequest, name: str) -> tuple[Manifest, ModelSource]:
    source = _store(request.origin or "")
    return Manifest(name, request.origin or "", request.revision, None, source.list_files()), source


def _from_hub(request: PullRequest, name: str) -> tuple[Manifest, ModelSource]:
    if not REPOSITORY.fullmatch(request.name):
        known = ", ".join(read_catalog().models)
        raise PullFailed(f"{request.name!r} is neither a model of the catalog ({known}) nor the OWNER/NAME of a hub.")
    if request.revision is None:
        raise PullFailed(f"{request.name} is not in the catalog: pin it with --revision, the commit that you trust.")
    source = _hub(request.name, request.revision)
    commit, licence = source.describe()
    pinned = _hub(request.name, commit)
    return Manifest(name, request.name, commit, licence, pinned.list_files()), pinned


def _store(origin: str) -> ModelSource:
    return S3Source(origin) if origin.startswith("s3://") else FolderSource(Path(origin))


def _hub(repository: str, revision: str) -> HubSource:
    settings = HubSettings()
    if not settings.url:
        raise PullFailed(
            "No hub is configured. Set MODEL_HUB_URL to the address of a hub with the interface of the Hugging Face"
            " Hub, or pull from a folder or S3: --from DIR, --from s3://bucket/prefix"
        )
    return HubSource(settings.url, repository, revision, settings.token.get_secret_value() if settings.token else None)


def _as_pinned_before(manifest: Manifest, folder: Path) -> Manifest:
    """The same revision has to have the same bytes: the hashes of the first pull apply to every later one."""
    pins = read_pins(folder) if (folder / PINS).is_file() else Pins(sha256={})
    if (pins.source, pins.revision) != (manifest.source, manifest.revision) or manifest.revision is None:
        return manifest
    files = tuple(replace(file, sha256=pins.sha256.get(file.name, file.sha256)) for file in manifest.files)
    return replace(manifest, files=files)
