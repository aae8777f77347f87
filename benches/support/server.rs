//! The server that everything is measured on, and scratch databases on it.

use std::ffi::CString;
use std::sync::atomic::{AtomicU32, Ordering};

use super::libpq::Bare;

/// A PostgreSQL server.
pub(crate) struct Server {
    url: String,
    /// Host, port, user and password.
    target: [String; 4],
}

/// A database that is dropped at the end.
pub(crate) struct Scratch<'s> {
    server: &'s Server,
    name: String,
    /// Its URL as libpq takes it.
    pub(crate) url: String,
}

fn execute(connection: &mut Bare, sql: &str) -> Option<String> {
    connection.execute(&CString::new(sql).expect("no NUL in it"))
}

impl Server {
    /// Takes the URL of a maintenance database, `postgres://user@host:port/database`.
    pub(crate) fn new(url: &str) -> Self {
        Self {
            url: url.to_owned(),
            target: Bare::connect(url).target(),
        }
    }

    /// Product and version, and what matters for writing.
    pub(crate) fn version(&self) -> String {
        let sql = "SELECT 'PostgreSQL ' || current_setting('server_version') || ', fsync ' || current_setting('fsync') || ', synchronous_commit ' || current_setting('synchronous_commit')";
        execute(&mut Bare::connect(&self.url), sql).unwrap_or_default()
    }

    /// A new, empty database.
    pub(crate) fn scratch(&self) -> Scratch<'_> {
        static COUNT: AtomicU32 = AtomicU32::new(0);
        let number = COUNT.fetch_add(1, Ordering::Relaxed);
        let name = format!("stillway_bench_{}_{number}", std::process::id());
        let mut connection = Bare::connect(&self.url);
        execute(
            &mut connection,
            &format!("DROP DATABASE IF EXISTS {name} (FORCE)"),
        );
        execute(
            &mut connection,
            &format!("CREATE DATABASE {name} TEMPLATE template0 ENCODING 'UTF8'"),
        );
        let (base, last) = self.url.rsplit_once('/').expect("a URL with a database");
        let options = last
            .split_once('?')
            .map_or_else(String::new, |(_, options)| format!("?{options}"));
        let url = format!("{base}/{name}{options}");
        Scratch {
            server: self,
            name,
            url,
        }
    }

    /// A new database on a server that has written out what came before.
    pub(crate) fn settled_scratch(&self) -> Scratch<'_> {
        let database = self.scratch();
        execute(&mut Bare::connect(&self.url), "CHECKPOINT");
        database
    }
}

impl Scratch<'_> {
    /// The settings with which Flyway, and so Stillway, connects.
    pub(crate) fn flyway_settings(&self) -> Vec<String> {
        let [host, port, user, password] = &self.server.target;
        let mut settings = vec![format!(
            "-url=jdbc:postgresql://{host}:{port}/{}",
            self.name
        )];
        for (name, value) in [("user", user), ("password", password)] {
            if !value.is_empty() {
                settings.push(format!("-{name}={value}"));
            }
        }
        settings
    }
}

impl Drop for Scratch<'_> {
    fn drop(&mut self) {
        let mut connection = Bare::connect(&self.server.url);
        execute(
            &mut connection,
            &format!("DROP DATABASE IF EXISTS {} (FORCE)", self.name),
        );
    }
}
