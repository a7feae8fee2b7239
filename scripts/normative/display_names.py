"""How things are called in figures and texts."""

COMPARATOR_NAMES = {
    "pearson": "Pearson r",
    "spearman": "Spearman ρ",
    "kendall_tau_a": "Kendall τ\N{LATIN SUBSCRIPT SMALL LETTER A}",
    "rho_a": "ρ\N{LATIN SUBSCRIPT SMALL LETTER A}",
    "cosine": "cosine",
    "debiased_cka": "debiased CKA",
    "procrustes": "Procrustes",
    "linear_predictivity": "linear predictivity, R²",
}
REFERENCE_NAMES = {
    "pixels": "pixels",
    "gabor_energy": "Gabor energy",
    "fourier_amplitude": "Fourier amplitude",
    "orientation": "orientation, straight line",
    "angle": "angle, 360° circle",
    "tilt": "left or right tilt",
}
# References of the encoding models.
ENCODING_NAMES = {
    "mean": "mean of the other responses",
    "orientation": "orientation, smooth function",
    "angle": "angle on 360°, smooth function",
    "pixels": REFERENCE_NAMES["pixels"],
    "gabor_energy": REFERENCE_NAMES["gabor_energy"],
    "fourier_amplitude": REFERENCE_NAMES["fourier_amplitude"],
    "trials": "ceiling, from two parts of the trials",
}


def real_minus(text):
    """Write minus signs as on the axes of figures, and not as hyphens."""
    return text.replace("-", "\N{MINUS SIGN}")
