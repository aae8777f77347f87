//! Environments as projects write them.

use super::*;
use crate::dialect::alembic::config::ConfigFiles;

struct Files(Vec<(&'static str, &'static str)>);

impl Modules for Files {
    fn find(&self, name: &str) -> Option<(PathBuf, String)> {
        let (_, text) = self.0.iter().find(|(known, _)| *known == name)?;
        Some((PathBuf::from(format!("{name}.py")), (*text).to_owned()))
    }
}

fn settings_with(
    source: &str,
    ini: &str,
    variables: &[(&str, &str)],
    files: &[(&'static str, &'static str)],
) -> Settings {
    let chosen = ConfigFiles::choose(&[], None).expect("files");
    let config = AlembicConfig::read(&chosen, Path::new("/p"), "alembic", Some(ini), None)
        .expect("configuration");
    let variables = variables
        .iter()
        .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
        .collect();
    let surroundings = Surroundings {
        config: &config,
        variables: &variables,
        dotenv: &BTreeMap::new(),
        x: &["schema=tenant".to_owned()],
        tag: Some("red"),
        modules: &Files(files.to_vec()),
    };
    read(Path::new("env.py"), source, Mode::Online, &surroundings)
}

fn settings(source: &str, variables: &[(&str, &str)]) -> Settings {
    settings_with(
        source,
        "[alembic]\nsqlalchemy.url = sqlite:///ini.db\n",
        variables,
        &[],
    )
}

fn url(settings: &Settings) -> String {
    match &settings.url {
        Inferred::Default(_) => "default".to_owned(),
        Inferred::Set(Some(url), _) => url.clone(),
        Inferred::Set(None, _) => "none".to_owned(),
        Inferred::Unknown(unknown) => format!("{}: {}", unknown.place, unknown.reason),
    }
}

const HEAD: &str = "import os\nfrom alembic import context\nfrom sqlalchemy import engine_from_config, create_engine, pool, text, MetaData\nconfig = context.config\n";

const ENGINE: &str = "connectable = engine_from_config(config.get_section(config.config_ini_section, {}), prefix='sqlalchemy.')\n";

#[test]
fn urls() {
    for (body, variables, expected) in [
        (ENGINE, &[][..], "sqlite:///ini.db"),
        ("", &[], "sqlite:///ini.db"),
        (
            "config.set_main_option('sqlalchemy.url', os.environ['DATABASE_URL'].replace('%', '%%'))\n",
            &[("DATABASE_URL", "postgresql://u:p%40@h/d")],
            "postgresql://u:p%40@h/d",
        ),
        (
            "config.set_main_option('sqlalchemy.url', os.environ['DATABASE_URL'])\n",
            &[],
            "env.py:5:42: the environment variable DATABASE_URL, which is not set",
        ),
        (
            "url = os.getenv('A') or os.getenv('B', 'postgresql+asyncpg://l/d')\nif url.startswith('postgres://'):\n    url = url.replace('postgres://', 'postgresql://', 1)\ndef get_url():\n    return url.replace('+asyncpg', '')\nconfiguration = config.get_section(config.config_ini_section)\nconfiguration['sqlalchemy.url'] = get_url()\nconnectable = engine_from_config(configuration, prefix='sqlalchemy.')\n",
            &[],
            "postgresql://l/d",
        ),
        (
            "connectable = create_engine(f\"postgresql://{os.environ.get('U', 'me')}@%s/{'d'}\" % 'h')\n",
            &[],
            "postgresql://me@h/d",
        ),
        (
            "from unknown import settings\nconfig.set_main_option('sqlalchemy.url', str(settings.URL))\n",
            &[],
            "env.py:6:1: a value that is no text",
        ),
    ] {
        let source = format!("{HEAD}{body}");
        assert_eq!(url(&settings(&source, variables)), expected, "{body}");
    }
}

#[test]
fn settings_classes() {
    let module = (
        "app.config",
        "from pydantic import Field, PostgresDsn, computed_field\nfrom pydantic_settings import BaseSettings, SettingsConfigDict\nclass Settings(BaseSettings):\n    model_config = SettingsConfigDict(env_prefix='APP_')\n    host: str = 'localhost'\n    port: int = 5432\n    password: str\n    other: str = Field('x', env='OTHER_NAME')\n    @computed_field\n    @property\n    def URL(self) -> PostgresDsn:\n        return PostgresDsn.build(scheme='postgresql+psycopg', username='me', password=self.password, host=self.host, port=self.port, path='app')\nsettings = Settings()\ndef get_settings():\n    return settings\n",
    );
    let source = format!(
        "{HEAD}from app.config import get_settings\nconfig.set_main_option('sqlalchemy.url', str(get_settings().URL))\n"
    );
    let found = settings_with(
        &source,
        "[alembic]\n",
        &[("APP_PASSWORD", "s@"), ("app_port", "6")],
        &[module],
    );
    assert_eq!(url(&found), "postgresql+psycopg://me:s%40@localhost:6/app");
    let found = settings_with(&source, "[alembic]\n", &[], &[module]);
    assert!(
        url(&found).contains("the environment variable APP_PASSWORD, which is not set"),
        "{}",
        url(&found)
    );
}

/// The layout that the tool was first written for.
#[test]
fn a_domain_with_a_schema_of_its_own() {
    let source = format!(
        "{HEAD}from apps.users.models import Base\ntarget_metadata = Base.metadata\nSCHEMA = 'users'\ndef get_url():\n    url = os.getenv('USERS_DATABASE_URL') or os.getenv('DATABASE_URL', 'postgresql://postgres:postgres@localhost:5432/app')\n    return url.replace('+asyncpg', '')\ndef run_migrations_offline():\n    context.configure(url=get_url(), target_metadata=target_metadata, literal_binds=True, dialect_opts={{'paramstyle': 'named'}}, version_table_schema=SCHEMA)\n    with context.begin_transaction():\n        context.run_migrations()\ndef do_run(connection):\n    connection.execute(text('CREATE SCHEMA IF NOT EXISTS users'))\n    context.configure(connection=connection, target_metadata=target_metadata, include_schemas=True, version_table_schema=SCHEMA, compare_type=True, compare_server_default=True)\n    with context.begin_transaction():\n        context.run_migrations()\ndef run_migrations_online():\n    connectable = create_engine(get_url(), poolclass=pool.NullPool)\n    with connectable.connect() as connection:\n        connection.run_sync(do_run)\nif context.is_offline_mode():\n    run_migrations_offline()\nelse:\n    run_migrations_online()\n"
    );
    let found = settings(
        &source,
        &[("DATABASE_URL", "postgresql+asyncpg://u:p@db/x")],
    );
    assert_eq!(url(&found), "postgresql://u:p@db/x");
    assert_eq!(
        found.version_table_schema.known(),
        Some(&Some("users".to_owned()))
    );
    assert_eq!(found.include_schemas.known(), Some(&true));
    assert_eq!(found.compare_server_default.known(), Some(&true));
    assert_eq!(found.literal_binds.known(), Some(&false));
    assert_eq!(found.statements.len(), 1);
    let lookups: Vec<(&str, bool)> = found
        .lookups
        .iter()
        .map(|lookup| (lookup.name.as_str(), lookup.found))
        .collect();
    assert_eq!(
        lookups,
        [("USERS_DATABASE_URL", false), ("DATABASE_URL", true)]
    );
}

#[test]
fn naming_conventions_and_arguments() {
    let source = format!(
        "{HEAD}target_metadata = MetaData(naming_convention={{'ix': 'ix_%(column_0_label)s'}}, schema='s')\nargs = {{'render_as_batch': True}}\ncontext.configure(target_metadata=target_metadata, version_table='v', version_table_schema=target_metadata.schema, transaction_per_migration=context.get_x_argument(as_dictionary=True).get('schema') == 'tenant', **args)\n"
    );
    let found = settings(&source, &[]);
    assert_eq!(
        found.naming_convention.known(),
        Some(&vec![("ix".to_owned(), "ix_%(column_0_label)s".to_owned())])
    );
    assert_eq!(found.version_table.known().map(String::as_str), Some("v"));
    assert_eq!(
        found.version_table_schema.known(),
        Some(&Some("s".to_owned()))
    );
    assert_eq!(found.transaction_per_migration.known(), Some(&true));
    assert_eq!(found.render_as_batch.known(), Some(&true));
}

#[test]
fn the_tag_is_known() {
    let source =
        format!("{HEAD}context.configure(version_table='v_' + context.get_tag_argument())\n");
    let found = settings(&source, &[]);
    assert_eq!(
        found.version_table.known().map(String::as_str),
        Some("v_red")
    );
}
