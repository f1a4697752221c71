"""What an auditor looks at first: decisions that the record itself calls into question."""
