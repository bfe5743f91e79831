"""What one takes away of a run: files, tables, pictures, data sets. The layout is in RESULTS.md."""
