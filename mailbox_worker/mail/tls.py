"""TLS as both edges use it: always verified, against the system's authorities or a private one."""

import ssl
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any


def verified_context(ca_file: str | None) -> ssl.SSLContext:
    """Make a context that verifies certificate and host name; raises OSError for an unreadable ca_file."""
    context = ssl.create_default_context(cafile=ca_file)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    return context


def expires_at(certificate: Mapping[str, Any] | None) -> datetime | None:
    """Tell when a server's certificate, as `getpeercert` gives it, ends; None where there is none."""
    if not certificate:
        return None
    return datetime.fromtimestamp(ssl.cert_time_to_seconds(str(certificate["notAfter"])), UTC)
