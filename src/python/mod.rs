//! A small, sandboxed Python: syntax from `ruff_python_parser`, its own evaluation, no way out but
//! through the host that embeds it.
