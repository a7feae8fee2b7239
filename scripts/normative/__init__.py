"""Normative encoding models of mouse visual cortex: gratings, networks, recordings and RDMs.

Plain functions on arrays. Nothing here knows of Snakemake or of the configuration file.
"""
