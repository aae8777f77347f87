//! Cases for the whole way from words, variables and files to a configuration.
//!
//! What is expected of merging and of messages was observed on Flyway 13.0.0.

use std::collections::BTreeMap;
use std::io;
use std::path::{Path, PathBuf};

use super::*;

/// A project in memory: files below `/p`, folders by name.
#[derive(Default)]
struct Project {
    files: BTreeMap<PathBuf, Vec<u8>>,
    folders: Vec<PathBuf>,
    variables: BTreeMap<String, String>,
    input: Option<String>,
}

impl FileReader for Project {
    fn read(&self, path: &Path) -> Option<io::Result<Vec<u8>>> {
        self.files.get(path).map(|bytes| Ok(bytes.clone()))
    }

    fn is_directory(&self, path: &Path) -> bool {
        self.folders.iter().any(|folder| folder == path)
    }
}

impl Project {
    fn new() -> Self {
        Self::default()
    }

    fn file(mut self, path: &str, text: &str) -> Self {
        let path = Path::new("/p").join(path);
        self.files.insert(path, text.as_bytes().to_vec());
        self
    }

    fn folder(mut self, path: &str) -> Self {
        self.folders.push(Path::new("/p").join(path));
        self
    }

    fn variable(mut self, name: &str, value: &str) -> Self {
        self.variables.insert(name.to_owned(), value.to_owned());
        self
    }

    fn input(mut self, text: &str) -> Self {
        self.input = Some(text.to_owned());
        self
    }

    fn load(&self, line: &str) -> Result<Invocation, ConfigError> {
        let words: Vec<String> = line.split_whitespace().map(str::to_owned).collect();
        let context = LoadContext {
            install_directory: Some(PathBuf::from("/install")),
            home_directory: Some(PathBuf::from("/home")),
            current_directory: PathBuf::from("/p"),
            standard_input: self.input.clone(),
            files: self,
            extra_commands: &[],
        };
        load(&words, &self.variables, &context)
    }

    fn config(&self, line: &str) -> FlywayConfig {
        self.load(line).expect(line).config
    }

    fn table(&self, line: &str) -> String {
        self.config(line).table
    }

    fn error(&self, line: &str) -> String {
        self.load(line).expect_err(line).to_string()
    }

    fn warnings(&self, line: &str) -> Vec<String> {
        let all = self.load(line).expect(line).warnings;
        let default_location = "no locations are configured, and there is no folder `sql`";
        all.into_iter()
            .filter(|warning| warning != default_location)
            .collect()
    }
}

/// A TOML project with these lines below `[flyway]`.
fn toml(lines: &str) -> Project {
    Project::new().file("flyway.toml", &format!("[flyway]\n{lines}\n"))
}

/// A CONF project with these lines.
fn conf(lines: &str) -> Project {
    Project::new().file("flyway.conf", lines)
}

#[test]
fn files_override_from_weak_to_strong() {
    let names = [
        "/install/conf/flyway.toml",
        "/install/conf/flyway.user.toml",
        "/home/flyway.toml",
        "/home/flyway.user.toml",
        "flyway.toml",
        "flyway.user.toml",
        "wd/flyway.toml",
        "wd/flyway.user.toml",
        "wd/variable.toml",
        "wd/argument.toml",
    ];
    let mut project = Project::new().variable("FLYWAY_CONFIG_FILES", "variable.toml");
    for name in names {
        project = project.file(name, &format!("[flyway]\ntable = \"{name}\"\n"));
        let line = "info -workingDirectory=wd -configFiles=argument.toml";
        assert_eq!(project.table(line), name);
    }
    let names = [
        "/install/conf/flyway.conf",
        "/home/flyway.conf",
        "flyway.conf",
        "wd/flyway.conf",
    ];
    let mut project = Project::new();
    for name in names {
        project = project.file(name, &format!("flyway.table={name}"));
        assert_eq!(project.table("info -workingDirectory=wd"), name);
    }
}

#[test]
fn the_command_line_wins_over_variables_over_files() {
    for project in [toml("table = \"file\""), conf("flyway.table=file")] {
        assert_eq!(project.table("info"), "file");
        let project = project.variable("FLYWAY_TABLE", "variable");
        assert_eq!(project.table("info"), "variable");
        assert_eq!(project.table("info -table=argument"), "argument");
        assert_eq!(project.table("info -flyway.table=argument"), "argument");
        assert_eq!(project.table("-table argument info"), "argument");
    }
}

#[test]
fn the_two_kinds_of_files_are_never_mixed() {
    let both = toml("table = \"t\"")
        .file("flyway.conf", "flyway.table=c")
        .file("a.toml", "[flyway]\ntable = \"at\"")
        .file("a.conf", "flyway.table=ac");
    assert_eq!(both.table("info"), "t");
    assert_eq!(both.table("info -configFiles=a.conf"), "ac");
    assert_eq!(both.table("info -configFiles=a.toml"), "at");
    let expected = "TOML and CONF files cannot be mixed: `a.toml` and `a.conf`";
    assert_eq!(both.error("info -configFiles=a.toml,a.conf"), expected);
    let variable = |files: &str| {
        conf("flyway.table=c")
            .file("a.toml", "[flyway]\ntable = \"at\"")
            .file("a.conf", "flyway.table=ac")
            .variable("FLYWAY_CONFIG_FILES", files)
    };
    assert_eq!(variable("a.toml").table("info"), "at");
    assert_eq!(variable("a.toml").table("info -configFiles=a.conf"), "ac");
    assert_eq!(variable("a.conf").table("info -configFiles=a.toml"), "at");
    assert_eq!(variable("a.conf,a.toml").error("info"), expected);
}

#[test]
fn missing_files_are_remarked_upon_or_refused() {
    let warning = "the configuration file `x.toml` does not exist";
    assert_eq!(toml("").warnings("info -configFiles=x.toml"), [warning]);
    let error = conf("").error("info -configFiles=x.conf");
    assert_eq!(error, "the configuration file `x.conf` does not exist");
}

#[test]
fn standard_input_is_a_conf_file_named_by_a_dash() {
    let project = conf("flyway.table=c").input("flyway.table=in\nflyway.group=true");
    assert_eq!(project.table("info"), "c");
    assert_eq!(project.table("info -configFiles=-"), "in");
    assert_eq!(project.table("info -configFiles=- -table=a"), "a");
    let project = Project::new()
        .input("flyway.table=in")
        .variable("FLYWAY_CONFIG_FILES", "-");
    assert_eq!(project.table("info"), "in");
    let bad = Project::new()
        .input("\nflyway.group=1")
        .variable("FLYWAY_CONFIG_FILES", "-");
    assert_eq!(
        bad.error("info"),
        "`flyway.group` must be `true` or `false`, not `1` (standard input:2)"
    );
}

#[test]
fn environments_are_chosen_and_overridden() {
    let project = Project::new().file(
        "flyway.toml",
        "[flyway]\nenvironment = \"dev\"\ntable = \"base\"\n\
         [environments.dev]\nurl = \"dev-url\"\nuser = \"dev-user\"\nschemas = [\"a\"]\n\
         [environments.dev.jdbcProperties]\nx = \"1\"\n\
         [environments.prod]\nurl = \"prod-url\"\n\
         [environments.prod.flyway]\ntable = \"over\"\n",
    );
    let url = |project: &Project, line: &str| {
        let url = project.config(line).url;
        url.map(|url| url.expose().to_owned())
    };
    assert_eq!(url(&project, "info").as_deref(), Some("dev-url"));
    assert_eq!(
        url(&project, "info -environment=prod").as_deref(),
        Some("prod-url")
    );
    assert_eq!(project.table("info"), "base");
    // An override wins even over the command line.
    assert_eq!(project.table("info -environment=prod -table=cli"), "over");
    assert_eq!(
        project.table("info -environment=prod -environments.prod.flyway.table=x"),
        "x"
    );
    // `-url` and its like are merged over the environment, `-environments.dev.url` over those.
    let config = project.config("info -url=cli");
    assert_eq!(config.url, Some(Secret::from("cli")));
    assert_eq!(config.user.as_deref(), Some("dev-user"));
    assert_eq!(config.schemas, ["a"]);
    let line = "info -environments.dev.url=strong -url=weak -jdbcProperties.y=2";
    let config = project.config(line);
    assert_eq!(config.url, Some(Secret::from("strong")));
    assert_eq!(
        config.jdbc_properties.keys().collect::<Vec<_>>(),
        ["x", "y"]
    );
    assert_eq!(project.config("info -schemas=b,c").schemas, ["b", "c"]);
    assert_eq!(
        url(&project, "info -environment=new -url=u").as_deref(),
        Some("u")
    );
    assert_eq!(url(&project, "info -environment=-"), None);
    assert_eq!(url(&project, "info -environment="), None);
    let missing = project
        .load("info -environment=Prod")
        .expect_err("case counts");
    assert_eq!(missing.to_string(), "the environment `Prod` is not defined");
    assert_eq!(missing.hint().as_deref(), Some("did you mean `prod`?"));
}

#[test]
fn environment_variables_reach_environments() {
    let project = Project::new().file("flyway.toml", "[environments.dev]\nuser = \"u\"\n");
    let project = project
        .variable("flyway_environment", "dev")
        .variable("FLYWAY_PASSWORD", "p")
        .variable("environments_dev_url", "low");
    let config = project.config("info");
    assert_eq!(config.environment, "dev");
    assert_eq!(config.url, Some(Secret::from("low")));
    assert_eq!(config.password, Some(Secret::from("p")));
    let warnings = Project::new()
        .variable("FLYWAY_ENVIRONMENT", "dev")
        .warnings("info");
    assert!(warnings[0].contains("`flyway_environment`"), "{warnings:?}");
    // Compose files pass empty variables on: those for numbers and flags say nothing.
    let empty = Project::new()
        .variable("FLYWAY_OUT_OF_ORDER", "")
        .variable("FLYWAY_TABLE", "");
    assert_eq!(empty.table("info"), "");
    let error = conf("").variable("FLYWAY_GROUP", "").error("info");
    assert_eq!(
        error,
        "`flyway.group` must be `true` or `false`, not `` (variable FLYWAY_GROUP)"
    );
}

#[test]
fn conf_files_are_flat() {
    let project = conf(
        "flyway.url=u\nflyway.schemas= a , b\nflyway.placeholders.A=1\nflyway.placeholders.b.c=2\n\
         flyway.postgresql.transactional.lock=FALSE\nother=1\nflyway.jdbcProperties.x=y",
    );
    let config = project.config("info");
    assert_eq!(config.url, Some(Secret::from("u")));
    assert_eq!(config.schemas, ["a", "b"]);
    assert_eq!(config.placeholders.keys().collect::<Vec<_>>(), ["A", "b.c"]);
    assert_eq!(
        project.error("info -environment=dev"),
        "`flyway.environment` has no meaning in a CONF configuration (argument -environment)"
    );
    let warnings = project.warnings("info -environments.dev.url=x");
    assert!(warnings[0].contains("no effect in a CONF configuration"));
    // References are resolved in what a connection needs, and nowhere else.
    let project = conf("flyway.url=${env.X}\nflyway.table=${env.X}").variable("X", "x");
    let config = project.config("info");
    assert_eq!(
        (config.url, config.table.as_str()),
        (Some(Secret::from("x")), "${env.X}")
    );
}

#[test]
fn lists_replace_lists_and_empty_arrays_do_not() {
    let patterns = |project: &Project, line: &str| project.config(line).ignore_migration_patterns;
    assert_eq!(patterns(&toml(""), "info"), ["*:future"]);
    assert_eq!(
        patterns(&toml("ignoreMigrationPatterns = []"), "info"),
        ["*:future"]
    );
    assert_eq!(
        patterns(&toml("ignoreMigrationPatterns = [\"*:missing\"]"), "info"),
        ["*:missing"]
    );
    assert!(patterns(&toml(""), "info -ignoreMigrationPatterns=").is_empty());
    let over = "[environments.default.flyway]\nignoreMigrationPatterns = []\n";
    assert!(patterns(&Project::new().file("flyway.toml", over), "info").is_empty());
    let suffixes = |line: &str| toml("").config(line).sql_migration_suffixes;
    assert_eq!(
        suffixes("info -sqlMigrationSuffixes=.sql,.ddl"),
        [".sql", ".ddl"]
    );
    assert_eq!(suffixes("info -sqlMigrationSuffixes="), [""]);
}

#[test]
fn placeholders_merge_one_by_one_without_regard_to_case() {
    let project = toml("[flyway.placeholders]\nName = \"file\"\nother = \"o\"");
    let project = project.variable("FLYWAY_PLACEHOLDERS_NAME", "variable");
    let config = project.config("info -placeholders.x=y -placeholders.a.b=c");
    let pairs: Vec<String> = config
        .placeholders
        .iter()
        .map(|(n, v)| format!("{n}={v}"))
        .collect();
    assert_eq!(pairs, ["a.b=c", "name=variable", "other=o", "x=y"]);
    // Those of an environment's overrides are the only ones.
    let over =
        "[flyway.placeholders]\na = \"1\"\n[environments.default.flyway.placeholders]\nb = \"2\"\n";
    let config = Project::new().file("flyway.toml", over).config("info");
    assert_eq!(config.placeholders.keys().collect::<Vec<_>>(), ["b"]);
}

#[test]
fn references_are_resolved_in_toml() {
    let project = toml(
        "table = \"${placeholder.t}_${env.X}\"\ninstalledBy = \"$${env.X}\"\n\
         locations = [\"filesystem:${env.X}\"]\n[flyway.placeholders]\nt = \"t${env.X}\"",
    );
    let project = project.variable("X", "x");
    let config = project.config("info -initSql=${env.X} -url=${env.X}.db");
    assert_eq!(config.table, "tx_x");
    assert_eq!(config.installed_by.as_deref(), Some("${env.X}"));
    assert_eq!(config.locations, ["filesystem:x"]);
    assert_eq!(config.init_sql.as_deref(), Some("${env.X}"));
    assert_eq!(config.url, Some(Secret::from("x.db")));
    let error = toml("").error("info -password=${vault.secret}");
    assert!(
        error.contains("`vault`") && !error.contains("secret"),
        "{error}"
    );
}

#[test]
fn values_have_types() {
    let cases = [
        ("outOfOrder = \"true\"", ""),
        ("table = 5", ""),
        (
            "outOfOrder = \"yes\"",
            "`flyway.outOfOrder` must be `true` or `false`, not `yes` (flyway.toml:2)",
        ),
        (
            "outOfOrder = 1",
            "`flyway.outOfOrder` must be `true` or `false`, not `1` (flyway.toml:2)",
        ),
        (
            "lockRetryCount = 1.5",
            "`flyway.lockRetryCount` must be a whole number, not `1.5` (flyway.toml:2)",
        ),
        (
            "locations = \"a\"",
            "`flyway.locations` must be a list of texts, like `[\"a\", \"b\"]`, not `a` (flyway.toml:2)",
        ),
        (
            "table = [\"a\"]",
            "`flyway.table` must be a single text, not `[a]` (flyway.toml:2)",
        ),
        ("a = 1\na = 2", "flyway.toml:3:1: duplicate key"),
    ];
    for (lines, expected) in cases {
        let found = toml(lines)
            .load("info")
            .map_or_else(|error| error.to_string(), |_| String::new());
        assert_eq!(found, expected, "{lines}");
    }
    assert_eq!(
        toml("baselineVersion = 1.10")
            .config("info")
            .baseline_version,
        "1.10"
    );
    assert_eq!(
        toml("").config("info -lockRetryCount=-1").lock_retry_count,
        -1
    );
    let error = toml("").error("info -connectRetries=-1");
    assert_eq!(
        error,
        "`flyway.connectRetries` must be 0 or greater, not `-1` (argument -connectRetries)"
    );
}

#[test]
fn unknown_settings_are_named_all_at_once() {
    let project = toml("outOfOrdr = true").file("b.toml", "[flyway.nosuch]\nx = 1\n");
    let error = project
        .load("info -tabel=x -configFiles=b.toml")
        .expect_err("unknown");
    assert_eq!(
        error.to_string(),
        "unknown settings `flyway.outOfOrdr` (flyway.toml:2), `flyway.nosuch.x` (b.toml:2), `flyway.tabel` (argument -tabel)"
    );
    assert_eq!(
        error.hint().as_deref(),
        Some("did you mean `outOfOrder`, `table`?")
    );
    let error = conf("\nflyway.foo=1").error("info");
    assert_eq!(error, "unknown setting `flyway.foo` (flyway.conf:2)");
    let error = toml("").variable("flyway_foo", "1").error("info");
    assert_eq!(error, "unknown setting `flyway.foo` (variable flyway_foo)");
    let over =
        "[environments.default.flyway]\ntabl = \"x\"\n[environments.other.flyway]\nzzz = 1\n";
    let error = Project::new().file("flyway.toml", over).error("info");
    assert_eq!(
        error,
        "unknown setting `environments.default.flyway.tabl` (flyway.toml:2)"
    );
    let error = toml("url = \"u\"").error("info");
    assert_eq!(
        error,
        "`flyway.url` belongs to an environment in a TOML file (flyway.toml:2)"
    );
    // Other tables and unknown names in environments are remarked upon.
    let other = "id = \"1\"\nodd = 1\n[flywayDesktop]\nx = 1\n[environments.default]\nfoo = 1\n";
    let warnings = Project::new().file("flyway.toml", other).warnings("info");
    assert_eq!(
        warnings,
        [
            "the top-level name `odd` is not known and has no effect",
            "`environments.default.foo` is not known and has no effect (flyway.toml:6)",
        ]
    );
}

#[test]
fn features_that_do_not_exist_are_refused_or_remarked_upon() {
    let refused = [
        (
            "errorOverrides=a:b:E",
            "errors of the database cannot be redefined",
        ),
        ("callbacks=x.Y", "Java classes cannot be run"),
        ("resolvers=x.Y", "Java classes cannot be run"),
        ("migrationResolvers=x.Y", "Java classes cannot be run"),
        ("tags.anyOf=a", "migrations cannot be selected by tags"),
    ];
    for (setting, reason) in refused {
        let name = setting.split('=').next().unwrap_or_default();
        let expected = format!("`flyway.{name}` is not supported: {reason}");
        for project in [toml(""), conf("")] {
            assert!(
                project
                    .error(&format!("info -{setting}"))
                    .starts_with(&expected),
                "{setting}"
            );
        }
        assert!(
            toml("").load(&format!("info -{name}=")).is_ok(),
            "{setting}"
        );
    }
    for setting in [
        "driver=x",
        "jarDirs=x",
        "loggers=auto",
        "licenseKey=x",
        "batch=true",
        "check.x=y",
    ] {
        let warnings = toml("").warnings(&format!("info -{setting}"));
        assert_eq!(warnings.len(), 1, "{setting}: {warnings:?}");
        assert!(!warnings[0].contains("=x"));
    }
    assert!(toml("").warnings("info -batch=false -jarDirs=").is_empty());
    for setting in [
        "ignoreMissingMigrations",
        "cleanOnValidationError",
        "check.majorTolerance",
    ] {
        let error = toml("")
            .load(&format!("info -{setting}=1"))
            .expect_err(setting);
        assert!(error.to_string().contains("was removed") && error.hint().is_some());
    }
    for line in [
        "cherryPick=1,2",
        "dryRunOutput=x",
        "undoSqlMigrationPrefix=X",
    ] {
        assert!(
            toml("").warnings(&format!("undo -{line}")).is_empty(),
            "{line}"
        );
    }
    let docker = "[environments.default]\nprovisioner = \"docker\"\n";
    let error = Project::new().file("flyway.toml", docker).error("info");
    assert_eq!(
        error,
        "the environment `default` asks for the provisioner `docker`"
    );
}

#[test]
fn locations_have_defaults_and_a_base() {
    let locations = |project: &Project, line: &str| project.config(line).locations;
    let plain = || Project::new();
    assert_eq!(locations(&plain(), "info"), ["filesystem:db/migration"]);
    let installed = plain().folder("/install/sql").folder("wd/sql");
    assert_eq!(locations(&installed, "info"), ["filesystem:/install/sql"]);
    assert_eq!(
        locations(&installed, "info -workingDirectory=wd"),
        ["filesystem:/p/wd/sql"]
    );
    assert_eq!(
        locations(&plain(), "info -workingDirectory=wd"),
        ["filesystem:/p/wd/db/migration"]
    );
    assert_eq!(
        locations(&conf(""), "info -workingDirectory=wd"),
        ["filesystem:/p/wd"]
    );
    let line = "info -workingDirectory=/w -locations=filesystem:a,filesystem:/b,classpath:c,d -callbackLocations=filesystem:e";
    let config = plain().config(line);
    assert_eq!(
        config.locations,
        [
            "filesystem:/w/a",
            "filesystem:/b",
            "classpath:c",
            "filesystem:/w/d"
        ]
    );
    assert_eq!(config.callback_locations, ["filesystem:/w/e"]);
    assert_eq!(config.working_directory.as_deref(), Some(Path::new("/w")));
    assert_eq!(plain().warnings(line).len(), 1);
    let config = plain().config("info -workingDirectory=wd -dryRunOutput=o.sql");
    assert_eq!(
        config.dry_run_output.as_deref(),
        Some(Path::new("/p/wd/o.sql"))
    );
}

#[test]
fn the_invocation_holds_what_only_the_command_line_says() {
    let line = "-X -outputType=JSON -outputFile=o -color=never -outputLogsInJson=true -migrationIds \
                -infoOfState=pending info migrate";
    let found = Project::new().load(line).expect(line);
    assert_eq!(found.commands, ["info", "migrate"]);
    assert!(found.debug && !found.quiet && found.output_type_json && !found.help && !found.version);
    assert_eq!(found.output_file.as_deref(), Some(Path::new("o")));
    assert_eq!(found.config.color, Color::Never);
    assert!(found.config.migration_ids && found.config.output_logs_in_json);
    assert_eq!(found.config.info_of_state, ["PENDING"]);
    let errors = [
        (
            "info -outputType=xml",
            "`xml` is not a value for the option `-outputType`",
        ),
        (
            "info -infoSinceDate=x",
            "`x` is not a value for the option `-infoSinceDate`",
        ),
        (
            "info -color=blue",
            "`flyway.color` must be `auto`, `always` or `never`, not `blue` (argument -color)",
        ),
    ];
    for (line, expected) in errors {
        assert_eq!(Project::new().error(line), expected);
    }
    assert!(conf("").load("info -color=always").is_ok());
}

#[test]
fn nothing_is_read_when_there_is_nothing_to_run() {
    let broken = toml("nonsense");
    for line in [
        "",
        "help",
        "-h",
        "-? migrate",
        "version",
        "-v",
        "help migrate",
    ] {
        let found = broken.load(line).expect(line);
        assert_eq!(found.config, FlywayConfig::default());
    }
    assert!(
        broken
            .load("help migrate")
            .is_ok_and(|found| found.help && found.commands == ["migrate"])
    );
    assert!(broken.load("-v").is_ok_and(|found| found.version));
    assert!(broken.load("-v info").is_err());
}

#[test]
fn encodings_of_conf_files() {
    let latin = |line: &str, variable: Option<&str>| {
        let mut project = Project::new();
        let bytes = b"flyway.table=t\xe4\n".to_vec();
        project.files.insert(PathBuf::from("/p/flyway.conf"), bytes);
        if let Some(encoding) = variable {
            project = project.variable("FLYWAY_CONFIG_FILE_ENCODING", encoding);
        }
        project
            .load(line)
            .map(|found| found.config.table)
            .map_err(|error| error.to_string())
    };
    assert_eq!(
        latin("info -configFileEncoding=ISO-8859-1", None).as_deref(),
        Ok("tä")
    );
    // The variable wins, other than for every other setting.
    let found = latin("info -configFileEncoding=UTF-8", Some("ISO-8859-1"));
    assert_eq!(found.as_deref(), Ok("tä"));
    assert_eq!(
        latin("info", None),
        Err("the configuration file `flyway.conf` is not valid UTF-8".to_owned())
    );
    assert!(latin("info -configFileEncoding=x", None).is_err());
}

#[test]
fn sources_are_known_and_secrets_are_not_shown() {
    let project = toml("table = \"t\"").variable("FLYWAY_PASSWORD", "hunter2");
    let found = project
        .load("info -url=jdbc:sqlite:hunter3 -jdbcProperties.password=hunter4")
        .expect("loads");
    let sources: Vec<String> = found
        .sources
        .iter()
        .map(|source| format!("{} from {}", source.name, source.origin))
        .collect();
    assert_eq!(
        sources,
        [
            "environments.default.jdbcProperties.password from argument -jdbcProperties.password",
            "environments.default.password from variable FLYWAY_PASSWORD",
            "environments.default.url from argument -url",
            "flyway.table from flyway.toml:2",
        ]
    );
    assert!(!format!("{found:?}").contains("hunter"));
}
