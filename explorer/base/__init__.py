"""Helpers that know nothing of networks: errors, backends, numbers beyond the floats' range, rounding, arithmetic."""
