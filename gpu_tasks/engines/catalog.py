"""Reads `catalog.toml`: finds weights in installed packages, checks their hashes, builds engines."""

from __future__ import annotations

import hashlib
import tomllib
from functools import cache
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from gpu_tasks.task_errors import EngineUnavailable

HERE = Path(__file__).parent
Role = Literal["speech", "shots", "objects", "prompted_objects", "screen_text", "captions", "text_vectors"]


class Weight(BaseModel):
    """One pinned file, in an installed `package` or vendored as an `asset`."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    sha256: str
    licence: str
    origin: str
    package: str | None = None
    package_version: str | None = None
    member: str = ""
    asset: str | None = None


class EngineEntry(BaseModel):
    """The engine of a role in a profile, or why there is none; `folder` is a folder with weights from the operator."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    engine: str = ""
    model: str = ""
    version: str = ""
    weights: tuple[str, ...] = ()
    folder: str | None = None
    unavailable: str | None = None


class PinnedFile(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    sha256: str
    size_bytes: int = Field(gt=0)


class PinnedModel(BaseModel):
    """A model that `cinedex models pull` installs; a setting selects it for its role in place of the profile's."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    role: Role
    version: str
    repository: str
    revision: str
    licence: str
    origin: str
    files: dict[str, PinnedFile]


class Catalog(BaseModel):
    """`folder_engines` are the engines that can read a folder with a model of the role."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    weights: dict[str, Weight]
    profiles: dict[str, dict[Role, EngineEntry]]
    models: dict[str, PinnedModel] = {}
    folder_engines: dict[Role, str] = {}

    def entry(self, profile: str, role: Role) -> EngineEntry:
        """Raises `EngineUnavailable` when the profile is unknown or has no engine for the role."""
        entry = self.profiles.get(profile, {}).get(role)
        if entry is None:
            raise EngineUnavailable(f"The model profile {profile!r} has no engine for {role}.")
        if entry.unavailable:
            raise EngineUnavailable(f"No engine for {role} in profile {profile!r}: {entry.unavailable}.")
        return entry


class WeightCheck(BaseModel):
    """One row for `cinedex doctor`; `problem` is None when the file has the pinned hash."""

    model_config = ConfigDict(frozen=True)

    name: str
    source: str
    licence: str
    origin: str
    size_bytes: int = Field(default=0, ge=0)
    problem: str | None = None


@cache
def read_catalog() -> Catalog:
    return Catalog.model_validate(tomllib.loads((HERE / "catalog.toml").read_text(encoding="utf-8")))


def weight_path(name: str) -> Path:
    """The path of a weight, after a check of its hash.

    The package is not imported, so that a package with weights cannot run code.
    Raises `EngineUnavailable` when the file is missing, has another version, or does not have the pinned hash.
    """
    weight = read_catalog().weights[name]
    path = _locate(name, weight)
    sha256 = sha256_of(path)
    if sha256 != weight.sha256:
        raise EngineUnavailable(f"The weight {name} at {path} is not the pinned file: its sha256 is {sha256}.")
    return path


def check_weights() -> list[WeightCheck]:
    """Check every weight, in the order of the catalog."""
    return [_check(name, weight) for name, weight in read_catalog().weights.items()]


def _check(name: str, weight: Weight) -> WeightCheck:
    source = f"{weight.package}=={weight.package_version}" if weight.package else f"vendored {weight.asset}"
    row = WeightCheck(name=name, source=source, licence=weight.licence, origin=weight.origin)
    try:
        return row.model_copy(update={"size_bytes": weight_path(name).stat().st_size})
    except EngineUnavailable as failure:
        return row.model_copy(update={"problem": str(failure)})


def _locate(name: str, weight: Weight) -> Path:
    path = HERE / "assets" / weight.asset if weight.asset else _inside_package(name, weight)
    if not path.is_file():
        raise EngineUnavailable(f"The weight {name} is missing: {path} does not exist.")
    return path


def _inside_package(name: str, weight: Weight) -> Path:
    try:
        package = distribution(weight.package or "")
    except PackageNotFoundError:
        raise EngineUnavailable(
            f"The weight {name} needs the package {weight.package}, which is not installed."
        ) from None
    if package.version != weight.package_version:
        pinned = f"{weight.package}=={weight.package_version}"
        raise EngineUnavailable(f"The weight {name} needs {pinned}, but {package.version} is installed.")
    return Path(str(package.locate_file(weight.member)))


def sha256_of(path: Path) -> str:
    return _sha256(path, path.stat().st_size, path.stat().st_mtime_ns)


@cache
def _sha256(path: Path, _size_bytes: int, _mtime_ns: int) -> str:
    """Hashes a file once per process and state; the size and the time are only part of the cache key."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
