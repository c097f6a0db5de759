"""Telling: figures, maps, and one page that a reader without the program can open."""
