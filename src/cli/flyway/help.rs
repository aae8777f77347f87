//! Help texts of Flyway's command line.

/// Help for the given commands, or in general.
pub(super) fn text(commands: &[String]) -> String {
    let mut text = String::new();
    for command in commands {
        if let Some((name, about, example)) = COMMANDS.iter().find(|(name, _, _)| name == command) {
            text.extend([name, ": ", about, "\n\n  ", example, "\n\n"]);
        }
    }
    if text.is_empty() { general() } else { text }
}

const COMMANDS: [(&str, &str, &str); 7] = [
    (
        "migrate",
        "runs all pending migrations",
        "flyway -url=jdbc:postgresql://localhost/app -locations=filesystem:sql migrate",
    ),
    (
        "info",
        "shows every migration and its state",
        "flyway -url=jdbc:sqlite:app.db -locations=filesystem:sql info",
    ),
    (
        "validate",
        "checks that files and history go together",
        "flyway -outputType=json validate",
    ),
    (
        "baseline",
        "declares what is there to be a version",
        "flyway -baselineVersion=7 -baselineDescription=legacy baseline",
    ),
    (
        "repair",
        "removes failed rows, marks vanished migrations as deleted, aligns checksums",
        "flyway repair",
    ),
    (
        "undo",
        "takes the last version back, or all down to -target, with U scripts",
        "flyway -target=3 undo",
    ),
    (
        "clean",
        "drops everything in the configured schemas; off unless cleanDisabled=false",
        "flyway -cleanDisabled=false clean",
    ),
];

fn general() -> String {
    let mut text =
        String::from("Usage\n  flyway [options] command [command…] [options]\n\nCommands\n");
    for (name, about, _) in COMMANDS {
        text.push_str(&format_line(name, about));
    }
    text.push_str(OPTIONS);
    text
}

fn format_line(name: &str, about: &str) -> String {
    format!("  {name:<9} {about}\n")
}

const OPTIONS: &str = "
Options (also FLYWAY_* variables, flyway.toml, flyway.conf)
  -url=                 jdbc:postgresql://host:port/database, postgres://…, jdbc:sqlite:file
  -user= -password=     credentials; a value in the URL wins
  -locations=           filesystem:folder, several separated by commas, with * ** ?
  -schemas=             schemas to create, clean and test for emptiness
  -defaultSchema=       schema of the history table
  -table=               name of the history table
  -target=              latest, current, next, a version, or a version with ?
  -outOfOrder=true      run versions below the highest applied one
  -group=true           all pending migrations in one transaction
  -dryRunOutput=file    write what would run instead of running it
  -placeholders.name=   value of ${name}
  -configFiles=         configuration files
  -outputType=json      results for programs
  -X, -q, -v, -?        more output, less output, version, help

Examples
  flyway -url=jdbc:sqlite:app.db -locations=filesystem:sql migrate info
  flyway -configFiles=flyway.toml -environment=production validate

Exit status
  0 success, 1 failure; validate -outputType=json exits 0 and says what is wrong in its result
";
