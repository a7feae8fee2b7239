# The workflow and its packages in an image, from pip's pinned versions: docs/containers.md
FROM python:3.11-slim-bookworm

WORKDIR /normative
COPY requirements.txt ./
RUN pip install --no-cache-dir --no-deps --index-url https://download.pytorch.org/whl/cpu \
        --constraint requirements.txt torch && \
    pip install --no-cache-dir --requirement requirements.txt
COPY Snakefile config.yaml ./
COPY rules rules
COPY scripts scripts
COPY envs envs
COPY profiles profiles

# Any user may run it; Snakemake and Matplotlib keep caches here.
ENV XDG_CACHE_HOME=/tmp/cache MPLCONFIGDIR=/tmp/cache HOME=/tmp
WORKDIR /study
ENTRYPOINT ["snakemake", "--snakefile", "/normative/Snakefile", \
            "--workflow-profile", "/normative/profiles/default"]
CMD ["--cores", "all", "--config", "dataset=simulated"]
