"""From what is to be said to messages delivered: who is told, what goes together, what came of it."""
