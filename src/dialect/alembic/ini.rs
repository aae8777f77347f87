//! `alembic.ini`: Python's configuration language with its basic interpolation.

use std::collections::BTreeMap;

/// An ini file that cannot be read, or a value that cannot be had from it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum IniError {
    /// Text before the first section.
    #[error(
        "MissingSectionHeaderError: File contains no section headers.\nfile: '{file}', line: {line}\n{text:?}"
    )]
    NoSection {
        /// The file.
        file: String,
        /// Line, counted from 1.
        line: usize,
        /// The line itself.
        text: String,
    },
    /// A section that comes twice.
    #[error(
        "DuplicateSectionError: While reading from '{file}' [line {line:2}]: section '{section}' already exists"
    )]
    DuplicateSection {
        /// The file.
        file: String,
        /// Line, counted from 1.
        line: usize,
        /// The section.
        section: String,
    },
    /// An option that comes twice in a section.
    #[error(
        "DuplicateOptionError: While reading from '{file}' [line {line:2}]: option '{option}' in section '{section}' already exists"
    )]
    DuplicateOption {
        /// The file.
        file: String,
        /// Line, counted from 1.
        line: usize,
        /// The section.
        section: String,
        /// The option.
        option: String,
    },
    /// A line that is no option.
    #[error("ParsingError: Source contains parsing errors: '{file}'\n\t[line {line:2}]: {text:?}")]
    Parsing {
        /// The file.
        file: String,
        /// Line, counted from 1.
        line: usize,
        /// The line itself.
        text: String,
    },
    /// `%(name)s` with a name that nothing is known by.
    #[error(
        "InterpolationMissingOptionError: Bad value substitution: option '{option}' in section '{section}' contains an interpolation key '{key}' which is not a valid option name. Raw value: '{raw}'"
    )]
    MissingKey {
        /// The option.
        option: String,
        /// Its section.
        section: String,
        /// The name.
        key: String,
        /// The value as written.
        raw: String,
    },
    /// A `%` that stands alone.
    #[error("InterpolationSyntaxError: {0}")]
    Syntax(String),
    /// Values that refer to each other without end.
    #[error(
        "InterpolationDepthError: Recursion limit exceeded in value substitution: option '{option}' in section '{section}' contains an interpolation key which cannot be substituted in 10 steps. Raw value: '{raw}'"
    )]
    Depth {
        /// The option.
        option: String,
        /// Its section.
        section: String,
        /// The value as written.
        raw: String,
    },
}

/// How often values may refer to further values.
const DEPTH: usize = 10;

/// A value and the line it stands in.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Entry {
    value: String,
    line: usize,
}

/// Sections of options.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Ini {
    sections: Vec<(String, BTreeMap<String, Entry>)>,
    /// Visible in all sections.
    defaults: BTreeMap<String, Entry>,
}

impl Ini {
    /// Reads a file's text. `file` is what errors call it.
    pub fn parse(text: &str, file: &str) -> Result<Self, IniError> {
        let mut reader = Reader {
            ini: Self::default(),
            file,
            section: Section::None,
            option: None,
            indent: 0,
        };
        for (index, line) in text.lines().enumerate() {
            reader.line(line, index + 1)?;
        }
        reader.finish();
        Ok(reader.ini)
    }

    /// Sets a value that all sections see, such as `here`.
    pub fn set_default(&mut self, option: &str, value: &str) {
        let value = value.to_owned();
        self.defaults
            .insert(option.to_owned(), Entry { value, line: 0 });
    }

    /// Sets an option, creating its section.
    pub fn set(&mut self, section: &str, option: &str, value: &str) {
        let entry = Entry {
            value: value.to_owned(),
            line: 0,
        };
        match self.sections.iter_mut().find(|(name, _)| name == section) {
            Some((_, options)) => {
                options.insert(option.to_lowercase(), entry);
            }
            None => self.sections.push((
                section.to_owned(),
                BTreeMap::from([(option.to_lowercase(), entry)]),
            )),
        }
    }

    /// The sections' names.
    pub fn sections(&self) -> impl Iterator<Item = &str> {
        self.sections.iter().map(|(name, _)| name.as_str())
    }

    /// Whether there is a section of this name.
    pub fn has_section(&self, section: &str) -> bool {
        self.sections().any(|name| name == section)
    }

    /// An option's value with everything it refers to put in; nothing when it is not there.
    pub fn get(&self, section: &str, option: &str) -> Result<Option<String>, IniError> {
        let option = option.to_lowercase();
        match self.raw(section, &option) {
            None => Ok(None),
            Some(entry) => self
                .interpolate(section, &option, &entry.value, DEPTH)
                .map(Some),
        }
    }

    /// The line an option stands in.
    pub fn line(&self, section: &str, option: &str) -> Option<usize> {
        let entry = self.raw(section, &option.to_lowercase())?;
        (entry.line > 0).then_some(entry.line)
    }

    /// The options of a section that it has itself, with their values.
    pub fn items(&self, section: &str) -> Result<Vec<(String, String)>, IniError> {
        let Some((_, options)) = self.sections.iter().find(|(name, _)| name == section) else {
            return Ok(Vec::new());
        };
        options
            .iter()
            .map(|(option, entry)| {
                let value = self.interpolate(section, option, &entry.value, DEPTH)?;
                Ok((option.clone(), value))
            })
            .collect()
    }

    fn raw(&self, section: &str, option: &str) -> Option<&Entry> {
        let own = self.sections.iter().find(|(name, _)| name == section);
        own?.1.get(option).or_else(|| self.defaults.get(option))
    }

    fn interpolate(
        &self,
        section: &str,
        option: &str,
        raw: &str,
        depth: usize,
    ) -> Result<String, IniError> {
        let Some(depth) = depth.checked_sub(1) else {
            return Err(IniError::Depth {
                option: option.to_owned(),
                section: section.to_owned(),
                raw: raw.to_owned(),
            });
        };
        let mut text = String::with_capacity(raw.len());
        let mut rest = raw;
        while let Some(at) = rest.find('%') {
            text.push_str(&rest[..at]);
            rest = &rest[at..];
            if let Some(behind) = rest.strip_prefix("%%") {
                text.push('%');
                rest = behind;
            } else if let Some(behind) = rest.strip_prefix("%(") {
                let end = behind
                    .find(')')
                    .filter(|end| *end > 0 && behind[end + 1..].starts_with('s'));
                let Some(end) = end else {
                    return Err(IniError::Syntax(format!(
                        "bad interpolation variable reference '{rest}'"
                    )));
                };
                let key = behind[..end].to_lowercase();
                let Some(entry) = self.raw(section, &key) else {
                    return Err(IniError::MissingKey {
                        option: option.to_owned(),
                        section: section.to_owned(),
                        key,
                        raw: raw.to_owned(),
                    });
                };
                text.push_str(&self.interpolate(section, option, &entry.value, depth)?);
                rest = &behind[end + 2..];
            } else {
                return Err(IniError::Syntax(format!(
                    "'%' must be followed by '%' or '(', found: '{rest}'"
                )));
            }
        }
        text.push_str(rest);
        Ok(text)
    }
}

/// Where options go.
#[derive(Clone, Copy)]
enum Section {
    /// Nowhere: no section has begun.
    None,
    Defaults,
    /// To the section at this position.
    At(usize),
}

struct Reader<'r> {
    ini: Ini,
    file: &'r str,
    section: Section,
    /// The option that an indented line carries on.
    option: Option<String>,
    indent: usize,
}

impl Reader<'_> {
    fn line(&mut self, line: &str, number: usize) -> Result<(), IniError> {
        let trimmed = line.trim();
        if trimmed.starts_with(['#', ';']) {
            return Ok(());
        }
        if trimmed.is_empty() {
            // An empty line belongs to the value above it, if another line of it follows.
            self.carry_on("");
            return Ok(());
        }
        let indent = line.chars().take_while(|c| c.is_whitespace()).count();
        if self.option.is_some() && indent > self.indent {
            self.carry_on(trimmed);
            return Ok(());
        }
        self.indent = indent;
        if let Some(name) = header(trimmed) {
            return self.open_section(name, number);
        }
        if matches!(self.section, Section::None) {
            return Err(IniError::NoSection {
                file: self.file.to_owned(),
                line: number,
                text: format!("{line}\n"),
            });
        }
        self.add_option(trimmed, number)
    }

    fn open_section(&mut self, name: &str, number: usize) -> Result<(), IniError> {
        self.finish();
        if name == "DEFAULT" {
            self.section = Section::Defaults;
            return Ok(());
        }
        if self.ini.has_section(name) {
            return Err(IniError::DuplicateSection {
                file: self.file.to_owned(),
                line: number,
                section: name.to_owned(),
            });
        }
        self.ini.sections.push((name.to_owned(), BTreeMap::new()));
        self.section = Section::At(self.ini.sections.len() - 1);
        Ok(())
    }

    fn add_option(&mut self, line: &str, number: usize) -> Result<(), IniError> {
        self.finish();
        let parts = line.find(['=', ':']).map(|at| line.split_at(at));
        let Some((name, value)) = parts.filter(|(name, _)| !name.trim().is_empty()) else {
            return Err(IniError::Parsing {
                file: self.file.to_owned(),
                line: number,
                text: format!("{line}\n"),
            });
        };
        let option = name.trim().to_lowercase();
        let value = value[1..].trim().to_owned();
        let entry = Entry {
            value,
            line: number,
        };
        let place = match self.section {
            Section::At(at) => self.ini.sections.get_mut(at),
            _ => None,
        };
        let (name, options) = match place {
            Some((name, options)) => (name.clone(), options),
            None => ("DEFAULT".to_owned(), &mut self.ini.defaults),
        };
        if options.insert(option.clone(), entry).is_some() {
            return Err(IniError::DuplicateOption {
                file: self.file.to_owned(),
                line: number,
                section: name,
                option,
            });
        }
        self.option = Some(option);
        Ok(())
    }

    fn value(&mut self) -> Option<&mut Entry> {
        let option = self.option.as_ref()?;
        let options = match self.section {
            Section::At(at) => &mut self.ini.sections.get_mut(at)?.1,
            _ => &mut self.ini.defaults,
        };
        options.get_mut(option)
    }

    fn carry_on(&mut self, text: &str) {
        if let Some(entry) = self.value() {
            entry.value.push('\n');
            entry.value.push_str(text);
        }
    }

    fn finish(&mut self) {
        if let Some(entry) = self.value() {
            let kept = entry.value.trim_end().len();
            entry.value.truncate(kept);
        }
        self.option = None;
    }
}

fn header(line: &str) -> Option<&str> {
    let rest = line.strip_prefix('[')?;
    let end = rest.rfind(']')?;
    (end > 0).then(|| &rest[..end])
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = "[DEFAULT]\nhome = /h\n[alembic]\n# comment\nScript_Location = %(here)s/m\n; other\nurl : a%%b ; note\nlist =\n    one\n\n    two\n\nhomes = %(home)s/%(missing)s\nbad = 50%\n[other]\nx = %(home)s\n";

    #[test]
    fn values_as_python_reads_them() {
        let mut ini = Ini::parse(TEXT, "alembic.ini").expect("read");
        ini.set_default("here", "/p");
        let get = |section, option| match ini.get(section, option) {
            Ok(Some(value)) => value,
            Ok(None) => "-".to_owned(),
            Err(error) => error.to_string(),
        };
        for (section, option, expected) in [
            ("alembic", "script_location", "/p/m"),
            ("alembic", "URL", "a%b ; note"),
            ("alembic", "list", "\none\n\ntwo"),
            ("alembic", "home", "/h"),
            ("alembic", "nothing", "-"),
            ("other", "x", "/h"),
            ("missing", "x", "-"),
            (
                "alembic",
                "bad",
                "InterpolationSyntaxError: '%' must be followed by '%' or '(', found: '%'",
            ),
            (
                "alembic",
                "homes",
                "InterpolationMissingOptionError: Bad value substitution: option 'homes' in section 'alembic' contains an interpolation key 'missing' which is not a valid option name. Raw value: '%(home)s/%(missing)s'",
            ),
        ] {
            assert_eq!(get(section, option), expected, "{section} {option}");
        }
        assert_eq!(ini.line("alembic", "url"), Some(7));
    }

    #[test]
    fn files_that_cannot_be_read() {
        for (text, expected) in [
            (
                "x = 1",
                "MissingSectionHeaderError: File contains no section headers.\nfile: 'f', line: 1\n\"x = 1\\n\"",
            ),
            (
                "[a]\nx=1\nX=2",
                "DuplicateOptionError: While reading from 'f' [line  3]: option 'x' in section 'a' already exists",
            ),
            (
                "[a]\n[a]",
                "DuplicateSectionError: While reading from 'f' [line  2]: section 'a' already exists",
            ),
        ] {
            let error = Ini::parse(text, "f").expect_err(text);
            assert_eq!(error.to_string(), expected);
        }
    }
}
