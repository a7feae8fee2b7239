"""Recordings of a population: files, downloads, simulations, binning."""
