"""Make the servers' fixtures known to every test."""

from __future__ import annotations

from tests.servers.fixtures import open_town, postgres, postgresql_url, start_dovecot, tls

__all__ = ["open_town", "postgres", "postgresql_url", "start_dovecot", "tls"]
