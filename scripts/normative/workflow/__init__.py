"""What jobs and the Snakefile need around the science: configuration, outputs, errors."""
