"""Telling people and machines outside: mail by SMTP, syslog, a signed webhook."""
