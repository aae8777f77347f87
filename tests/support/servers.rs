//! The servers that tests run against, and scratch databases on them.

use std::sync::atomic::{AtomicU32, Ordering};

use stillway::database::Connection;
use stillway::database::postgres::{PostgresDatabase, PostgresOptions};
use stillway::database::url::ConnectionUrl;

/// The PostgreSQL server for tests, as a libpq URL of its maintenance database.
pub fn postgres_url() -> Option<String> {
    std::env::var("STILLWAY_TEST_POSTGRES_URL").ok()
}

/// Whether a missing server is a failure rather than a reason to skip.
pub fn must_have_everything() -> bool {
    std::env::var("CI").is_ok_and(|value| !value.is_empty())
}

/// Opens a connection to any URL.
pub fn connect_postgres(url: &str) -> PostgresDatabase {
    let ConnectionUrl::Postgres(parsed) = ConnectionUrl::parse(url).expect("a PostgreSQL URL")
    else {
        panic!("not a PostgreSQL URL");
    };
    let options = PostgresOptions {
        parameters: parsed.conninfo(None, None, Some("stillway tests")),
        time_zone: Some("UTC".to_owned()),
        ..PostgresOptions::default()
    };
    PostgresDatabase::connect(options).expect("the test server answers")
}

/// A database of its own on the test server; dropped at the end.
pub struct ScratchDatabase {
    admin_url: String,
    pub name: String,
    pub url: String,
}

impl ScratchDatabase {
    /// Creates it; `None` without a server.
    pub fn create() -> Option<Self> {
        Self::create_like("template0")
    }

    /// Creates it as a copy of another one, to which nobody may be connected.
    pub fn create_like(template: &str) -> Option<Self> {
        static COUNT: AtomicU32 = AtomicU32::new(0);
        let admin_url = postgres_url()?;
        let number = COUNT.fetch_add(1, Ordering::Relaxed);
        let name = format!("stillway_test_{}_{number}", std::process::id());
        Self::statement(&admin_url, &format!("DROP DATABASE IF EXISTS {name}"));
        Self::statement(
            &admin_url,
            &format!("CREATE DATABASE {name} TEMPLATE {template} ENCODING 'UTF8'"),
        );
        let (base, _) = admin_url.rsplit_once('/').expect("a URL with a database");
        let url = format!("{base}/{name}");
        Some(Self {
            admin_url,
            name,
            url,
        })
    }

    /// A connection to it.
    pub fn connect(&self) -> Connection {
        Connection::Postgres(Box::new(connect_postgres(&self.url)))
    }

    fn statement(url: &str, sql: &str) {
        use stillway::engine::Database as _;
        connect_postgres(url).execute(sql).expect(sql);
    }
}

impl Drop for ScratchDatabase {
    fn drop(&mut self) {
        let sql = format!("DROP DATABASE IF EXISTS {} WITH (FORCE)", self.name);
        Self::statement(&self.admin_url, &sql);
    }
}
