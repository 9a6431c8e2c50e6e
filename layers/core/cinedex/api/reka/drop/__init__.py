"""`/v2/drop`, an extension: the drop folder, its backfills, and the policies of groups."""
