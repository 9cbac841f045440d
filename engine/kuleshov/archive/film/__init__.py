"""The folder of one film: its files and their formats."""
