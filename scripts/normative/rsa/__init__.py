"""Representational similarity analysis: RDMs and their comparison."""
