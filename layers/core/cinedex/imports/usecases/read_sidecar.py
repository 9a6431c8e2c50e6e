"""Read a sidecar: details in JSON, or subtitles."""

from __future__ import annotations

from dataclasses import dataclass

from cinedex.imports.domain import sidecar_details
from cinedex.imports.domain.drop_key import DETAILS_SUFFIX, suffix_of
from cinedex.imports.domain.sidecar_details import SidecarDetails, parse_details
from cinedex.imports.ports.drop_folder import DropFolder
from cinedex.library.domain.video import StoredMedia
from cinedex.subtitles import parse_file as subtitle_files
from cinedex.subtitles.parse_file import ParsedFile, parse_file


@dataclass(frozen=True)
class ReadSidecar:
    folder: DropFolder

    def __call__(self, media: StoredMedia, language: str | None = None) -> SidecarDetails | ParsedFile | None:
        """None if the object is gone. Raises `InvalidInput` and `TooLarge`."""
        is_details = suffix_of(media.key) == DETAILS_SUFFIX
        data = self.folder.read(media, sidecar_details.BYTES_MAX if is_details else subtitle_files.BYTES_MAX)
        if data is None:
            return None
        return parse_details(data) if is_details else parse_file(data, None, language)
