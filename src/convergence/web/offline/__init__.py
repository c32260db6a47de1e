"""The day's appointments and note capture without a network, for 24 hours (docs/decisions/0014-offline.md)."""
