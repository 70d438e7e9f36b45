"""People: who they are, how they prove it, their sessions, devices and what is shared with them."""
