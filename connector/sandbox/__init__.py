"""A local NetSuite account that behaves like the real one on the wire.

One rule: it imports nothing of the client and uses other libraries than the client does, so that one
misunderstanding cannot pass on both sides.
"""
