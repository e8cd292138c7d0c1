"""Personalized professional growth for K-12 teachers."""

import os

# Set before numpy is loaded. Our matrices are small, so that BLAS threads only wait for each other
# (a fit took seven times as long on a busy machine), and no result may depend on the cores.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

__version__ = "0.1.0"
