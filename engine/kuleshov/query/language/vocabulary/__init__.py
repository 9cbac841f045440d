"""The languages of queries, one TOML file each."""
