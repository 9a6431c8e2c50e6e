"""Videos, collections, uploads, and the media files behind them."""
