"""Who exists, what each role may do, and who acts in a transaction."""
