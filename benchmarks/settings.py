"""Trellis with one more address, which does nothing: the least that a page of it can cost."""

from trellis.web.settings import *  # noqa: F403  # the very settings, and one address more

ROOT_URLCONF = "benchmarks.urls"
