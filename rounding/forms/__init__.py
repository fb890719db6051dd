"""What is typed about rounds."""
