"""A class that follows one lecturer: its rooms, where the lecture is, and its votes."""
