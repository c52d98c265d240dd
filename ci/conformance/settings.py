"""How patient and how generous every server under test is configured to be."""

# Seconds.
HEADER_TIMEOUT = 2
BODY_TIMEOUT = 2
KEEP_ALIVE = 3
WRITE_TIMEOUT = 2

# Bytes, which are Purlin's defaults.
URI_LIMIT = 8 * 1024
HEADER_LIMIT = 16 * 1024
BODY_LIMIT = 1024 * 1024
# Field lines, which is Purlin's default.
HEADER_COUNT = 100

# What the target is started with: `env $(run.py --environment) conformance --port 0`.
ENVIRONMENT = {
    "PURLIN_MODE": "prod",
    "PURLIN__SERVER__HEADER_TIMEOUT": f"{HEADER_TIMEOUT}s",
    "PURLIN__SERVER__BODY_TIMEOUT": f"{BODY_TIMEOUT}s",
    "PURLIN__SERVER__KEEP_ALIVE": f"{KEEP_ALIVE}s",
    "PURLIN__SERVER__WRITE_TIMEOUT": f"{WRITE_TIMEOUT}s",
}
