"""What the service does by itself, with nobody asking: telling, sending, watching, tidying. One process at a time."""
