"""The command ``kuleshov``."""

from kuleshov.cli.app import main as main
