-- 캐릭터와 소유 관계
CREATE TABLE characters (
    id   INTEGER PRIMARY KEY,
    code VARCHAR(64) NOT NULL UNIQUE,
    name VARCHAR(120) NOT NULL
);

CREATE TABLE character_ownerships (
    account_id   INTEGER NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
    character_id INTEGER NOT NULL REFERENCES characters (id),
    acquired_at  TIMESTAMP NOT NULL DEFAULT CURRENT_TIMESTAMP,
    PRIMARY KEY (account_id, character_id)
);
