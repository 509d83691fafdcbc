"""What is seen beside the controls: one file a view."""
