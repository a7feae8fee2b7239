"""How things are called in figures and texts."""

COMPARATOR_NAMES = {
    "pearson": "Pearson r",
    "spearman": "Spearman ρ",
    "kendall_tau_a": "Kendall τ\N{LATIN SUBSCRIPT SMALL LETTER A}",
    "rho_a": "ρ\N{LATIN SUBSCRIPT SMALL LETTER A}",
    "cosine": "cosine",
}
REFERENCE_NAMES = {
    "pixels": "pixels",
    "gabor_energy": "Gabor energy",
    "fourier_amplitude": "Fourier amplitude",
    "orientation": "orientation, straight line",
    "angle": "angle, 360° circle",
    "tilt": "left or right tilt",
}


def real_minus(text):
    """Write minus signs as on the axes of figures, and not as hyphens."""
    return text.replace("-", "\N{MINUS SIGN}")
