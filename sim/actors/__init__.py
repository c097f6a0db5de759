"""Those who decide."""
