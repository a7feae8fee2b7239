"""Draw the neurons that are predicted, and find how reliable they are."""

import numpy as np

from normative.encoding.sample import choose_examples
from normative.encoding.scores import reliability
from normative.inference.recorded import read_recorded
from normative.inference.smoothness import half_width
from normative.inference.streams import Stream, generator
from normative.recordings.parts import part_weights
from normative.workflow.runner import run


def main(input, output, params):
    """Write `neurons`, their numbers in the recording, ascending, and what is predicted of them.

    `responses` (stimuli × neurons); `reliability`, of all trials, NaN without two parts of them;
    `examples`, positions among the neurons; `orientation` (stimuli, degrees); `gap_deg`, the gap
    between stimuli that are fitted to and those that are predicted; `shuffled`, the stimuli in a
    random order. Those parts that there are stand as `half_1` and `half_2`.
    """
    entries, coverage, _ = read_recorded(input.responses, input.recording)
    with np.load(input.responses) as file:
        responses, orientation = file["responses"], file["orientation"]
        halves = {name: file[name] for name in ("half_1", "half_2") if name in file}
    rng = generator(params.seed, Stream.ENCODING)
    n_neurons = responses.shape[1]
    shuffled = rng.permutation(len(orientation))
    neurons = np.arange(n_neurons)
    if params.neurons != "all" and params.neurons < n_neurons:
        neurons = np.sort(rng.choice(n_neurons, params.neurons, replace=False))
    reliable = np.full(len(neurons), np.nan)
    if halves:
        weights = part_weights(*halves.values())  # those of `responses`: of all neurons
        halves = {name: half[:, neurons] for name, half in halves.items()}
        reliable = reliability(*halves.values(), weights)
    np.savez(
        output.sample,
        orientation=orientation,
        neurons=neurons,
        responses=responses[:, neurons],
        **halves,
        reliability=reliable,
        examples=choose_examples(reliable, responses[:, neurons]),
        gap_deg=np.nan_to_num(half_width(entries, coverage)),
        shuffled=shuffled,
    )


if __name__ == "__main__":
    run(main, snakemake)  # noqa: F821, injected by Snakemake
