"""The page of the configuration, read only."""
