"""The entry points: this listing is the list of Lambda functions."""

import gc

# The imports of an API make hundreds of thousands of objects that stay. With the default threshold of 700, the garbage
# collector visits them again and again: a sixth of the CPU time of a cold start.
gc.set_threshold(50_000, 20, 50)
