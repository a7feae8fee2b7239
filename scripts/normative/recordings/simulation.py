"""A simulated recording that stands in for the mouse where there is no network.

The generative model, a neuron n on a trial t with a grating at angle θ on the 360° circle:

    response = gain_t · tuning_n(θ) + Σ_k loading_nk · state_tk + noise_nt

- tuning_n(θ) = exp(κ_n (cos(θ − φ_n) − 1)) + a_n exp(κ_n (cos(θ − φ_n − 180°) − 1)), scaled to
  unit variance over the stimuli: a sharp peak at the preferred angle φ_n (uniform) and a smaller
  one at the opposite polarity of the same orientation. κ_n is log-normal, a_n uniform.
- gain_t is log-normal with mean one and common to all neurons; state_t are a few fluctuations
  that neurons share.
- noise_nt is a neuron's own: a Weibull variate of shape 1/2 (the square of an exponential one),
  centered, so that it is rare and large as the transients of calcium imaging are.

Trials are averaged and each neuron is z-scored over the stimuli: all trials, the even and the odd
ones apart, and what endless trials would give, which is the tuning itself. The constants were
fitted to the dissimilarity of the real recording as a function of the difference of orientation,
read off the tutorial's published RDM.
"""

import numpy as np

LOG_CONCENTRATION = 3.22, 0.69  # mean and SD of log κ
OPPOSITE_AMPLITUDE = 0.53  # largest a; the least is 0
GAIN_SD = 0.75  # of the log of a trial's gain
N_SHARED_STATES = 10
SHARED_SD = 0.63  # of a trial's shared fluctuations, against a tuning of SD one
NOISE_SD = 2.45  # of a neuron's own noise on one trial, likewise
WEIBULL_MEAN, WEIBULL_SD = 2.0, 20**0.5  # of the square of a standard exponential variate


def tuning_curves(angle_deg, n_neurons, rng, width=1):
    """Draw tuning curves over the stimuli.

    Parameters
    ----------
    angle_deg : array, shape (stimuli,)
    n_neurons : int
    rng : numpy.random.Generator
    width : float
        Factor of the width of all peaks.

    Returns
    -------
    array of float32, shape (stimuli, neurons)
        Each neuron's of mean zero and SD one.
    """
    theta = np.deg2rad(angle_deg)[:, None]
    preferred = rng.uniform(0, 2 * np.pi, n_neurons)
    concentration = np.exp(rng.normal(*LOG_CONCENTRATION, n_neurons)) / width**2
    opposite = rng.uniform(0, OPPOSITE_AMPLITUDE, n_neurons)
    cosine = np.cos(theta - preferred)  # (stimuli, 1) − (neurons,) -> (stimuli, neurons)
    curves = np.exp(concentration * (cosine - 1)) + opposite * np.exp(concentration * (-cosine - 1))
    return ((curves - curves.mean(axis=0)) / curves.std(axis=0)).astype(np.float32)


def z_scored(resp):
    """Z-score each neuron over the stimuli, (stimuli, neurons), as the tutorial's file; float32."""
    return ((resp - resp.mean(axis=0)) / resp.std(axis=0)).astype(np.float32)


def simulate_recording(neurons, stimuli, trials, seed, noise=1, tuning_width=1):
    """Simulate single trials and average them into a recording like the tutorial's files.

    Parameters
    ----------
    neurons, stimuli, trials : int
        Their numbers, by the names that they have in the configuration. Stimuli are spaced evenly
        over 360°; each is shown on `trials` trials.
    seed : int
        Of this recording. It is no stream of an analysis, as a recording is the same for all.
    noise, tuning_width : float
        Factors of the noise of a trial, each neuron's own and shared, and of the width of tuning.

    Returns
    -------
    dict of array of float32
        `resp`, (stimuli, neurons): averages over all trials.
        `resp_train`, `resp_test`, likewise: averages over every other trial, if there are two.
        `resp_noiseless`, likewise: the mean of endless trials, which no real recording tells.
        `stimuli`, (stimuli,): degrees, 0 ≤ angle < 360.
        Every neuron is z-scored over the stimuli in each of them.
    """
    rng = np.random.default_rng(seed)
    angle_deg = np.arange(stimuli) * 360 / stimuli
    tuning = tuning_curves(angle_deg, neurons, rng, tuning_width)
    loadings = rng.standard_normal((N_SHARED_STATES, neurons), dtype=np.float32)
    loadings *= noise * SHARED_SD / N_SHARED_STATES**0.5
    halves = np.zeros((2, stimuli, neurons), dtype=np.float32)
    for trial in range(trials):
        gain = np.exp(rng.normal(-(GAIN_SD**2) / 2, GAIN_SD, (stimuli, 1))).astype(np.float32)
        states = rng.standard_normal((stimuli, N_SHARED_STATES), dtype=np.float32)
        own = rng.standard_exponential((stimuli, neurons), dtype=np.float32) ** 2
        half = halves[trial % 2]
        # (stimuli, 1) · (stimuli, neurons) + (stimuli, states) × (states, neurons)
        half += gain * tuning + states @ loadings
        half += (own - WEIBULL_MEAN) * (noise * NOISE_SD / WEIBULL_SD)
    recording = {"resp": z_scored(halves.sum(axis=0)), "stimuli": angle_deg.astype(np.float32)}
    if trials > 1:
        recording |= {"resp_train": z_scored(halves[0]), "resp_test": z_scored(halves[1])}
    return recording | {"resp_noiseless": tuning}
