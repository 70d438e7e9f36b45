"""One file a step; `revision` and `down_revision` give the order."""
