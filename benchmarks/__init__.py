"""How fast and how large Chokepoint is, measured against other ways to do the same: `make bench`."""
