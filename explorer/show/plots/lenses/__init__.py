"""What the lenses see, as figures: each file the functions of one lens's record."""
