"""Compute the RDMs of simple models of the stimuli, which learn nothing."""

import numpy as np

from normative.rsa.references import reference_rdms
from normative.stimuli.gratings import period_pixels
from normative.workflow.runner import run


def main(input, output, params):
    """Write one RDM (stimuli × stimuli) a reference."""
    period = period_pixels(**params.stimulus)
    with np.load(input.stimuli) as stimuli:
        rdms = reference_rdms(stimuli["orientation"], stimuli["images"], period)
    np.savez(output.rdms, **rdms)


if __name__ == "__main__":
    run(main, snakemake)  # noqa: F821, injected by Snakemake
