"""What was done to a folder and the way back: journal, transactions, safe copies, tags seen."""
