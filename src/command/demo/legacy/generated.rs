//! Rows that are made in the server: as many users as wanted, with logins and characters, and nothing
//! wrong with any of them.

use crate::model::Backend;
use crate::sql::quote;

/// The most users that can be made: each has a telephone number of its own.
pub const MOST_ROWS: u64 = TELEPHONE_NUMBERS - 1;

/// A prime, so that multiplication modulo it gives each number once.
const TELEPHONE_NUMBERS: u64 = 39_999_983;

/// The first of the numbers in use, behind 010; those before are for rows that are written by hand.
const FIRST_TELEPHONE: u64 = 60_000_000;

/// Another prime, for whatever else is to look random.
const PRIME: u64 = 2_147_483_647;

/// 2021-01-01 in UTC.
const EPOCH: u64 = 1_609_459_200;

/// The characters of the service: code, name, type, words.
const CHARACTERS: [(&str, &str, &str, &str); 12] = [
    ("eco", "이코", "나무", "안녕, 오늘도 푸르게!"),
    ("petty", "페티", "페트병", "라벨은 떼어 주세요"),
    ("paper", "종이", "종이", "물에 젖으면 안 돼요"),
    ("battery", "배리", "건전지", "따로 모아 주세요"),
    ("glassy", "글래시", "유리", "깨지지 않게 조심!"),
    ("metal", "메탈리", "고철", "자석을 좋아해요"),
    ("vinyl", "비니", "비닐", "바람에 날아가요"),
    ("styro", "폼이", "스티로폼", "가볍지만 부피는 커요"),
    ("coat", "코티", "의류", "아직 입을 수 있어요"),
    ("light", "라이티", "형광등", "살살 다뤄 주세요"),
    ("food", "음이", "음식물", "물기를 빼 주세요"),
    ("monitor", "모니", "전자제품", "폐가전은 무상 수거!"),
];

/// The id of a character of the service.
pub(super) fn character_id(index: usize) -> String {
    format!("00000000-0000-4000-c000-{index:012}")
}

/// Writes SQL for a backend, with numbers that follow from a seed.
#[derive(Debug, Clone, Copy)]
pub(super) struct Writer {
    pub(super) backend: Backend,
    pub(super) rows: u64,
    pub(super) seed: u64,
}

impl Writer {
    fn is_sqlite(self) -> bool {
        self.backend == Backend::Sqlite
    }

    fn literal(self, text: &str) -> String {
        quote::literal(text, self.backend.flavor())
    }

    /// The users by number, as a table `g` with the column `n`.
    fn users(self) -> String {
        if self.is_sqlite() {
            format!(
                "(WITH RECURSIVE c (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM c WHERE n < {}) SELECT n FROM c) AS g",
                self.rows
            )
        } else {
            format!("generate_series(1::bigint, {}) AS g (n)", self.rows)
        }
    }

    /// A number below [`PRIME`] that follows from another one and looks random; `which` tells several
    /// of them apart.
    fn mixed(self, number: &str, which: u64) -> String {
        let factor = 48_271 + 2 * (self.seed % 10_000) + 6_700_417 * which;
        let addend = (self.seed.wrapping_mul(2_654_435_761) ^ (which * 97_003)) % PRIME;
        format!("(({number} * {factor} + {addend}) % {PRIME})")
    }

    /// Eight hexadecimal digits.
    fn hexadecimal(self, number: &str, digits: u32) -> String {
        if self.is_sqlite() {
            format!("printf('%0{digits}x', {number})")
        } else {
            format!("lpad(to_hex({number}), {digits}, '0')")
        }
    }

    /// The id of a row: scattered over the index, and told apart by its number.
    fn id(self, number: &str, group: &str) -> String {
        let text = format!(
            "{} || '-{group}-' || {}",
            self.hexadecimal(&self.mixed(number, 1), 8),
            self.hexadecimal(number, 12)
        );
        if self.is_sqlite() {
            text
        } else {
            format!("({text})::uuid")
        }
    }

    fn user_id(self, number: &str) -> String {
        self.id(number, "1000-4000-8000")
    }

    /// A moment with a time zone, from seconds since 1970.
    fn moment(self, seconds: &str) -> String {
        if self.is_sqlite() {
            format!("strftime('%Y-%m-%d %H:%M:%S+00:00', {seconds}, 'unixepoch')")
        } else {
            format!("to_timestamp({seconds})")
        }
    }

    /// What a clock in Seoul shows, without the zone.
    fn seoul(self, seconds: &str) -> String {
        if self.is_sqlite() {
            format!("strftime('%Y-%m-%d %H:%M:%S', {seconds} + 32400, 'unixepoch')")
        } else {
            format!("(to_timestamp({seconds}) AT TIME ZONE 'Asia/Seoul')")
        }
    }

    /// One of the characters of a text, chosen by a number.
    fn letter(self, letters: &str, number: &str) -> String {
        let count = letters.chars().count();
        format!(
            "substr({}, CAST({number} % {count} AS integer) + 1, 1)",
            self.literal(letters)
        )
    }

    /// A given name of two syllables.
    fn given_name(self, number: &str) -> String {
        let mixed = self.mixed(number, 3);
        let first = self.letter("민서지도하은준우현수영진아연호윤재성혜원", &mixed);
        let second = self.letter(
            "준우진호민서연아은수현영희정빈율주원린솔",
            &format!("({mixed} / 20)"),
        );
        format!("{first} || {second}")
    }

    fn name(self, number: &str) -> String {
        let family = self.letter(
            "김이박최정강조윤장임한오서신권황안송류홍",
            &format!("({} / 400)", self.mixed(number, 3)),
        );
        format!("{family} || {}", self.given_name(number))
    }

    /// A telephone number in one of the ways in which people write theirs.
    fn telephone(self, number: &str) -> String {
        let factor = 48_271 + 2 * (self.seed % 10_000);
        let addend = self.seed % TELEPHONE_NUMBERS;
        let digits = format!(
            "CAST({FIRST_TELEPHONE} + ({number} * {factor} + {addend}) % {TELEPHONE_NUMBERS} AS text)"
        );
        let (first, last) = (
            format!("substr({digits}, 1, 4)"),
            format!("substr({digits}, 5)"),
        );
        format!(
            "CASE WHEN {number} % 20 = 7 THEN NULL WHEN {number} % 10 < 6 THEN '010-' || {first} || '-' || {last} WHEN {number} % 10 < 8 THEN '010' || {digits} WHEN {number} % 10 = 8 THEN '+82 10-' || {first} || '-' || {last} ELSE '010 ' || {first} || ' ' || {last} END"
        )
    }

    fn created(self, number: &str) -> String {
        format!("({EPOCH} + {} % 100000000)", self.mixed(number, 4))
    }

    fn updated(self, number: &str) -> String {
        let later = self.mixed(number, 5);
        format!("({} + {later} % 20000000)", self.created(number))
    }

    /// The statements, parents before children.
    pub(super) fn statements(self) -> Vec<String> {
        let mut statements = vec![self.characters()];
        if self.rows > 0 {
            statements.extend([
                self.auth_users(),
                self.profiles(),
                self.social_accounts(),
                self.user_characters(),
                self.login_audits(),
            ]);
        }
        statements
    }

    fn characters(self) -> String {
        let rows = CHARACTERS.iter().enumerate().map(|(at, character)| {
            let (code, name, kind, words) = *character;
            let [code, name, kind, words] =
                [code, name, kind, words].map(|text| self.literal(text));
            format!("('{}', {code}, {name}, {kind}, {words})", character_id(at))
        });
        format!(
            "INSERT INTO character.characters (id, code, name, type_label, dialog) VALUES {}",
            rows.collect::<Vec<_>>().join(", ")
        )
    }

    fn auth_users(self) -> String {
        let n = "n";
        format!(
            "INSERT INTO auth.users (id, username, nickname, profile_image_url, phone_number, created_at, updated_at, last_login_at) \
             SELECT {id}, 'user' || n, CASE WHEN n % 10 = 0 THEN NULL ELSE {given} || (n % 1000) END, \
             CASE WHEN n % 3 = 0 THEN 'https://images.example.com/' || n || '.png' END, {telephone}, {created}, {updated}, \
             CASE WHEN n % 7 = 0 THEN NULL ELSE {login} END FROM {users}",
            id = self.user_id(n),
            given = self.given_name(n),
            telephone = self.telephone(n),
            created = self.moment(&self.created(n)),
            updated = self.moment(&self.updated(n)),
            login = self.moment(&format!("{} + n % 86400", self.updated(n))),
            users = self.users(),
        )
    }

    /// Nine of ten users have one.
    fn profiles(self) -> String {
        let n = "n";
        format!(
            "INSERT INTO user_profile.users (id, auth_user_id, username, nickname, name, email, created_at) \
             SELECT 1000 + n, {id}, 'user' || n, {given} || (n % 1000), {name}, 'user' || n || '@example.com', {created} FROM {users} WHERE n % 10 <> 9",
            id = self.user_id(n),
            given = self.given_name(n),
            name = self.name(n),
            created = self.seoul(&self.created(n)),
            users = self.users(),
        )
    }

    /// One for each user, and a second one for three of ten.
    fn social_accounts(self) -> String {
        let number = "(n * 2 + j)";
        format!(
            "INSERT INTO auth.user_social_accounts (id, user_id, provider, provider_user_id, email, last_login_at, created_at, updated_at) \
             SELECT {id}, {user}, CASE (n + j) % 3 WHEN 0 THEN 'kakao' WHEN 1 THEN 'google' ELSE 'naver' END, CAST(1000000000 + {number} AS text), \
             CASE WHEN n % 4 = 0 THEN NULL ELSE 'user' || n || '@example.com' END, CASE WHEN n % 7 = 0 THEN NULL ELSE {updated} END, {created}, {updated} \
             FROM {users} CROSS JOIN (SELECT 0 AS j UNION ALL SELECT 1) AS s WHERE j = 0 OR n % 10 < 3",
            id = self.id(number, "1000-4000-9000"),
            user = self.user_id("n"),
            created = self.moment(&self.created("n")),
            updated = self.moment(&self.updated("n")),
            users = self.users(),
        )
    }

    /// Three for each user.
    fn user_characters(self) -> String {
        let number = "(n * 4 + j)";
        let known = CHARACTERS.iter().enumerate().map(|(at, character)| {
            let (code, name, kind, words) = *character;
            let [code, name, kind, words] = [code, name, kind, words].map(|text| self.literal(text));
            let id = self.literal(&character_id(at));
            let id = if self.is_sqlite() { id } else { format!("{id}::uuid") };
            format!("SELECT {at} AS i, {id} AS id, {code} AS code, {name} AS name, {kind} AS kind, {words} AS words")
        });
        format!(
            "INSERT INTO user_profile.user_characters (id, user_id, character_id, character_code, character_name, character_type, character_dialog, source, status, acquired_at, updated_at) \
             SELECT {id}, {user}, k.id, k.code, k.name, k.kind, k.words, CASE n % 3 WHEN 0 THEN 'signup' WHEN 1 THEN 'event' END, \
             CASE (n + j) % 20 WHEN 0 THEN 'burned' WHEN 1 THEN 'traded' ELSE 'owned' END, {created}, {updated} \
             FROM {users} CROSS JOIN (SELECT 0 AS j UNION ALL SELECT 1 UNION ALL SELECT 2) AS s \
             JOIN ({known}) AS k ON k.i = (n + j * 5) % {count}",
            id = self.id(number, "1000-4000-a000"),
            user = self.user_id("n"),
            created = self.moment(&self.created("n")),
            updated = self.moment(&self.updated("n")),
            users = self.users(),
            known = known.collect::<Vec<_>>().join(" UNION ALL "),
            count = CHARACTERS.len(),
        )
    }

    /// One for every fourth user.
    fn login_audits(self) -> String {
        format!(
            "INSERT INTO auth.login_audits (id, user_id, provider, jti, login_ip, issued_at) \
             SELECT {id}, {user}, 'kakao', 'jti-' || n, '192.0.2.' || (n % 256), {at} FROM {users} WHERE n % 4 = 0",
            id = self.id("n", "1000-4000-b000"),
            user = self.user_id("n"),
            at = self.moment(&self.updated("n")),
            users = self.users(),
        )
    }
}
