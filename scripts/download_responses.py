"""Download a recording and verify its MD5."""

from normative.recordings.download import download
from normative.workflow.runner import run


def main(output, params):
    """Write the file as it is on the server."""
    download(params.url, output.recording, params.md5)


if __name__ == "__main__":
    run(main, snakemake)  # noqa: F821, injected by Snakemake
