//! What several test programs share: servers, scratch databases, and running verbs in process.

#![allow(
    dead_code,
    unreachable_pub,
    reason = "each test program uses a part of it"
)]

pub mod alembic;
pub mod answering;
pub mod chain;
pub mod database;
pub mod dump;
pub mod flyway;
pub mod oracle;
pub mod original_alembic;
pub mod program;
pub mod recording;
pub mod servers;
