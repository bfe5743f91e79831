"""Rooms in which a lecture is followed: who leads, where the lecture is, who follows."""
