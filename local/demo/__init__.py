"""The whole product in one run on a sample clip: upload, analysis, search and cited answers."""
