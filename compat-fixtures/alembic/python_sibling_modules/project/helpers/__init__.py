from helpers.columns import audit

__all__ = ["audit"]
