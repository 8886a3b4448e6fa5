"""The runbooks there are: where they are looked for, what each says about itself, and how its last runs went.

Documents are read in a process of their own (`process.py`), so that neither a large folder nor a strange document
slows down or ends whoever shows them; `reader.Library` is that process seen from outside.
"""
