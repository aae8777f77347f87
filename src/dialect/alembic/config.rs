//! The configuration of an Alembic directory: `alembic.ini`, and `[tool.alembic]` behind it.

use std::path::{Path, PathBuf};

use super::ini::{Ini, IniError};

/// A configuration that cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ConfigError {
    /// Reported as Alembic's own `FAILED:` line.
    #[error("{0}")]
    Command(String),
    /// Python's own exception.
    #[error("{0}")]
    Uncaught(String),
    /// The ini file.
    #[error(transparent)]
    Ini(#[from] IniError),
}

/// Which files to read, as arguments and environment say.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConfigFiles {
    /// The ini file.
    pub ini: PathBuf,
    /// The TOML file.
    pub toml: PathBuf,
}

impl ConfigFiles {
    /// Finds out from `-c` arguments and `ALEMBIC_CONFIG`.
    pub fn choose(given: &[String], variable: Option<&str>) -> Result<Self, ConfigError> {
        let is_toml = |name: &str| {
            Path::new(name).file_name().and_then(|name| name.to_str()) == Some("pyproject.toml")
        };
        let mut files = Self {
            ini: "alembic.ini".into(),
            toml: "pyproject.toml".into(),
        };
        if let Some(name) = variable.filter(|name| !name.is_empty()) {
            if is_toml(name) {
                files.toml = name.into();
            } else {
                files.ini = name.into();
            }
        }
        let (mut ini, mut toml) = (None, None);
        for name in given {
            let (place, words) = if is_toml(name) {
                (&mut toml, "pyproject.toml indicated more than once")
            } else {
                (&mut ini, "only one ini file may be indicated")
            };
            if place.replace(name).is_some() {
                return Err(ConfigError::Uncaught(words.to_owned()));
            }
        }
        if let Some(ini) = ini {
            files.ini = ini.into();
        }
        if let Some(toml) = toml {
            files.toml = toml.into();
        }
        Ok(files)
    }
}

/// What the files say.
#[derive(Debug, Clone)]
pub struct AlembicConfig {
    /// The ini file, empty when there is none.
    pub ini: Ini,
    /// The section of the ini file.
    pub section: String,
    /// Where the ini file is, or would be.
    pub ini_path: PathBuf,
    /// Where the TOML file is, or would be.
    pub toml_path: PathBuf,
    toml: toml::Table,
    /// The TOML file's folder.
    toml_here: String,
}

/// A program to run on new files.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PostWriteHook {
    /// Its name.
    pub name: String,
    /// Its settings.
    pub options: Vec<(String, String)>,
}

/// Where a script directory or version location is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Folder {
    /// A path.
    Path(PathBuf),
    /// A folder of a Python package: its dotted name and the path inside.
    Package(String, PathBuf),
}

impl Folder {
    fn parse(text: &str) -> Self {
        if Path::new(text).is_absolute() || !text.contains(':') {
            return Self::Path(text.into());
        }
        let mut parts = text.split(':');
        let package = parts.next().unwrap_or_default().to_owned();
        Self::Package(package, parts.collect())
    }
}

impl AlembicConfig {
    /// Reads both files' texts; a missing file counts as empty.
    pub fn read(
        files: &ConfigFiles,
        directory: &Path,
        section: &str,
        ini_text: Option<&str>,
        toml_text: Option<&str>,
    ) -> Result<Self, ConfigError> {
        let ini_path = directory.join(&files.ini);
        let toml_path = directory.join(&files.toml);
        let folder = |path: &Path| {
            let folder = path.parent().unwrap_or(directory);
            normal(folder).to_string_lossy().replace('\\', "/")
        };
        let mut ini = Ini::parse(
            ini_text.unwrap_or_default(),
            &files.ini.display().to_string(),
        )?;
        ini.set_default("here", &folder(&ini_path));
        let mut table = toml::Table::new();
        if let Some(text) = toml_text {
            let document: toml::Table = text.parse().map_err(|error: toml::de::Error| {
                ConfigError::Uncaught(format!(
                    "TOMLDecodeError: {}: {}",
                    files.toml.display(),
                    error.message()
                ))
            })?;
            let own = document.get("tool").and_then(|tool| tool.get("alembic"));
            match own {
                None => {}
                Some(toml::Value::Table(own)) => table = own.clone(),
                Some(_) => return Err(ConfigError::Command("Incorrect TOML format".to_owned())),
            }
        }
        Ok(Self {
            ini,
            section: section.to_owned(),
            toml_here: folder(&toml_path),
            ini_path,
            toml_path,
            toml: table,
        })
    }

    /// A text option: the ini file's, else the TOML file's.
    pub fn option(&self, name: &str) -> Result<Option<String>, ConfigError> {
        if let Some(value) = self.ini.get(&self.section, name)? {
            return Ok(Some(value));
        }
        match self.toml.get(name) {
            None => Ok(None),
            Some(toml::Value::String(text)) => self.toml_text(text).map(Some),
            Some(toml::Value::Integer(number)) => Ok(Some(number.to_string())),
            Some(toml::Value::Boolean(value)) => {
                Ok(Some(if *value { "True" } else { "False" }.to_owned()))
            }
            Some(_) => Err(ConfigError::Command(format!(
                "unsupported TOML value type for key: '{name}'"
            ))),
        }
    }

    /// An option of the ini file's main section only, as `env.py` sees it.
    pub fn main_option(&self, name: &str) -> Result<Option<String>, ConfigError> {
        Ok(self.ini.get(&self.section, name)?)
    }

    /// A yes-or-no option. In the ini file only `true` says yes.
    pub fn boolean(&self, name: &str) -> Result<bool, ConfigError> {
        if let Some(value) = self.ini.get(&self.section, name)? {
            return Ok(value == "true");
        }
        match self.toml.get(name) {
            None => Ok(false),
            Some(toml::Value::Boolean(value)) => Ok(*value),
            Some(_) => Err(ConfigError::Command(format!(
                "boolean value expected for TOML parameter '{name}'"
            ))),
        }
    }

    /// Where the script directory is.
    pub fn script_location(&self) -> Result<Folder, ConfigError> {
        self.option("script_location")?
            .map(|text| Folder::parse(&text))
            .ok_or_else(|| {
                ConfigError::Command("No 'script_location' key found in configuration.".to_owned())
            })
    }

    /// Folders of revisions, where they are not below the script directory.
    pub fn version_locations(&self) -> Result<Option<Vec<Folder>>, ConfigError> {
        let list = self.list(
            "version_locations",
            &["path_separator", "version_path_separator"],
            |text| split_any(text, ""),
        )?;
        Ok(list.map(|list| list.iter().map(|text| Folder::parse(text)).collect()))
    }

    /// Folders that Python would look for modules in.
    pub fn prepend_sys_path(&self) -> Result<Vec<String>, ConfigError> {
        let list = self.list("prepend_sys_path", &["path_separator"], |text| {
            split_any(text, ":")
        })?;
        Ok(list.unwrap_or_default())
    }

    fn list(
        &self,
        name: &str,
        separators: &[&str],
        legacy: fn(&str) -> Vec<String>,
    ) -> Result<Option<Vec<String>>, ConfigError> {
        let text = self.ini.get(&self.section, name)?;
        if let Some(text) = text.filter(|text| !text.is_empty()) {
            let Some(separator) = self.separator(separators)? else {
                return Ok(Some(legacy(&text)));
            };
            return Ok(Some(
                text.split(separator)
                    .filter(|part| !part.is_empty())
                    .map(|part| part.trim().to_owned())
                    .collect(),
            ));
        }
        match self.toml.get(name) {
            None => Ok(None),
            Some(toml::Value::Array(items)) => items
                .iter()
                .map(|item| match item {
                    toml::Value::String(text) => self.toml_text(text),
                    _ => Err(ConfigError::Command(format!(
                        "unsupported TOML value type for key: '{name}'"
                    ))),
                })
                .collect::<Result<_, _>>()
                .map(Some),
            Some(_) => Err(ConfigError::Command(format!(
                "unsupported TOML value type for key: '{name}'"
            ))),
        }
    }

    fn separator(&self, names: &[&str]) -> Result<Option<char>, ConfigError> {
        for name in names {
            let Some(value) = self.main_option(name)? else {
                continue;
            };
            return match value.as_str() {
                "space" => Ok(Some(' ')),
                "newline" => Ok(Some('\n')),
                "os" if cfg!(windows) => Ok(Some(';')),
                "os" | ":" => Ok(Some(':')),
                ";" => Ok(Some(';')),
                other => Err(ConfigError::Uncaught(format!(
                    "ValueError: '{other}' is not a valid value for {name}; expected 'space', 'newline', 'os', ':', ';'"
                ))),
            };
        }
        Ok(None)
    }

    /// Programs to run on new files.
    pub fn post_write_hooks(&self) -> Result<Vec<PostWriteHook>, ConfigError> {
        if self.ini.has_section("post_write_hooks") {
            let items = self.ini.items("post_write_hooks")?;
            let names = items.iter().find(|(name, _)| name == "hooks");
            let names = names.map_or(Vec::new(), |(_, names)| split_any(names, ""));
            return Ok(names
                .into_iter()
                .filter(|name| !name.is_empty())
                .map(|name| {
                    let prefix = format!("{name}.");
                    let options = items.iter().filter_map(|(option, value)| {
                        Some((option.strip_prefix(&prefix)?.to_owned(), value.clone()))
                    });
                    PostWriteHook {
                        options: options.collect(),
                        name,
                    }
                })
                .collect());
        }
        let Some(toml::Value::Array(items)) = self.toml.get("post_write_hooks") else {
            return Ok(Vec::new());
        };
        let tables = items.iter().filter_map(toml::Value::as_table);
        tables
            .map(|table| {
                let mut hook = PostWriteHook {
                    name: String::new(),
                    options: Vec::new(),
                };
                for (option, value) in table {
                    let value = self.toml_text(value.as_str().unwrap_or_default())?;
                    if option == "name" {
                        hook.name = value;
                    } else {
                        hook.options.push((option.clone(), value));
                    }
                }
                Ok(hook)
            })
            .collect()
    }

    /// `%`-formats a text of the TOML file, where only `here` is known.
    fn toml_text(&self, text: &str) -> Result<String, ConfigError> {
        let mut formatted = String::with_capacity(text.len());
        let mut rest = text;
        while let Some(at) = rest.find('%') {
            formatted.push_str(&rest[..at]);
            rest = &rest[at + 1..];
            if let Some(behind) = rest.strip_prefix('%') {
                formatted.push('%');
                rest = behind;
            } else if let Some(behind) = rest.strip_prefix("(here)s") {
                formatted.push_str(&self.toml_here);
                rest = behind;
            } else if let Some((key, _)) = rest.strip_prefix('(').and_then(|r| r.split_once(')')) {
                return Err(ConfigError::Uncaught(format!("KeyError: '{key}'")));
            } else {
                return Err(ConfigError::Uncaught(
                    "ValueError: unsupported format character".to_owned(),
                ));
            }
        }
        formatted.push_str(rest);
        Ok(formatted)
    }
}

/// Splits as old configurations are split: at commas with blanks behind them, at blanks, and at
/// further characters.
fn split_any(text: &str, more: &str) -> Vec<String> {
    let mut parts = vec![String::new()];
    let mut characters = text.chars().peekable();
    while let Some(character) = characters.next() {
        if character == ',' || character == ' ' {
            while characters.next_if_eq(&' ').is_some() {}
            parts.push(String::new());
        } else if more.contains(character) {
            parts.push(String::new());
        } else if let Some(last) = parts.last_mut() {
            last.push(character);
        }
    }
    parts
}

/// A path without `.` and empty parts, as Python's `pathlib` writes it.
pub fn normal(path: &Path) -> PathBuf {
    path.components().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn config(ini: &str, toml: &str) -> AlembicConfig {
        let files = ConfigFiles::choose(&[], None).expect("files");
        AlembicConfig::read(
            &files,
            Path::new("/p"),
            "alembic",
            (!ini.is_empty()).then_some(ini),
            (!toml.is_empty()).then_some(toml),
        )
        .expect("read")
    }

    #[test]
    fn which_files() {
        let choose = |given: &[&str], variable| {
            let given: Vec<String> = given.iter().map(|name| (*name).to_owned()).collect();
            match ConfigFiles::choose(&given, variable) {
                Ok(files) => format!("{} {}", files.ini.display(), files.toml.display()),
                Err(error) => error.to_string(),
            }
        };
        assert_eq!(choose(&[], None), "alembic.ini pyproject.toml");
        assert_eq!(
            choose(&["x/pyproject.toml", "a.ini"], None),
            "a.ini x/pyproject.toml"
        );
        assert_eq!(
            choose(&["a.ini", "b.ini"], None),
            "only one ini file may be indicated"
        );
        assert_eq!(
            choose(&["pyproject.toml", "x/pyproject.toml"], None),
            "pyproject.toml indicated more than once"
        );
        assert_eq!(choose(&[], Some("c.ini")), "c.ini pyproject.toml");
        assert_eq!(choose(&["d.ini"], Some("c.ini")), "d.ini pyproject.toml");
    }

    #[test]
    fn lists_and_flags() {
        let locations = |ini: &str, toml: &str| match config(ini, toml).version_locations() {
            Ok(Some(list)) => format!("{list:?}"),
            Ok(None) => "-".to_owned(),
            Err(error) => error.to_string(),
        };
        assert_eq!(
            locations("[alembic]\nversion_locations = a, b c\n", ""),
            r#"[Path("a"), Path("b"), Path("c")]"#
        );
        assert_eq!(
            locations(
                "[alembic]\npath_separator = os\nversion_locations = %(here)s/a:b\n",
                ""
            ),
            r#"[Path("/p/a"), Path("b")]"#
        );
        assert_eq!(
            locations("[alembic]\npath_separator = |\nversion_locations = a\n", ""),
            "ValueError: '|' is not a valid value for path_separator; expected 'space', 'newline', 'os', ':', ';'"
        );
        assert_eq!(
            locations(
                "",
                "[tool.alembic]\nversion_locations = ['%(here)s/a', 'p:b']\n"
            ),
            r#"[Path("/p/a"), Package("p", "b")]"#
        );
        let flag = |ini: &str, toml: &str| config(ini, toml).boolean("sourceless");
        assert_eq!(flag("[alembic]\nsourceless = True\n", ""), Ok(false));
        assert_eq!(flag("[alembic]\nsourceless = true\n", ""), Ok(true));
        assert_eq!(flag("", "[tool.alembic]\nsourceless = true\n"), Ok(true));
        assert!(flag("", "[tool.alembic]\nsourceless = 'true'\n").is_err());
        let missing = config("[other]\n", "")
            .script_location()
            .expect_err("missing");
        assert_eq!(
            missing.to_string(),
            "No 'script_location' key found in configuration."
        );
        let stray = config("", "[tool.alembic]\nfile_template = '%(rev)s'\n");
        let error = stray.option("file_template").expect_err("stray");
        assert_eq!(error.to_string(), "KeyError: 'rev'");
    }
}
