"""Who may enter, who tried, and how often."""
