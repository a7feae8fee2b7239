"""Training of networks, and scores on held-out stimuli."""
