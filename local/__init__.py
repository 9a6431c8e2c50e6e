"""The whole product on one machine: `cinedex up`."""
