"""The local stack: the whole product on one machine, started by `cinedex up`."""
