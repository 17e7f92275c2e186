"""TLS as both edges use it: always verified, against the system's authorities or a private one."""

import ssl


def verified_context(ca_file: str | None) -> ssl.SSLContext:
    """Make a context that verifies certificate and host name; raises OSError for an unreadable ca_file."""
    context = ssl.create_default_context(cafile=ca_file)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    return context
