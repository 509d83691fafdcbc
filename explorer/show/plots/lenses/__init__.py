"""Figures of the lenses; each module draws the record of one lens."""
