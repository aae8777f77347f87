//! The format of `stillway.lock`: one line a migration, written so that git sees what collides.
//!
//! The digest at the end of a line runs on from line to line. Whoever adds a migration on one
//! branch changes what another branch's addition would have to say, so the two cannot be merged
//! unseen. `docs/verify.md` describes the format.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use sha2::{Digest as _, Sha256};

use super::migration::{DomainFiles, Kind, Migration, Origin, Sum, Sums};
use super::word::{quoted, words};
use crate::model::Dialect;

/// The version of the format that is written.
pub const FORMAT: u32 = 1;

/// How many hexadecimal digits of a digest are written.
const DIGITS: usize = 16;

const HEAD: &str = "\
# What the migrations were when they were settled. `stillway lock` writes this file and
# `stillway verify` holds the migrations against it. Keep it in version control, and
# do not edit it by hand.
";

/// What a lock file says.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Lockfile {
    /// The domains, by name.
    pub domains: Vec<LockedDomain>,
}

/// What a lock file says of a domain.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LockedDomain {
    /// The domain's name.
    pub name: String,
    /// Who wrote the migrations.
    pub dialect: Dialect,
    /// The line of its head, counted from 1.
    pub line: u32,
    /// The migrations: those with a place among the others first, in order.
    pub migrations: Vec<LockedMigration>,
}

/// A migration as it was locked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LockedMigration {
    /// The migration.
    pub migration: Migration,
    /// Its line, counted from 1.
    pub line: u32,
    /// Whether the digest fits the line and those before it.
    pub fits: bool,
}

/// Why a lock file cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum LockError {
    /// A merge left both sides in the file.
    #[error("{line}:1: the file holds both sides of a merge that was not finished")]
    Conflict {
        /// The line of the first mark.
        line: u32,
    },
    /// The first line does not say what this is.
    #[error("{line}:1: this is no lock file: it must begin with `stillway-lock {FORMAT}`")]
    NotALock {
        /// The line.
        line: u32,
    },
    /// A later version of the program wrote it.
    #[error("{line}:1: the file has format {found}, and this program knows format {FORMAT} only")]
    Newer {
        /// The line.
        line: u32,
        /// The format it has.
        found: u32,
    },
    /// A format that is no longer read.
    #[error("{line}:1: the file has format {found}, which is older than format {FORMAT}")]
    Older {
        /// The line.
        line: u32,
        /// The format it has.
        found: u32,
    },
    /// A line that cannot be read.
    #[error("{line}:{column}: {message}")]
    Line {
        /// The line.
        line: u32,
        /// Column in characters, counted from 1.
        column: u32,
        /// What is wrong.
        message: String,
    },
}

impl LockError {
    /// Line and column.
    pub fn position(&self) -> (u32, u32) {
        match self {
            Self::Conflict { line }
            | Self::NotALock { line }
            | Self::Newer { line, .. }
            | Self::Older { line, .. } => (*line, 1),
            Self::Line { line, column, .. } => (*line, *column),
        }
    }

    /// What is wrong, without the position.
    pub fn message(&self) -> String {
        let text = self.to_string();
        let (line, column) = self.position();
        let prefix = format!("{line}:{column}: ");
        text.strip_prefix(&prefix)
            .map(str::to_owned)
            .unwrap_or(text)
    }

    /// What to do about it.
    pub fn hint(&self) -> &'static str {
        match self {
            Self::Conflict { .. } => {
                "two branches changed the migrations of a domain. Decide on an order of their migrations first (give yours a later version, or make it follow the other's head); then take the file of the branch you merge into, as with `git checkout --theirs stillway.lock` while rebasing or `--ours` while merging it into yours, and run `stillway lock`"
            }
            Self::NotALock { .. } | Self::Line { .. } => {
                "take the file back from version control, or delete it and run `stillway lock` to begin anew"
            }
            Self::Newer { .. } => "update stillway to the version that wrote the file",
            Self::Older { .. } => {
                "verify with the version of stillway that wrote the file; then delete it and run `stillway lock`"
            }
        }
    }
}

/// A short digest of a text, as values of placeholders and settings have one.
pub fn short_digest(text: &str) -> String {
    hex::encode(Sha256::digest(text.as_bytes()))[..8].to_owned()
}

impl Lockfile {
    /// The domain of a name.
    pub fn domain(&self, name: &str) -> Option<&LockedDomain> {
        self.domains.iter().find(|domain| domain.name == name)
    }

    /// Reads a lock file. Digests that do not fit are no error: the lines say so.
    pub fn parse(text: &str) -> Result<Self, LockError> {
        let text = text.strip_prefix('\u{feff}').unwrap_or(text);
        let mut lines = numbered(text);
        let marks = ["<<<<<<< ", "||||||| ", ">>>>>>> "];
        let is_mark =
            |line: &str| line == "=======" || marks.iter().any(|mark| line.starts_with(mark));
        if let Some((line, _)) = numbered(text).find(|(_, line)| is_mark(line)) {
            return Err(LockError::Conflict { line });
        }
        let meaningful =
            |line: &str| !line.trim().is_empty() && !line.trim_start().starts_with('#');
        let Some((line, first)) = lines.find(|(_, line)| meaningful(line)) else {
            return Err(LockError::NotALock { line: 1 });
        };
        check_format(line, first)?;
        let mut lock = Self::default();
        let mut chain = Chain::default();
        for (number, line) in lines.filter(|(_, line)| meaningful(line)) {
            let reader = Reader { number, line };
            let words = words(line).map_err(|(at, message)| reader.error(at, message))?;
            let fields: Vec<(usize, &str)> = words
                .iter()
                .map(|(at, word)| (*at, word.as_ref()))
                .collect();
            if let Some(((_, "domain"), rest)) = fields.split_first() {
                let domain = reader.domain(rest)?;
                if lock.domain(&domain.name).is_some() {
                    return Err(
                        reader.error(0, format!("the domain `{}` is there twice", domain.name))
                    );
                }
                chain = Chain::new(&domain);
                lock.domains.push(domain);
                continue;
            }
            let Some(domain) = lock.domains.last_mut() else {
                return Err(reader.error(
                    0,
                    "a line `domain NAME DIALECT` must stand before the first migration",
                ));
            };
            let (migration, digest, content) = reader.migration(&fields)?;
            let fits = chain.fits(&migration, content, digest);
            domain.migrations.push(LockedMigration {
                migration,
                line: number,
                fits,
            });
        }
        Ok(lock)
    }

    /// Writes the file; what was read from the result is written the same again.
    pub fn write(&self) -> String {
        let mut text = format!("{HEAD}stillway-lock {FORMAT}\n");
        for domain in &self.domains {
            let name = quoted(&domain.name);
            text.push_str(&format!("\ndomain {name} {}\n", domain.dialect));
            let mut chain = Chain::new(domain);
            for locked in &domain.migrations {
                let content = content(&locked.migration);
                let digest = chain.next(&locked.migration, &content);
                text.push_str(&format!("{content} digest:{digest}\n"));
            }
        }
        text
    }
}

impl LockedDomain {
    /// What a lock file that does not know the domain says of it.
    pub(super) fn empty(files: &DomainFiles) -> Self {
        Self {
            name: files.name.clone(),
            dialect: files.dialect,
            line: 0,
            migrations: Vec::new(),
        }
    }

    /// A migration by kind and key.
    pub fn find(&self, id: (Kind, &str)) -> Option<&LockedMigration> {
        self.migrations
            .iter()
            .find(|locked| locked.migration.id() == id)
    }
}

/// Lines with their numbers, without their ends.
fn numbered(text: &str) -> impl Iterator<Item = (u32, &str)> {
    (1..).zip(text.lines())
}

fn check_format(line: u32, first: &str) -> Result<(), LockError> {
    let found = first
        .trim()
        .strip_prefix("stillway-lock ")
        .and_then(|format| format.trim().parse::<u32>().ok());
    match found {
        None => Err(LockError::NotALock { line }),
        Some(found) if found > FORMAT => Err(LockError::Newer { line, found }),
        Some(found) if found < FORMAT => Err(LockError::Older { line, found }),
        Some(_) => Ok(()),
    }
}

/// The running digest of a domain.
#[derive(Debug, Default)]
struct Chain {
    /// What every line of the domain is digested with.
    domain: String,
    /// The digest of the line before.
    last: String,
}

impl Chain {
    fn new(domain: &LockedDomain) -> Self {
        let domain = format!("{} {}", quoted(&domain.name), domain.dialect);
        Self {
            last: domain.clone(),
            domain,
        }
    }

    /// The digest of the next line. Migrations without a place among the others stand for
    /// themselves, so that a changed one is one changed line.
    fn next(&mut self, migration: &Migration, content: &str) -> String {
        let is_ordered = migration.kind.is_ordered();
        let before = if is_ordered { &self.last } else { &self.domain };
        let mut hasher = Sha256::new();
        hasher.update(before.as_bytes());
        hasher.update(b"\n");
        hasher.update(content.as_bytes());
        let bytes = hasher.finalize();
        let digest = hex::encode(&bytes[..DIGITS / 2]);
        if is_ordered {
            self.last.clone_from(&digest);
        }
        digest
    }

    /// Whether a line has the right digest. The next one is held against what is written, so that
    /// one edited line is one finding.
    fn fits(&mut self, migration: &Migration, content: &str, written: &str) -> bool {
        let fits = self.next(migration, content) == written;
        if migration.kind.is_ordered() && !fits {
            written.clone_into(&mut self.last);
        }
        fits
    }
}

/// A line without its digest.
fn content(migration: &Migration) -> String {
    let Migration {
        kind,
        key,
        path,
        parents,
        needs,
        sums,
        values,
        settings,
        origin,
    } = migration;
    let mut line = format!(
        "{} {} {} md5:{}",
        kind.word(),
        quoted(key),
        quoted(path),
        sums.bytes
    );
    if sums.text != sums.bytes {
        write!(line, " text:{}", sums.text).expect("a string grows");
    }
    if let Some(sql) = sums.sql {
        write!(line, " sql:{sql}").expect("a string grows");
    }
    if let Some(checksum) = sums.checksum {
        write!(line, " crc:{checksum}").expect("a string grows");
    }
    for parent in parents {
        line.push_str(&format!(" after:{}", quoted(parent)));
    }
    for need in needs {
        line.push_str(&format!(" needs:{}", quoted(need)));
    }
    for (name, digest) in values {
        line.push_str(&format!(" value:{digest}:{}", quoted(name)));
    }
    if !settings.is_empty() {
        line.push_str(&format!(" settings:{settings}"));
    }
    if let Some(origin) = origin {
        let sum = origin
            .sum
            .map_or_else(|| "unknown".to_owned(), |sum| sum.to_string());
        line.push_str(&format!(" from:{sum}:{}", quoted(&origin.path)));
    }
    line
}

/// A line that is being read.
#[derive(Clone, Copy)]
struct Reader<'t> {
    number: u32,
    line: &'t str,
}

impl<'t> Reader<'t> {
    fn error(self, at: usize, message: impl Into<String>) -> LockError {
        let before = self.line.get(..at).unwrap_or_default().chars().count();
        LockError::Line {
            line: self.number,
            column: u32::try_from(before + 1).unwrap_or(u32::MAX),
            message: message.into(),
        }
    }

    fn domain(self, words: &[(usize, &str)]) -> Result<LockedDomain, LockError> {
        let [(_, name), (dialect_at, word)] = words else {
            return Err(self.error(0, "write `domain NAME DIALECT`"));
        };
        let mut dialects = Dialect::ALL.into_iter();
        let Some(dialect) = dialects.find(|dialect| dialect.to_string() == *word) else {
            return Err(self.error(*dialect_at, format!("`{word}` is no dialect")));
        };
        Ok(LockedDomain {
            name: (*name).to_owned(),
            dialect,
            line: self.number,
            migrations: Vec::new(),
        })
    }

    /// A migration, its digest, and the line without it.
    fn migration<'w>(
        self,
        words: &[(usize, &'w str)],
    ) -> Result<(Migration, &'w str, &'t str), LockError> {
        let [
            (kind_at, kind),
            (_, key),
            (_, path),
            fields @ ..,
            (digest_at, digest),
        ] = words
        else {
            return Err(self.error(
                0,
                "a line has at least a kind, a key, a path, `md5:` and `digest:`",
            ));
        };
        let known = Kind::ALL.into_iter().find(|known| known.word() == *kind);
        let Some(kind) = known else {
            return Err(self.error(*kind_at, format!("`{kind}` is no kind of migration")));
        };
        let Some(digest) = digest.strip_prefix("digest:") else {
            return Err(self.error(*digest_at, "the line must end with `digest:`"));
        };
        let unknown = Sum([0; 16]);
        let mut migration = Migration {
            kind,
            key: (*key).to_owned(),
            path: (*path).to_owned(),
            parents: Vec::new(),
            needs: Vec::new(),
            sums: Sums {
                bytes: unknown,
                text: unknown,
                sql: None,
                checksum: None,
            },
            values: BTreeMap::new(),
            settings: String::new(),
            origin: None,
        };
        let (mut bytes, mut text) = (None, None);
        for (at, field) in fields {
            let sum = |value: &str| {
                Sum::parse(value)
                    .ok_or_else(|| self.error(*at, "32 hexadecimal digits are missing"))
            };
            match field.split_once(':') {
                Some(("md5", value)) => bytes = Some(sum(value)?),
                Some(("text", value)) => text = Some(sum(value)?),
                Some(("sql", value)) => migration.sums.sql = Some(sum(value)?),
                Some(("crc", value)) => {
                    let number = value.parse();
                    let number = number.map_err(|_| self.error(*at, "`crc:` needs a number"))?;
                    migration.sums.checksum = Some(number);
                }
                Some(("after", value)) => migration.parents.push(value.to_owned()),
                Some(("needs", value)) => migration.needs.push(value.to_owned()),
                Some(("settings", value)) => value.clone_into(&mut migration.settings),
                Some(("value", value)) => {
                    let Some((digest, name)) = value.split_once(':') else {
                        return Err(self.error(*at, "write `value:DIGEST:NAME`"));
                    };
                    migration.values.insert(name.to_owned(), digest.to_owned());
                }
                Some(("from", value)) => {
                    let Some((digits, path)) = value.split_once(':') else {
                        return Err(self.error(*at, "write `from:MD5:PATH`"));
                    };
                    let sum = if digits == "unknown" {
                        None
                    } else {
                        Some(sum(digits)?)
                    };
                    let path = path.to_owned();
                    migration.origin = Some(Origin { path, sum });
                }
                _ => return Err(self.error(*at, format!("`{field}` is unknown"))),
            }
        }
        let Some(bytes) = bytes else {
            return Err(self.error(0, "the line has no `md5:`"));
        };
        migration.sums.bytes = bytes;
        migration.sums.text = text.unwrap_or(bytes);
        let content = self.line.get(..*digest_at).unwrap_or_default().trim();
        Ok((migration, digest, content))
    }
}
