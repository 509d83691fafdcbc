"""What knows nothing of networks: errors, backends, numbers beyond the floats, rounding, arithmetic in texts."""
