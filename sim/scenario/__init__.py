"""The plan: YAML read into one frozen, validated value, and told back in words."""
