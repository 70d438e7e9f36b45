"""The service's HTTP: the only code that knows Flask."""
