//! What several test programs share: servers, scratch databases, and running verbs in process.

#![allow(dead_code, reason = "each test program uses a part of it")]

pub mod flyway;
pub mod servers;
