"""Somebody at another structure, outside the territory, where one person's path goes on."""
