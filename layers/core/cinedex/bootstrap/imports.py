"""The drop folder, backfills, and the policies of collections."""

from __future__ import annotations

from cinedex.adapters.aws_errors import FAILURES
from cinedex.bootstrap import drop_providers, providers
from cinedex.bootstrap.analysis import probe_media, start_analysis
from cinedex.bootstrap.library import delete_video, manage_collections, update_video
from cinedex.bootstrap.subtitles import attach_subtitles, remove_subtitles
from cinedex.imports.usecases.apply_sidecars import ApplySidecars
from cinedex.imports.usecases.backfill_drop import BackfillDrop
from cinedex.imports.usecases.drop_records import DropRecords
from cinedex.imports.usecases.drop_sources import DropSources, parse_sources
from cinedex.imports.usecases.read_drop import ReadDrop
from cinedex.imports.usecases.read_sidecar import ReadSidecar
from cinedex.imports.usecases.receive_drop import ReceiveDrop
from cinedex.imports.usecases.receive_sidecar import ReceiveSidecar
from cinedex.imports.usecases.receive_video import ReceiveVideo
from cinedex.imports.usecases.start_policy import StartPolicy
from cinedex.imports.usecases.store_dropped_video import FindCollection, StoreDroppedVideo
from cinedex.imports.usecases.upload_to_drop import UploadToDrop
from cinedex.library.usecases.expire_videos import ExpireVideos
from cinedex.library.usecases.manage_policies import ManagePolicies
from cinedex.settings import DropSettings, MediaSettings


def receive_drop() -> ReceiveDrop:
    records = DropRecords(drop_providers.drops(), drop_providers.drop_folder(), providers.clock)
    sidecars = apply_sidecars()
    return ReceiveDrop(
        MediaSettings().bucket,
        providers.api_keys(),
        records,
        receive_video(records, sidecars),
        ReceiveSidecar(records, sidecars.read, sidecars),
    )


def receive_video(records: DropRecords, sidecars: ApplySidecars) -> ReceiveVideo:
    settings, collections = DropSettings(), FindCollection(providers.collections(), manage_collections())
    return ReceiveVideo(
        records=records,
        probe=probe_media(),
        videos=StoreDroppedVideo(providers.videos(), collections),
        sidecars=sidecars,
        start=StartPolicy(manage_policies(), start_analysis()),
        delete_video=delete_video(),
        deletion=settings.deletion,
        bytes_max=settings.bytes_max,
    )


def apply_sidecars() -> ApplySidecars:
    return ApplySidecars(
        store=drop_providers.drops(),
        videos=providers.videos(),
        read=ReadSidecar(drop_providers.drop_folder()),
        update=update_video(),
        attach=attach_subtitles(),
        remove=remove_subtitles(),
        clock=providers.clock,
    )


def read_drop() -> ReadDrop:
    return ReadDrop(drop_providers.drops(), providers.clock)


def upload_to_drop() -> UploadToDrop:
    return UploadToDrop(providers.media_store(), drop_providers.drop_folder(), DropSettings().bytes_max)


def drop_sources() -> DropSources:
    return DropSources(MediaSettings().bucket, parse_sources(DropSettings().sources))


def backfill_drop() -> BackfillDrop:
    return BackfillDrop(
        drop_providers.drop_backfills(),
        drop_providers.drop_folder(),
        drop_providers.drops(),
        drop_providers.drop_queue(),
        drop_sources(),
        providers.clock,
        failures=FAILURES,
    )


def manage_policies() -> ManagePolicies:
    return ManagePolicies(
        drop_providers.collection_policies(), providers.collections(), providers.clock, DropSettings().features
    )


def expire_videos() -> ExpireVideos:
    return ExpireVideos(
        drop_providers.collection_policies(),
        providers.collections(),
        providers.videos(),
        delete_video(),
        providers.clock,
        failures=FAILURES,
    )
