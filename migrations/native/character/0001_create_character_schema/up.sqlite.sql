-- character 스키마 생성, for SQLite: the schema is an attached file, keys and moments are text (UTC).

CREATE TABLE IF NOT EXISTS character.characters (
    id          TEXT NOT NULL PRIMARY KEY DEFAULT (lower(hex(randomblob(4)) || '-' || hex(randomblob(2)) || '-4' || substr(hex(randomblob(2)), 2) || '-a' || substr(hex(randomblob(2)), 2) || '-' || hex(randomblob(6)))),
    code        VARCHAR(64) NOT NULL UNIQUE,
    name        VARCHAR(120) NOT NULL,
    description VARCHAR(120),
    type_label  VARCHAR(120),
    dialog      VARCHAR(120),
    created_at  TIMESTAMPTZ NOT NULL DEFAULT (strftime('%Y-%m-%d %H:%M:%f+00:00', 'now'))
);

CREATE TABLE IF NOT EXISTS character.character_ownerships (
    id           TEXT NOT NULL PRIMARY KEY DEFAULT (lower(hex(randomblob(4)) || '-' || hex(randomblob(2)) || '-4' || substr(hex(randomblob(2)), 2) || '-a' || substr(hex(randomblob(2)), 2) || '-' || hex(randomblob(6)))),
    user_id      TEXT NOT NULL,
    character_id TEXT NOT NULL REFERENCES characters (id) ON DELETE CASCADE,
    source       VARCHAR(120),
    status       TEXT NOT NULL DEFAULT 'owned' CHECK (status IN ('owned', 'burned', 'traded')),
    acquired_at  TIMESTAMPTZ NOT NULL DEFAULT (strftime('%Y-%m-%d %H:%M:%f+00:00', 'now')),
    CONSTRAINT uq_ownership_user_character UNIQUE (user_id, character_id)
);
