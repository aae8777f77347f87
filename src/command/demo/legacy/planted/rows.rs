//! The planted rows themselves.

use super::{Character, Fate, NOBODY, Profile, Social, User};

const EARLY: Option<&str> = Some("2023-01-01 00:00:00+00:00");
const LATE: Option<&str> = Some("2025-02-01 00:00:00+00:00");
const MADE: Option<&str> = Some(super::MADE);

/// A user with nothing about it.
const USER: User = User {
    number: 0,
    what: "",
    username: None,
    nickname: None,
    phone: None,
    created: MADE,
    login: None,
    profile: None,
    fate: Fate::Moved,
};

const PROFILE: Profile = Profile {
    number: 0,
    nickname: None,
    name: "이름",
    email: None,
    phone: None,
    created: "2022-05-01 09:00:00",
};

const fn phone(
    number: u16,
    what: &'static str,
    phone: &'static str,
    login: Option<&'static str>,
    fate: Fate,
) -> User {
    User {
        number,
        what,
        phone: Some(phone),
        login,
        fate,
        ..USER
    }
}

const NO_PHONE: Fate = Fate::Nulled("phone_number");
const BAD_PHONE: Fate = Fate::Quarantined(&["invalid:phone_number"]);

pub(super) const USERS: &[User] = &[
    phone(
        1,
        "one number, two users: here last",
        "010-0000-0001",
        LATE,
        Fate::Moved,
    ),
    phone(
        2,
        "one number, two users: not here since",
        "010-0000-0001",
        EARLY,
        NO_PHONE,
    ),
    phone(
        3,
        "one number, four spellings: here last",
        "010-0000-0003",
        LATE,
        Fate::Moved,
    ),
    phone(
        4,
        "one number, four spellings: with +82",
        "+82 10-0000-0003",
        EARLY,
        NO_PHONE,
    ),
    phone(
        5,
        "one number, four spellings: without signs",
        "01000000003",
        EARLY,
        NO_PHONE,
    ),
    phone(
        6,
        "one number, four spellings: 82 without +",
        "82-10-0000-0003",
        None,
        NO_PHONE,
    ),
    phone(7, "an empty number", "", None, Fate::Moved),
    phone(8, "a second empty number", "", None, Fate::Moved),
    phone(9, "a number of blanks", "   ", None, Fate::Moved),
    phone(10, "a dash for a number", "-", None, Fate::Moved),
    phone(11, "N/A for a number", "N/A", None, Fate::Moved),
    phone(12, "0 for a number", "0", None, Fate::Moved),
    phone(13, "없음 for a number", "없음", None, Fate::Moved),
    phone(14, "words for a number", "call me", None, BAD_PHONE),
    phone(15, "letters in a number", "010-OOOO-0015", None, BAD_PHONE),
    phone(16, "a number that is too short", "010-16", None, BAD_PHONE),
    phone(
        17,
        "a number with a remark, too long for the new column",
        "010-0000-0017 밤에는 전화하지 마세요",
        None,
        BAD_PHONE,
    ),
    phone(
        18,
        "a number too long for the new column because of blanks",
        "+82 10 - 0000 - 00 18",
        None,
        Fate::Moved,
    ),
    phone(
        19,
        "a number of another country",
        "+1 202-555-0119",
        None,
        Fate::Moved,
    ),
    User {
        number: 20,
        what: "another nickname in the profile",
        nickname: Some("바람"),
        profile: Some(Profile {
            number: 20,
            nickname: Some("구름"),
            ..PROFILE
        }),
        ..USER
    },
    User {
        number: 21,
        what: "an empty nickname, and one in the profile",
        nickname: Some(""),
        profile: Some(Profile {
            number: 21,
            nickname: Some("햇살"),
            ..PROFILE
        }),
        ..USER
    },
    User {
        number: 22,
        what: "two profiles that differ",
        profile: Some(Profile {
            number: 22,
            nickname: Some("옛날"),
            name: "김옛날",
            ..PROFILE
        }),
        ..USER
    },
    User {
        number: 23,
        what: "no profile",
        nickname: Some("홀로"),
        ..USER
    },
    User {
        number: 24,
        what: "in the new schema already, the same",
        nickname: Some("같음"),
        phone: Some("010-0000-0024"),
        profile: Some(Profile {
            number: 24,
            name: "한결",
            email: Some("same@example.com"),
            ..PROFILE
        }),
        fate: Fate::Skipped("existing_same"),
        ..USER
    },
    User {
        number: 25,
        what: "in the new schema already, and changed there",
        nickname: Some("옛 별명"),
        phone: Some("010-0000-0025"),
        profile: Some(Profile {
            number: 25,
            name: "한별",
            ..PROFILE
        }),
        fate: Fate::Skipped("existing_different"),
        ..USER
    },
    User {
        number: 26,
        what: "made at a moment that only the profile knows, without a time zone",
        created: None,
        profile: Some(Profile {
            number: 26,
            created: "2021-12-31 23:30:00",
            ..PROFILE
        }),
        ..USER
    },
    User {
        number: 27,
        what: "made at a moment that nobody knows",
        phone: Some("010-0000-0027"),
        created: None,
        login: LATE,
        fate: Fate::Quarantined(&["missing:created_at"]),
        ..USER
    },
    User {
        number: 28,
        what: "a test user",
        username: Some("test-kim"),
        fate: Fate::Skipped("excluded:test_users"),
        ..USER
    },
    phone(
        29,
        "the number of somebody who signed up in the new schema",
        "010-0000-0029",
        LATE,
        NO_PHONE,
    ),
    phone(
        30,
        "one number, and all else alike: the lower key",
        "010-0000-0030",
        LATE,
        Fate::Moved,
    ),
    phone(
        31,
        "one number, and all else alike: the higher key",
        "010 0000 0030",
        LATE,
        NO_PHONE,
    ),
    phone(
        32,
        "one number, never here: made later",
        "010-0000-0032",
        None,
        Fate::Moved,
    ),
    User {
        created: Some("2021-01-01 00:00:00+00:00"),
        ..phone(
            33,
            "one number, never here: made earlier",
            "01000000032",
            None,
            NO_PHONE,
        )
    },
    phone(
        34,
        "the number of somebody in the quarantine",
        "010-0000-0027",
        EARLY,
        Fate::Moved,
    ),
    User {
        number: 35,
        what: "a nickname in decomposed letters, with a picture",
        // The syllables 한글, letter by letter.
        nickname: Some("\u{1112}\u{1161}\u{11ab}\u{1100}\u{1173}\u{11af}🌱"),
        ..USER
    },
    User {
        number: 36,
        what: "one address, two users: with capitals",
        profile: Some(Profile {
            number: 36,
            email: Some("Minsu@Example.com"),
            ..PROFILE
        }),
        ..USER
    },
    User {
        number: 37,
        what: "one address, two users: with a blank",
        profile: Some(Profile {
            number: 37,
            email: Some("minsu@example.com "),
            ..PROFILE
        }),
        ..USER
    },
    User {
        number: 38,
        what: "another number in the profile",
        phone: Some("010-0000-0038"),
        profile: Some(Profile {
            number: 38,
            phone: Some("010-0000-9938"),
            ..PROFILE
        }),
        ..USER
    },
];

/// Profiles beside those of their users.
pub(super) const STRAY_PROFILES: &[(u16, Profile)] = &[
    (
        22,
        Profile {
            number: 122,
            nickname: Some("요즘"),
            name: "김요즘",
            created: "2024-05-01 09:00:00",
            ..PROFILE
        },
    ),
    (
        NOBODY,
        Profile {
            number: 199,
            nickname: Some("떠난 이"),
            ..PROFILE
        },
    ),
];

const SOCIAL: Social = Social {
    number: 0,
    what: "",
    user: 1,
    provider: Some("google"),
    subject: None,
    email: None,
    login: None,
    fate: Fate::Moved,
};

const fn social(
    number: u16,
    what: &'static str,
    user: u16,
    provider: Option<&'static str>,
    subject: Option<&'static str>,
    fate: Fate,
) -> Social {
    Social {
        number,
        what,
        user,
        provider,
        subject,
        fate,
        ..SOCIAL
    }
}

const UNKNOWN_PROVIDER: Fate = Fate::Quarantined(&["unmapped:provider"]);
const NO_SUBJECT: Fate = Fate::Quarantined(&["missing:provider_user_id"]);
const CLAIMED_TWICE: Fate = Fate::Quarantined(&["conflict:provider+provider_user_id"]);

pub(super) const SOCIAL_ACCOUNTS: &[Social] = &[
    social(
        1,
        "a provider with a capital",
        1,
        Some("Google"),
        Some("s1"),
        Fate::Moved,
    ),
    social(
        2,
        "a provider between blanks",
        2,
        Some(" kakao "),
        Some("s2"),
        Fate::Moved,
    ),
    social(
        3,
        "a provider in capitals",
        3,
        Some("NAVER "),
        Some("s3"),
        Fate::Moved,
    ),
    social(
        4,
        "a provider that the new schema does not have",
        4,
        Some("apple"),
        Some("s4"),
        UNKNOWN_PROVIDER,
    ),
    social(
        5,
        "another one",
        5,
        Some("facebook"),
        Some("s5"),
        UNKNOWN_PROVIDER,
    ),
    social(
        6,
        "an empty provider",
        6,
        Some(""),
        Some("s6"),
        UNKNOWN_PROVIDER,
    ),
    social(
        7,
        "no provider",
        7,
        None,
        Some("s7"),
        Fate::Quarantined(&["missing:provider"]),
    ),
    social(
        8,
        "no key of the provider",
        8,
        Some("kakao"),
        None,
        NO_SUBJECT,
    ),
    social(
        9,
        "blanks for a key of the provider",
        9,
        Some("kakao"),
        Some("  "),
        NO_SUBJECT,
    ),
    Social {
        login: LATE,
        ..social(
            10,
            "one login twice: used last",
            5,
            Some("google"),
            Some("twice"),
            Fate::Moved,
        )
    },
    Social {
        login: EARLY,
        ..social(
            11,
            "one login twice: used earlier",
            5,
            Some("Google "),
            Some("twice"),
            Fate::Merged(10),
        )
    },
    social(
        12,
        "one login, two users",
        6,
        Some("kakao"),
        Some("claimed"),
        CLAIMED_TWICE,
    ),
    social(
        13,
        "one login, two users",
        7,
        Some("Kakao"),
        Some("claimed"),
        CLAIMED_TWICE,
    ),
    social(
        14,
        "one login, two users, one of them twice",
        8,
        Some("naver"),
        Some("both"),
        CLAIMED_TWICE,
    ),
    social(
        15,
        "one login, two users, one of them twice",
        8,
        Some("Naver"),
        Some("both"),
        Fate::Quarantined(&[
            "conflict:user_id+provider+provider_user_id",
            "winner_quarantined",
        ]),
    ),
    social(
        16,
        "one login, two users, one of them twice",
        9,
        Some(" naver"),
        Some("both"),
        CLAIMED_TWICE,
    ),
    social(
        17,
        "the login of somebody who signed up in the new schema",
        10,
        Some("google"),
        Some("s6"),
        CLAIMED_TWICE,
    ),
    social(
        18,
        "a key with blanks and zeros in front",
        11,
        Some("naver"),
        Some(" 00123 "),
        Fate::Moved,
    ),
    social(
        19,
        "the same key without",
        12,
        Some("naver"),
        Some("123"),
        Fate::Moved,
    ),
    social(
        20,
        "a key that a spreadsheet has touched",
        13,
        Some("google"),
        Some("1.2E+20"),
        Fate::Moved,
    ),
    social(
        21,
        "a login of nobody",
        NOBODY,
        Some("google"),
        Some("s21"),
        Fate::Quarantined(&["no_parent:user_id"]),
    ),
    social(
        22,
        "a login of a user in the quarantine",
        14,
        Some("google"),
        Some("s22"),
        Fate::Quarantined(&["parent_quarantined:user_id"]),
    ),
    social(
        23,
        "a login of a test user",
        28,
        Some("google"),
        Some("s23"),
        Fate::Quarantined(&["parent_skipped:user_id"]),
    ),
    social(
        24,
        "in the new schema already, the same",
        24,
        Some("kakao"),
        Some("s24"),
        Fate::Skipped("existing_same"),
    ),
    social(
        25,
        "a new login of a user in the new schema",
        25,
        Some("kakao"),
        Some("s25"),
        Fate::Moved,
    ),
    Social {
        email: Some("other@example.com"),
        ..social(
            26,
            "another address than the account's",
            36,
            Some("naver"),
            Some("s26"),
            Fate::Moved,
        )
    },
    social(
        27,
        "two things wrong at once",
        NOBODY,
        Some("apple"),
        Some("s27"),
        Fate::Quarantined(&["unmapped:provider", "no_parent:user_id"]),
    ),
];

const fn character(
    number: u16,
    what: &'static str,
    user: u16,
    code: &'static str,
    status: Option<&'static str>,
    fate: Fate,
) -> Character {
    Character {
        number,
        what,
        user,
        id: 0,
        code,
        status,
        updated: "2024-01-01 00:00:00+00:00",
        fate,
    }
}

const OWNED: Option<&str> = Some("owned");
const UNKNOWN_STATUS: Fate = Fate::Quarantined(&["unmapped:status"]);

pub(super) const CHARACTERS: &[Character] = &[
    character(
        1,
        "a status in capitals",
        1,
        "eco",
        Some("OWNED"),
        Fate::Moved,
    ),
    character(
        2,
        "a status behind a blank",
        2,
        "eco",
        Some(" owned"),
        Fate::Moved,
    ),
    character(
        3,
        "a status that the new schema does not have",
        3,
        "eco",
        Some("sold"),
        UNKNOWN_STATUS,
    ),
    character(4, "an empty status", 4, "eco", Some(""), UNKNOWN_STATUS),
    character(
        5,
        "no status",
        5,
        "eco",
        None,
        Fate::Quarantined(&["missing:status"]),
    ),
    Character {
        updated: "2025-01-01 00:00:00+00:00",
        ..character(
            6,
            "one character twice: burned last",
            6,
            "eco",
            Some("burned"),
            Fate::Moved,
        )
    },
    character(
        7,
        "one character twice: owned before",
        6,
        " ECO ",
        OWNED,
        Fate::Quarantined(&["conflict:user_id+character_code"]),
    ),
    character(
        8,
        "a character of nobody",
        NOBODY,
        "eco",
        OWNED,
        Fate::Quarantined(&["no_parent:user_id"]),
    ),
    character(
        9,
        "a character of a user in the quarantine",
        14,
        "eco",
        OWNED,
        Fate::Quarantined(&["parent_quarantined:user_id"]),
    ),
    character(
        10,
        "a character of a test user",
        28,
        "eco",
        OWNED,
        Fate::Quarantined(&["parent_skipped:user_id"]),
    ),
    Character {
        id: 7,
        ..character(
            11,
            "an id that means another character than the code",
            7,
            "eco",
            OWNED,
            Fate::Moved,
        )
    },
    character(
        12,
        "a character of a user in the new schema",
        24,
        "eco",
        OWNED,
        Fate::Moved,
    ),
];
