"""The language pack for English queries: time expressions, negations, and the parser that combines them."""
