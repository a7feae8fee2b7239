"""Published results of the Neuromatch tutorial (W1D5, Tutorial 3, CC BY 4.0).

The tutorial trains one network, here the model `cnn`, with seed 12, and compares it with one
recording, told by the MD5 of its file.
"""

MODEL, SEED = "cnn", 12
RECORDING_MD5 = "436599dfd8ebe6019f066c38aed20580"

# Epoch → loss on the last mini-batch, and the tolerance: 1 %, the spread between processors and
# versions of PyTorch.
LOSSES = {
    epoch: (loss, round(0.01 * loss, 12))
    for epoch, loss in {5: 4.10e-1, 10: 5.17e-2, 15: 1.32e-2, 20: 2.27e-3, 25: 8.15e-5}.items()
}

# Layer → correlation of its RDM with the recording's, read off a bar plot to ±0.002; the tolerance
# leaves room for a training that differs in the last bits.
CORRELATIONS = {"pool": (0.716, 0.01), "fc": (0.564, 0.01)}
LAYERS = list(CORRELATIONS)  # the more similar of them is the tutorial's question
