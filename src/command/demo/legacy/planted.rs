//! Rows with something wrong, each with an id of its own and with what the shipped transfer is to do
//! about it.

mod rows;

use crate::model::Backend;
use crate::sql::quote;
use rows::{CHARACTERS, SOCIAL_ACCOUNTS, STRAY_PROFILES, USERS};

/// Where a planted row is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum PlantedTable {
    /// `auth.users`
    Users,
    /// `auth.user_social_accounts`
    SocialAccounts,
    /// `user_profile.user_characters`
    UserCharacters,
    /// `user_profile.users`
    Profiles,
}

impl PlantedTable {
    /// The table's name.
    pub fn name(self) -> &'static str {
        match self {
            Self::Users => "auth.users",
            Self::SocialAccounts => "auth.user_social_accounts",
            Self::UserCharacters => "user_profile.user_characters",
            Self::Profiles => "user_profile.users",
        }
    }
}

/// What `transfers/auth_to_users.toml` is to do with a row.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fate {
    /// It moves.
    Moved,
    /// It moves without the value of this column.
    Nulled(&'static str),
    /// It becomes part of the row of this number.
    Merged(u16),
    /// It goes to the quarantine, for these reasons.
    Quarantined(&'static [&'static str]),
    /// It stays behind, for this reason.
    Skipped(&'static str),
    /// No user asks for it.
    Unreached,
}

/// A row with something about it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PlantedRow {
    /// Where it is.
    pub table: PlantedTable,
    /// Its key.
    pub id: String,
    /// What it is an example of, in a few words.
    pub what: &'static str,
    /// What is to become of it.
    pub fate: Fate,
}

/// A planted user, and the profile.
struct User {
    number: u16,
    what: &'static str,
    username: Option<&'static str>,
    nickname: Option<&'static str>,
    phone: Option<&'static str>,
    created: Option<&'static str>,
    login: Option<&'static str>,
    profile: Option<Profile>,
    fate: Fate,
}

/// A planted profile.
struct Profile {
    number: u16,
    nickname: Option<&'static str>,
    name: &'static str,
    email: Option<&'static str>,
    phone: Option<&'static str>,
    /// What a clock in Seoul showed.
    created: &'static str,
}

/// A planted login.
struct Social {
    number: u16,
    what: &'static str,
    user: u16,
    provider: Option<&'static str>,
    subject: Option<&'static str>,
    email: Option<&'static str>,
    login: Option<&'static str>,
    fate: Fate,
}

/// A planted character.
struct Character {
    number: u16,
    what: &'static str,
    user: u16,
    /// The character of the service that its id names.
    id: usize,
    code: &'static str,
    status: Option<&'static str>,
    updated: &'static str,
    fate: Fate,
}

/// The number of a user that is nowhere.
const NOBODY: u16 = 999;

fn user_id(number: u16) -> String {
    format!("00000000-0000-4000-8000-{number:012}")
}

fn social_id(number: u16) -> String {
    format!("00000000-0000-4000-9000-{number:012}")
}

fn character_row_id(number: u16) -> String {
    format!("00000000-0000-4000-a000-{number:012}")
}

/// All of them.
pub fn planted() -> Vec<PlantedRow> {
    let row = |table, id, what, fate| PlantedRow {
        table,
        id,
        what,
        fate,
    };
    let users = USERS.iter().map(|user| {
        row(
            PlantedTable::Users,
            user_id(user.number),
            user.what,
            user.fate,
        )
    });
    let socials = SOCIAL_ACCOUNTS.iter().map(|social| {
        let id = social_id(social.number);
        row(PlantedTable::SocialAccounts, id, social.what, social.fate)
    });
    let characters = CHARACTERS.iter().map(|character| {
        let id = character_row_id(character.number);
        row(
            PlantedTable::UserCharacters,
            id,
            character.what,
            character.fate,
        )
    });
    let strays = STRAY_PROFILES.iter().filter(|(user, _)| *user == NOBODY);
    let strays = strays.map(|(_, profile)| {
        let what = "a profile whose user is gone";
        row(
            PlantedTable::Profiles,
            profile.number.to_string(),
            what,
            Fate::Unreached,
        )
    });
    users
        .chain(socials)
        .chain(characters)
        .chain(strays)
        .collect()
}

/// Writes rows as an `INSERT`.
struct Insert<'i> {
    backend: Backend,
    into: &'i str,
    columns: &'i str,
    rows: Vec<String>,
}

impl<'i> Insert<'i> {
    fn new(backend: Backend, into: &'i str, columns: &'i str) -> Self {
        Self {
            backend,
            into,
            columns,
            rows: Vec::new(),
        }
    }

    fn row(&mut self, values: &[Option<&str>]) {
        let literal = |value: Option<&str>| match value {
            Some(text) => quote::literal(text, self.backend.flavor()),
            None => "NULL".to_owned(),
        };
        let values: Vec<String> = values.iter().copied().map(literal).collect();
        self.rows.push(format!("({})", values.join(", ")));
    }

    fn statement(&self) -> String {
        let Self { into, columns, .. } = self;
        format!(
            "INSERT INTO {into} ({columns}) VALUES {}",
            self.rows.join(", ")
        )
    }
}

/// When planted rows were last changed.
const CHANGED: &str = "2025-03-01 00:00:00+00:00";
/// When they were made, where nothing else is said.
const MADE: &str = "2022-05-01 00:00:00+00:00";

/// The statements that put them into the legacy database.
pub(super) fn source_statements(backend: Backend) -> Vec<String> {
    let mut users = Insert::new(
        backend,
        "auth.users",
        "id, username, nickname, phone_number, created_at, updated_at, last_login_at",
    );
    let mut profiles = Insert::new(
        backend,
        "user_profile.users",
        "id, auth_user_id, username, nickname, name, email, phone_number, created_at",
    );
    let mut profile = |owner: u16, profile: &Profile| {
        profiles.row(&[
            Some(&profile.number.to_string()),
            Some(&user_id(owner)),
            None,
            profile.nickname,
            Some(profile.name),
            profile.email,
            profile.phone,
            Some(profile.created),
        ]);
    };
    for user in USERS {
        let username = format!("planted{}", user.number);
        users.row(&[
            Some(&user_id(user.number)),
            Some(user.username.unwrap_or(&username)),
            user.nickname,
            user.phone,
            user.created,
            Some(CHANGED),
            user.login,
        ]);
        if let Some(own) = &user.profile {
            profile(user.number, own);
        }
    }
    for (owner, stray) in STRAY_PROFILES {
        profile(*owner, stray);
    }
    let mut socials = Insert::new(
        backend,
        "auth.user_social_accounts",
        "id, user_id, provider, provider_user_id, email, last_login_at, created_at, updated_at",
    );
    for social in SOCIAL_ACCOUNTS {
        socials.row(&[
            Some(&social_id(social.number)),
            Some(&user_id(social.user)),
            social.provider,
            social.subject,
            social.email,
            social.login,
            Some(MADE),
            Some(CHANGED),
        ]);
    }
    let mut characters = Insert::new(
        backend,
        "user_profile.user_characters",
        "id, user_id, character_id, character_code, character_name, source, status, acquired_at, updated_at",
    );
    for character in CHARACTERS {
        characters.row(&[
            Some(&character_row_id(character.number)),
            Some(&user_id(character.user)),
            Some(&super::generated::character_id(character.id)),
            Some(character.code),
            Some("이코"),
            Some("event"),
            character.status,
            Some(MADE),
            Some(character.updated),
        ]);
    }
    let mut audits = Insert::new(
        backend,
        "auth.login_audits",
        "id, user_id, provider, jti, issued_at",
    );
    for number in 1_u16..=3 {
        let id = format!("00000000-0000-4000-b000-{number:012}");
        let jti = format!("planted-{number}");
        let values = [&id, &user_id(number), "kakao", &jti, CHANGED];
        audits.row(&values.map(Some));
    }
    vec![
        users.statement(),
        profiles.statement(),
        socials.statement(),
        characters.statement(),
        audits.statement(),
    ]
}

/// The statements that put rows into `users`: a sign-up in the new schema with a number and a login
/// that others have too, and two users whom somebody has copied by hand, one of whom has changed.
pub(super) fn target_statements(backend: Backend) -> Vec<String> {
    let mut accounts = Insert::new(
        backend,
        "users.accounts",
        "id, nickname, name, email, phone_number, created_at, updated_at, last_login_at",
    );
    let columns = |number: u16, nickname, name, email, phone, login| {
        (
            user_id(number),
            [
                nickname,
                name,
                email,
                Some(phone),
                Some(MADE),
                Some(CHANGED),
                login,
            ],
        )
    };
    for (id, values) in [
        columns(
            901,
            Some("새사람"),
            Some("정새봄"),
            Some("new@example.com"),
            "+821000000029",
            None,
        ),
        columns(
            24,
            Some("같음"),
            Some("한결"),
            Some("same@example.com"),
            "+821000000024",
            None,
        ),
        columns(
            25,
            Some("바뀐 별명"),
            Some("한별"),
            None,
            "+821000000025",
            None,
        ),
    ] {
        let mut row = vec![Some(id.as_str())];
        row.extend(values);
        accounts.row(&row);
    }
    let mut socials = Insert::new(
        backend,
        "users.social_accounts",
        "id, user_id, provider, provider_user_id, email, last_login_at, created_at, updated_at",
    );
    let (new, copied) = (social_id(901), social_id(24));
    let (owner, same) = (user_id(901), user_id(24));
    socials.row(
        &[
            &new,
            &owner,
            "google",
            "s6",
            "new@example.com",
            CHANGED,
            CHANGED,
            CHANGED,
        ]
        .map(Some),
    );
    socials.row(&[
        Some(&copied),
        Some(&same),
        Some("kakao"),
        Some("s24"),
        None,
        None,
        Some(MADE),
        Some(CHANGED),
    ]);
    vec![accounts.statement(), socials.statement()]
}
