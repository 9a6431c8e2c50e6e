"""Which licences permit every use, so that a model is installed without a question."""

from __future__ import annotations

from gpu_tasks.model_store.manifest import Manifest, PullFailed

PERMISSIVE = frozenset(
    {"0bsd", "apache-2.0", "bsd-2-clause", "bsd-3-clause", "bsl-1.0", "cc-by-4.0", "cc0-1.0", "isc", "mit", "unlicense"}
)


def is_permissive(licence: str | None) -> bool:
    return (licence or "").lower() in PERMISSIVE


def accepted_licence(manifest: Manifest, accepted: tuple[str, ...]) -> str:
    """The licence of the model, which is permissive or was accepted by its name.

    A source may state none: the one that the operator names is then written to the pins.

    Raises `PullFailed`.
    """
    licence = manifest.licence
    if licence is None and accepted:
        return accepted[0]
    if licence is None:
        raise PullFailed(
            f"The source of {manifest.name} states no licence. If you may use the model, name its licence:"
            " --accept-licence ID"
        )
    if is_permissive(licence) or licence.lower() in map(str.lower, accepted):
        return licence
    raise PullFailed(
        f"The licence of {manifest.name} is {licence}, which limits its use. Read it; if you accept it, run the command"
        f" again with --accept-licence {licence}"
    )
