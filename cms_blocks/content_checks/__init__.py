"""Hints to editors on what they have written: what keeps people from reading it. They never block saving."""
