"""Sentences and pages about results."""
