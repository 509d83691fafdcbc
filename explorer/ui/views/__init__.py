"""The views beside the controls, one file each."""
