"""The look of figures, and the panels that several of them share."""
