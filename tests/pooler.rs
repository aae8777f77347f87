//! Behind a pooler that hands out server sessions per transaction, session locks do not hold: runs
//! have to notice and to take a lock that does.
#![allow(
    clippy::disallowed_methods,
    reason = "tests work on files and start programs"
)]

mod support;

use std::io::Write as _;
use std::net::TcpListener;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use libtest_mimic::{Arguments, Failed, Trial};

use support::program::Project;
use support::servers::{ScratchDatabase, must_have_everything, postgres_url};

fn main() {
    let arguments = Arguments::from_args();
    let missing = postgres_url().is_none() || pgbouncer().is_none();
    let trials = vec![
        Trial::test("eight_runs_through_a_transaction_pooler", concurrent_runs)
            .with_ignored_flag(missing && !must_have_everything()),
    ];
    libtest_mimic::run(&arguments, trials).exit();
}

fn pgbouncer() -> Option<&'static str> {
    [
        "/usr/sbin/pgbouncer",
        "/usr/bin/pgbouncer",
        "/usr/local/bin/pgbouncer",
    ]
    .into_iter()
    .find(|path| Path::new(path).exists())
}

/// A pooler in transaction mode in front of the test server; ends with the value.
struct Pooler {
    process: Child,
    port: u16,
    _folder: tempfile::TempDir,
}

impl Pooler {
    fn start(scratch: &ScratchDatabase) -> Result<Self, Failed> {
        let program = pgbouncer().ok_or("no PgBouncer")?;
        let text = |error: std::io::Error| Failed::from(error.to_string());
        let folder = tempfile::tempdir().map_err(text)?;
        let port = TcpListener::bind("127.0.0.1:0")
            .and_then(|listener| listener.local_addr())
            .map_err(text)?
            .port();
        let (_, server) = scratch.url.split_once('@').ok_or("a URL with a host")?;
        let (address, _) = server.split_once('/').ok_or("a URL with a database")?;
        let (host, server_port) = address.split_once(':').unwrap_or((address, "5432"));
        let path = folder.path().join("pgbouncer.ini");
        let mut file = std::fs::File::create(&path).map_err(text)?;
        writeln!(
            file,
            "[databases]\n* = host={host} port={server_port}\n[pgbouncer]\nlisten_addr = 127.0.0.1\nlisten_port = {port}\nunix_socket_dir =\nauth_type = any\npool_mode = transaction\ndefault_pool_size = 4\n[users]\n"
        )
        .map_err(text)?;
        let user = scratch.url.split(['/', '@']).nth(2).unwrap_or("postgres");
        // With `auth_type = any` the login name is ignored, so the database entry has to name it.
        let config = std::fs::read_to_string(&path).map_err(text)?;
        let config = config.replace("* = host", &format!("{} = user={user} host", scratch.name));
        std::fs::write(&path, config).map_err(text)?;
        let mut command = Command::new(program);
        let root = Command::new("id").arg("-u").output().map_err(text)?.stdout == b"0\n";
        if root {
            // It refuses to run as root.
            use std::os::unix::fs::PermissionsExt as _;
            let open = std::fs::Permissions::from_mode(0o755);
            std::fs::set_permissions(folder.path(), open).map_err(text)?;
            command.args(["-u", "nobody"]);
        }
        let process = command
            .arg(&path)
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .map_err(text)?;
        for _ in 0..100 {
            if std::net::TcpStream::connect(("127.0.0.1", port)).is_ok() {
                break;
            }
            std::thread::sleep(Duration::from_millis(50));
        }
        Ok(Self {
            process,
            port,
            _folder: folder,
        })
    }
}

impl Drop for Pooler {
    fn drop(&mut self) {
        self.process.kill().ok();
        self.process.wait().ok();
    }
}

fn concurrent_runs() -> Result<(), Failed> {
    let scratch = ScratchDatabase::create().ok_or("no PostgreSQL server")?;
    let pooler = Pooler::start(&scratch)?;
    let project = Project::new();
    project.file(
        "V00__log.sql",
        "CREATE TABLE log (number INTEGER NOT NULL);",
    );
    for number in 1..30 {
        project.file(
            &format!("V{number:02}__m.sql"),
            format!("SET timezone = 'Asia/Seoul';\nINSERT INTO log VALUES ({number});"),
        );
    }
    project.file(
        "V30__i.sql",
        "CREATE INDEX CONCURRENTLY ix ON log (number);",
    );
    project.file("V31__m.sql", "INSERT INTO log VALUES (31);");
    let url = format!(
        "postgres://postgres@127.0.0.1:{}/{}",
        pooler.port, scratch.name
    );
    let mut children: Vec<Child> = (0..8).map(|_| project.start(&url, &["migrate"])).collect();
    let codes: Vec<_> = children
        .iter_mut()
        .map(|child| child.wait().ok().and_then(|status| status.code()))
        .collect();
    // Who meets the index build of another run refuses rather than waits for an unknown end.
    let succeeded = codes.iter().filter(|code| **code == Some(0)).count();
    let run = project.run(&url, &["migrate", "validate"]).succeeded();
    if !run.output.contains("connected through a pooler") {
        return Err("the pooler was not noticed".into());
    }
    let mut connection = scratch.connect();
    let rows = connection
        .database()
        .query("SELECT count(*) || '/' || count(DISTINCT number) || '/' || (SELECT count(*) || '/' || count(DISTINCT version) || '/' || max(installed_rank) FROM flyway_schema_history WHERE success) FROM log")
        .map_err(|error| error.to_string())?;
    let found = rows.single().unwrap_or_default().to_owned();
    if found != "30/30/32/32/32" || succeeded == 0 {
        return Err(format!("{found}, {codes:?}").into());
    }
    Ok(())
}
