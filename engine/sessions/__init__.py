"""Sessions perform steps: the live shell and the database. The contract they share is in `contract.py`."""
