"""Games of inspection with known values, played by sides that learn: what a file of a few lines can name."""
