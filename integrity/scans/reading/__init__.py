"""How a source is read: at one go, a rule at a time, or not at all while it stands where it stood."""
