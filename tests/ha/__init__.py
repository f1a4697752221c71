"""`make ha-test`: the console on several nodes of one machine, whose primary is killed; not in the suite."""
