//! Puts settings from weaker and stronger sources on top of each other.
//!
//! A TOML configuration has three layers at the end: the `flyway` namespace, the values of the
//! environment in use, and that environment's overrides. **The overrides win over everything,
//! the command line included**, because Flyway looks at them first. A CONF configuration is flat.

use std::collections::{BTreeMap, BTreeSet};

use super::error::{ConfigError, UnknownKey};
use super::keys::{self, Key, Kind, Place, Status};
use super::setting::{Level, Origin, RawValue, Setting};

/// The kind of the configuration files; the two are never mixed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Mode {
    /// `flyway.toml`.
    Toml,
    /// `flyway.conf`.
    Conf,
}

/// Settings of one environment.
#[derive(Debug, Default, Clone)]
struct Layer {
    values: BTreeMap<String, Setting>,
    overrides: BTreeMap<String, Setting>,
}

/// Settings from all sources so far.
#[derive(Debug)]
pub(super) struct Model {
    mode: Mode,
    flyway: BTreeMap<String, Setting>,
    environments: BTreeMap<String, Layer>,
    /// What `-url` and its like say, for whichever environment is in use.
    temporary: BTreeMap<String, Setting>,
    unknown: Vec<UnknownKey>,
    warnings: Vec<String>,
}

/// The outcome: one setting for each name.
#[derive(Debug)]
pub(super) struct Merged {
    /// The environment in use.
    pub(super) environment: String,
    /// The settings, each known and supported.
    pub(super) settings: Vec<Setting>,
    /// Remarks about settings without effect.
    pub(super) warnings: Vec<String>,
}

/// Top-level names of a TOML file that belong to other programs of the same makers.
const OTHER_ROOTS: [&str; 5] = [
    "id",
    "name",
    "databaseType",
    "flywayDesktop",
    "redgateCompare",
];

impl Model {
    /// An empty configuration.
    pub(super) fn new(mode: Mode) -> Self {
        Self {
            mode,
            flyway: BTreeMap::new(),
            // This one exists without being mentioned.
            environments: [("default".to_owned(), Layer::default())].into(),
            temporary: BTreeMap::new(),
            unknown: Vec::new(),
            warnings: Vec::new(),
        }
    }

    /// Adds a setting that is stronger than all before it.
    pub(super) fn apply(&mut self, setting: Setting) -> Result<(), ConfigError> {
        match (&setting.level, self.mode) {
            (Level::Root, _) => self.apply_root(&setting),
            (Level::Flyway, Mode::Conf) => self.apply_flat(setting)?,
            (Level::Flyway, Mode::Toml) => self.apply_flyway(setting)?,
            (Level::Environment(_) | Level::Override(_), Mode::Conf) => {
                let name = setting.full_name();
                let origin = &setting.origin;
                self.warnings.push(format!(
                    "`{name}` has no effect in a CONF configuration ({origin})"
                ));
            }
            (Level::Environment(name), Mode::Toml) => {
                let name = name.clone();
                self.apply_to_environment(name, setting);
            }
            (Level::Override(name), Mode::Toml) => {
                let layer = self.environments.entry(name.clone()).or_default();
                insert(&mut layer.overrides, setting);
            }
        }
        Ok(())
    }

    fn apply_root(&mut self, setting: &Setting) {
        let table = setting.name.split('.').next().unwrap_or_default();
        let warning = format!("the top-level name `{table}` is not known and has no effect");
        if !OTHER_ROOTS.contains(&table) && !self.warnings.contains(&warning) {
            self.warnings.push(warning);
        }
    }

    fn apply_flat(&mut self, setting: Setting) -> Result<(), ConfigError> {
        if setting.name == "environment" {
            return Err(ConfigError::TomlOnlyKey {
                name: setting.full_name(),
                origin: setting.origin,
            });
        }
        match keys::find_anywhere(&setting.name) {
            Some(_) => insert(&mut self.flyway, setting),
            None => self.unknown(&setting),
        }
        Ok(())
    }

    fn apply_flyway(&mut self, setting: Setting) -> Result<(), ConfigError> {
        if let Some(key) = keys::find(&setting.name, Place::Flyway) {
            if !says_nothing(&setting, key) {
                insert(&mut self.flyway, setting);
            }
            return Ok(());
        }
        match keys::find(&setting.name, Place::Environment) {
            Some(_) if is_file(&setting.origin) => Err(ConfigError::MisplacedKey {
                name: setting.full_name(),
                origin: setting.origin,
            }),
            Some(key) => {
                if !says_nothing(&setting, key) {
                    insert(&mut self.temporary, setting);
                }
                Ok(())
            }
            None => {
                self.unknown(&setting);
                Ok(())
            }
        }
    }

    fn apply_to_environment(&mut self, name: String, setting: Setting) {
        let layer = self.environments.entry(name).or_default();
        match keys::find(&setting.name, Place::Environment) {
            Some(key) if says_nothing(&setting, key) => {}
            Some(_) => insert(&mut layer.values, setting),
            None => self.warnings.push(format!(
                "`{}` is not known and has no effect ({})",
                setting.full_name(),
                setting.origin
            )),
        }
    }

    fn unknown(&mut self, setting: &Setting) {
        self.unknown.push(UnknownKey {
            name: setting.full_name(),
            origin: setting.origin.clone(),
            nearest: keys::nearest(&setting.name),
        });
    }

    /// The name of the environment to use, as written.
    pub(super) fn environment(&self) -> &str {
        match self.flyway.get("environment").map(|setting| &setting.value) {
            Some(RawValue::Text(name) | RawValue::Scalar { text: name, .. })
                if !name.trim().is_empty() =>
            {
                name
            }
            _ => "default",
        }
    }

    /// Chooses the environment, adds the settings that name theirs, and checks what is left.
    pub(super) fn finish(
        mut self,
        environment: String,
        environment_settings: Vec<Setting>,
    ) -> Result<Merged, ConfigError> {
        if !self.temporary.is_empty() {
            let layer = self.environments.entry(environment.clone()).or_default();
            layer.values.append(&mut self.temporary);
        }
        for setting in environment_settings {
            self.apply(setting)?;
        }
        let layer = match self.environments.remove(&environment) {
            Some(layer) => layer,
            None if environment == "-" => Layer::default(),
            None => return Err(self.unknown_environment(environment)),
        };
        self.override_flyway(layer.overrides)?;
        if !self.unknown.is_empty() {
            return Err(ConfigError::UnknownKeys { keys: self.unknown });
        }
        let mut settings: Vec<Setting> = self.flyway.into_values().collect();
        settings.extend(layer.values.into_values());
        let mut warnings = self.warnings;
        check_status(&environment, &mut settings, &mut warnings)?;
        Ok(Merged {
            environment,
            settings,
            warnings,
        })
    }

    fn unknown_environment(&self, name: String) -> ConfigError {
        let names = || self.environments.keys().map(String::as_str);
        let nearest = names()
            .find(|known| known.eq_ignore_ascii_case(&name))
            .map(str::to_owned)
            .or_else(|| keys::nearest_of(&name, names()));
        ConfigError::UnknownEnvironment { name, nearest }
    }

    fn override_flyway(&mut self, overrides: BTreeMap<String, Setting>) -> Result<(), ConfigError> {
        // Placeholders are replaced as a whole: those of the environment are the only ones then.
        if overrides
            .keys()
            .any(|name| name.starts_with("placeholders."))
        {
            self.flyway
                .retain(|name, _| !name.starts_with("placeholders."));
        }
        for setting in overrides.into_values() {
            if keys::find(&setting.name, Place::Flyway).is_some() {
                insert(&mut self.flyway, setting);
            } else if keys::find(&setting.name, Place::Environment).is_some() {
                return Err(ConfigError::MisplacedKey {
                    name: setting.full_name(),
                    origin: setting.origin,
                });
            } else {
                self.unknown(&setting);
            }
        }
        Ok(())
    }
}

/// Puts a setting into a layer; names of placeholders are the same whatever their case.
fn insert(layer: &mut BTreeMap<String, Setting>, setting: Setting) {
    if setting.name.starts_with("placeholders.") {
        layer.retain(|name, _| !name.eq_ignore_ascii_case(&setting.name));
    }
    layer.insert(setting.name.clone(), setting);
}

fn is_file(origin: &Origin) -> bool {
    matches!(origin, Origin::File { .. } | Origin::StandardInput { .. })
}

/// Whether a setting leaves a weaker one in place: an empty array, or no text for a number.
fn says_nothing(setting: &Setting, key: &Key) -> bool {
    match &setting.value {
        RawValue::List(items) => items.is_empty(),
        RawValue::Text(text) => text.is_empty() && matches!(key.kind, Kind::Bool | Kind::Int),
        RawValue::Scalar { .. } | RawValue::Nested => false,
    }
}

/// Refuses, remarks upon or drops the settings that do not work here.
fn check_status(
    environment: &str,
    settings: &mut Vec<Setting>,
    warnings: &mut Vec<String>,
) -> Result<(), ConfigError> {
    let mut remarked = BTreeSet::new();
    for setting in settings.iter() {
        let key = match setting.level {
            Level::Environment(_) => keys::find(&setting.name, Place::Environment),
            _ => keys::find_anywhere(&setting.name),
        };
        let key = key.expect("unknown settings were sorted out before");
        let name = setting.full_name();
        let origin = setting.origin.clone();
        match key.status {
            Status::Refused(reason) if !setting.value.is_empty() => {
                return Err(ConfigError::RefusedKey {
                    name,
                    reason,
                    origin,
                });
            }
            Status::Removed(replacement) => {
                return Err(ConfigError::RemovedKey {
                    name,
                    replacement,
                    origin,
                });
            }
            Status::Ignored(reason) if changes_something(setting) && remarked.insert(key.name) => {
                warnings.push(format!("`{name}` has no effect: {reason} ({origin})"));
            }
            _ => {}
        }
        if key.name == "provisioner" {
            check_provisioner(environment, setting)?;
        }
    }
    settings.retain(|setting| setting.name != "environment");
    Ok(())
}

/// Whether a setting without effect asks for anything: nothing and `false` do not.
fn changes_something(setting: &Setting) -> bool {
    match &setting.value {
        RawValue::Text(text) | RawValue::Scalar { text, .. } => {
            !text.trim().is_empty() && !text.eq_ignore_ascii_case("false")
        }
        RawValue::List(_) | RawValue::Nested => !setting.value.is_empty(),
    }
}

fn check_provisioner(environment: &str, setting: &Setting) -> Result<(), ConfigError> {
    match &setting.value {
        RawValue::Text(text) | RawValue::Scalar { text, .. }
            if !text.is_empty() && !text.eq_ignore_ascii_case("none") =>
        {
            Err(ConfigError::Provisioner {
                environment: environment.to_owned(),
                provisioner: text.clone(),
            })
        }
        _ => Ok(()),
    }
}
