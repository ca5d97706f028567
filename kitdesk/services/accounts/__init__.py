"""Logins: credentials, the keyring of the system, logins of other programs."""
