"""`python -m lab.emulator`: MiniStack with the lab's adapter, on 127.0.0.1 only.

Environment: GATEWAY_PORT (4566), GATEWATCH_WORLD (world as JSON), GATEWATCH_CLOCK. Runs under
MiniStack's own interpreter with the project root and layers/probing on PYTHONPATH.
"""

import os

from lab.emulator.world import WORLD

SETTINGS = {
    "BIND_HOST": "127.0.0.1",
    "AUTH": "true",
    "IOT_MTLS_ENABLED": "0",
    "MINISTACK_ACCOUNT_ID": WORLD.account,
    "MINISTACK_REGION": WORLD.region,
    "AWS_ACCESS_KEY_ID": "test",
    "AWS_SECRET_ACCESS_KEY": "test",
    "AWS_EC2_METADATA_DISABLED": "true",
}


def main() -> None:
    """Set MiniStack's environment (it reads it at import), adapt it, serve until stopped."""
    os.environ.update(SETTINGS)
    for name in ("AWS_SESSION_TOKEN", "AWS_ENDPOINT_URL", "AWS_PROFILE"):
        os.environ.pop(name, None)
    # Imports come after the settings: MiniStack reads its environment when it is imported.
    from lab.emulator.adapter import serve

    serve()


if __name__ == "__main__":
    main()
