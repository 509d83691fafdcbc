"""One control for each parameter, made from the table, and where they stand."""
