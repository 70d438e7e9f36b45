"""The company's books, computed from its register in plain Python and without SQL."""
