"""Read the worker's configuration, once at the start.

Receives a path; hands on a frozen Config with absolute paths and its secrets read. Refuses unknown keys with the line
and the nearest known one, secrets in the file, plain connections beyond this machine, and a missing sender proof.
Raises Stop(78) with every fault.
"""

from datetime import datetime
from pathlib import Path

from bureau.exits import Exit, Stop
from bureau.faults import Fault, FaultyFiles
from bureau.yaml_source import Source, read_sheet
from mailbox_worker.config import Config, Login, SignOffConfig, is_loopback
from mailbox_worker.mail.sub_addresses import LONGEST_LOCAL_PART

OTHERS_MAY_READ = 0o077


def load_config(path: Path) -> Config:
    """Read the configuration; raises Stop(78) with one line a fault."""
    try:
        config, source = read_sheet(path, Config)
    except FaultyFiles as faulty:
        raise Stop(Exit.BAD_CONFIGURATION, str(faulty)) from None
    folder = path.absolute().parent
    faults = [
        *_server_faults(config, source),
        *_mailbox_faults(config, source),
        *_staff_faults(config, source),
        *_proof_faults(config, source, folder),
    ]
    if faults:
        raise Stop(Exit.BAD_CONFIGURATION, str(FaultyFiles(faults)))
    return config.model_copy(
        update={
            "content": str(_content(folder, config.content)),
            "ledger": _ledger(folder, config.ledger),
            "heartbeat": str(folder / (config.heartbeat or f"{path.stem}.heartbeat.json")),
            "sign_off": _beside(folder, config.sign_off),
        }
    )


def check_now(config: Config, now: datetime) -> None:
    """Refuse an invented time where it could do harm; raises Stop(78)."""
    if now.tzinfo is None:
        raise Stop(
            Exit.BAD_CONFIGURATION, "--now: found a time without a zone, expected e.g. 2026-03-05T09:00:00+08:00"
        )
    if not config.on_loopback:
        raise Stop(
            Exit.BAD_CONFIGURATION, "--now: works only with mail servers on this machine (for trying things out)"
        )


def _content(folder: Path, written: str) -> Path:
    beside = folder / written
    return beside if beside.exists() or Path(written).is_absolute() else Path(written).absolute()


def _ledger(folder: Path, url: str) -> str:
    prefix = "sqlite:///"
    if not url.startswith(prefix) or url.startswith(prefix + "/"):
        return url
    return f"{prefix}{folder / url.removeprefix(prefix)}"


def _server_faults(config: Config, source: Source) -> list[Fault]:
    faults: list[Fault] = []
    servers: list[tuple[tuple[str, str], Login]] = [
        (("mailbox", "imap"), config.mailbox.imap),
        (("mailbox", "smtp"), config.mailbox.smtp),
    ]
    if config.alarm.smtp is not None:
        servers.append((("alarm", "smtp"), config.alarm.smtp))
    for place, server in servers:
        if server.security == "none" and not is_loopback(server.host):
            faults.append(source.fault((*place, "security"), "plain_connection", found=server.host))
        missing = server.unlock()
        if missing is not None:
            faults.append(source.fault(place, "secret_missing", found=missing))
    return faults


def _mailbox_faults(config: Config, source: Source) -> list[Fault]:
    local = config.mailbox.address.rpartition("@")[0]
    if config.mailbox.sub_addressing and len(local) > LONGEST_LOCAL_PART:
        return [source.fault(("mailbox", "sub_addressing"), "no_room_for_a_tag", found=local)]
    return []


def _staff_faults(config: Config, source: Source) -> list[Fault]:
    faults: list[Fault] = []
    # One address, one account, one person; and never the mailbox itself (THREATS: staff addresses).
    for field in ("person", "email", "account"):
        seen: set[str] = {config.mailbox.address.lower()} if field == "email" else set()
        for index, entry in enumerate(config.staff):
            value = (getattr(entry, field) or entry.email).lower()
            if value in seen:
                faults.append(source.fault(("staff", index, field), "duplicate_id", found=value))
            seen.add(value)
    return faults


def _proof_faults(config: Config, source: Source, folder: Path) -> list[Fault]:
    faults, sign_off = list[Fault](), _beside(folder, config.sign_off)
    if sign_off.uses("authentication-results") and sign_off.authserv_id is None:
        faults.append(source.fault(("sign_off", "authserv_id"), "missing"))
    secrets = Path(sign_off.totp_secrets)
    if sign_off.uses("totp") and secrets.exists() and secrets.stat().st_mode & OTHERS_MAY_READ:
        faults.append(source.fault(("sign_off",), "secret_readable", found=str(secrets)))
    if sign_off.dkim_keys is not None and not Path(sign_off.dkim_keys).is_file():
        faults.append(source.fault(("sign_off", "dkim_keys"), "secret_missing", found=sign_off.dkim_keys))
    return faults


def _beside(folder: Path, sign_off: SignOffConfig) -> SignOffConfig:
    """Take relative paths from the folder of the configuration."""
    keys = sign_off.dkim_keys
    return sign_off.model_copy(
        update={
            "totp_secrets": str(folder / sign_off.totp_secrets),
            "dkim_keys": None if keys is None else str(folder / keys),
        }
    )
