"""The command line, a user interface like the pages."""
