"""The ledger as people read it: selection, sentences, spreadsheet, and the screen at an earlier instant."""
