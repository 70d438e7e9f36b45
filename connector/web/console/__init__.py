"""The console: pages for people, rendered on the server, that work without JavaScript."""
