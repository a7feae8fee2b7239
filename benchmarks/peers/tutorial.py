"""The tutorial's path in one script, as a notebook goes: one seed, from the recording to figures.

    RECORDING=recording.npz SEED=12 OUT=folder python benchmarks/peers/tutorial.py

Written plainly, without the library; definitions are the tutorial's (docs/methods.md). Cells start
with `# %%`. Writes correlations.csv, losses.csv and the six figures.
"""

# %%
import os

import matplotlib

matplotlib.use("Agg")
import matplotlib.pyplot as plt
import numpy as np
import torch
from sklearn.decomposition import PCA
from sklearn.manifold import TSNE
from torch import nn

# %% The recording
if __name__ == "__main__":
    SEED = int(os.environ["SEED"])
    OUT = os.environ["OUT"]
    os.makedirs(OUT, exist_ok=True)
    with np.load(os.environ["RECORDING"]) as data:
        resp, stimuli = data["resp"], data["stimuli"]
    order = np.argsort(stimuli, kind="stable")
    order = order[stimuli[order] <= 180]
    resp = torch.tensor(resp[order].astype(np.float32))
    orientations = torch.tensor((stimuli[order] - 90).astype(np.float32))


# %% Gratings
def grating(angle, sf=1 / 28, res=0.1):
    """One image."""
    x, y = np.meshgrid(np.arange(0, 640 * res) / res * sf, np.arange(0, 480 * res) / res * sf)
    theta = np.deg2rad(angle)
    image = np.cos(x * np.cos(theta) + y * np.sin(theta))
    image[image <= 0] = 0
    image[image > 0] = 1
    return torch.tensor(image.astype(np.float32)).unsqueeze(0)


if __name__ == "__main__":
    figure, axes = plt.subplots(1, 5, figsize=(15, 3))
    for axis, angle in zip(axes, np.linspace(-90, 90, 5), strict=True):
        axis.imshow(grating(angle).squeeze(), cmap="binary")
        axis.set_title(f"{angle:.0f}°")
    figure.savefig(f"{OUT}/gratings.png")


# %% The network
def filters(out_channels=6, size=7):
    """Two center-surround filters and four Gabors."""
    x, y = np.meshgrid(
        np.linspace(-size / 2, size / 2, size),
        np.linspace(-size / 2, size / 2, size),
        indexing="ij",
    )
    sigma = 1.1
    distance = np.sqrt(x**2 + y**2)
    center = np.exp(-distance / (2 * sigma**2)) - 0.5 * np.exp(-distance / (2 * (2 * sigma) ** 2))
    bank = [center, -center]
    for angle in np.deg2rad(np.linspace(0, 180, out_channels - 1)[:-1]):
        along = x * np.cos(angle) + y * np.sin(angle)
        envelope = np.exp(-distance / (2 * (0.4 * sigma) ** 2))
        bank.append(envelope * np.cos(2 * np.pi * along / 10 + np.pi / 2))
    bank = np.array([each / np.abs(each).max() for each in bank])
    return torch.tensor(bank.astype(np.float32)).unsqueeze(1)


class CNN(nn.Module):
    """Convolution, pooling and one hidden layer."""

    def __init__(self, height=48, width=64, channels=6, size=7):
        super().__init__()
        self.conv = nn.Conv2d(1, channels, size, padding=size // 2)
        self.pool = nn.MaxPool2d(8)
        self.fc = nn.Linear(channels * (height // 8) * (width // 8), 10)
        self.out = nn.Linear(10, 1)
        self.conv.weight = nn.Parameter(filters(channels, size))
        self.conv.bias = nn.Parameter(torch.zeros(channels))

    def forward(self, x):
        """Probability of a tilt to the right."""
        x = self.pool(torch.relu(self.conv(x)))
        x = torch.relu(self.fc(x.view(x.shape[0], -1)))
        return torch.sigmoid(self.out(x))


# %% Training
def train(net, images, labels, epochs=25, batch=100):
    """Stochastic gradient descent; the loss of the last mini-batch of each epoch."""
    loss_fn = nn.BCELoss()
    optimizer = torch.optim.SGD(net.parameters(), lr=0.0005, momentum=0.99)
    losses = []
    for _ in range(epochs):
        permutation = torch.randperm(len(images))
        for start in range(0, len(images), batch):
            chosen = permutation[start : start + batch]
            loss = loss_fn(net(images[chosen]), labels[chosen])
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
        losses.append(loss.item())
    return losses


if __name__ == "__main__":
    np.random.seed(SEED)
    angles = (np.random.rand(1000) - 0.5) * 180
    images = torch.stack([grating(angle) for angle in angles])
    labels = torch.tensor(angles > 0).float().unsqueeze(1)
    torch.manual_seed(SEED)
    net = CNN()
    losses = train(net, images, labels)
    np.savetxt(f"{OUT}/losses.csv", losses)

# %% Internal representations
if __name__ == "__main__":
    activity = {"recording": resp}
    shown = torch.stack([grating(angle) for angle in orientations.numpy()])
    with torch.no_grad():
        pooled = net.pool(torch.relu(net.conv(shown))).flatten(1)
        activity["pool"], activity["fc"] = pooled, net.fc(pooled)


# %% RDMs and their correlation
def rdm(resp):
    """One minus the correlation of the responses to each pair of stimuli."""
    z = (resp - resp.mean(dim=1, keepdim=True)) / resp.std(dim=1, unbiased=False, keepdim=True)
    return 1 - z @ z.T / z.shape[1]


if __name__ == "__main__":
    rdms = {name: rdm(values).numpy() for name, values in activity.items()}
    upper = np.triu_indices(len(orientations), k=1)
    similar = {
        name: np.corrcoef(rdms["recording"][upper], rdms[name][upper])[0, 1]
        for name in ("pool", "fc")
    }
    with open(f"{OUT}/correlations.csv", "w", encoding="utf-8") as file:
        file.writelines(f"{name},{value}\n" for name, value in similar.items())

    figure, axes = plt.subplots(1, 3, figsize=(15, 5))
    for axis, (name, matrix) in zip(axes, rdms.items(), strict=True):
        shade = axis.imshow(matrix, vmin=0, vmax=2, extent=(-90, 90, 90, -90))
        axis.set_title(name)
    figure.colorbar(shade, ax=axes)
    figure.savefig(f"{OUT}/rdms.png")

    figure, axis = plt.subplots()
    axis.bar(*zip(*similar.items(), strict=True))
    axis.set_ylabel("correlation of RDMs")
    figure.savefig(f"{OUT}/rdm_correlations.png")

    figure, axes = plt.subplots(1, 4, figsize=(16, 4))
    for axis, angle in zip(axes, (-75, -25, 25, 75), strict=True):
        row = np.abs(orientations.numpy() - angle).argmin()
        for name, matrix in rdms.items():
            axis.plot(orientations, matrix[row], label=name)
        axis.axvline(angle)
        axis.legend()
    figure.savefig(f"{OUT}/rdm_rows.png")

# %% Tuning curves, and the stimuli in two dimensions
if __name__ == "__main__":
    figure, axes = plt.subplots(1, 3, figsize=(15, 4))
    for axis, (name, values) in zip(axes, activity.items(), strict=True):
        for unit in np.random.choice(values.shape[1], 3, replace=False):
            axis.plot(orientations, values[:, unit])
        axis.set_title(name)
    figure.savefig(f"{OUT}/tuning_curves.png")

    figure, axes = plt.subplots(1, 3, figsize=(15, 5))
    for axis, (name, values) in zip(axes, activity.items(), strict=True):
        reduced = PCA(min(20, values.shape[1]), random_state=0).fit_transform(values.numpy())
        points = TSNE(random_state=0).fit_transform(reduced)
        axis.scatter(*points.T, c=orientations, cmap="twilight", vmin=-90, vmax=90)
        axis.set_title(name)
    figure.savefig(f"{OUT}/embeddings.png")
