"""From records to words, pictures and files."""
