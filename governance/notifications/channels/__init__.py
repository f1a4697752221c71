"""The ways out: each family takes a message and says what the other side answered; none knows alerts."""
