"""What every room stands on: who acts, the ledger, jobs, the database and the web; imports no room."""
