"""The page of one thing that alerts are about: a tank, a truck, a reception, with its whole story."""
