-- 소유 정보에 코드 추가, for SQLite: a table with other constraints is a new table. Lengths, which
-- SQLite does not enforce, need not be lifted.

CREATE TABLE character.character_ownerships_new (
    id             TEXT NOT NULL PRIMARY KEY DEFAULT (lower(hex(randomblob(4)) || '-' || hex(randomblob(2)) || '-4' || substr(hex(randomblob(2)), 2) || '-a' || substr(hex(randomblob(2)), 2) || '-' || hex(randomblob(6)))),
    user_id        TEXT NOT NULL,
    character_id   TEXT NOT NULL REFERENCES characters (id) ON DELETE CASCADE,
    source         VARCHAR(120),
    status         TEXT NOT NULL DEFAULT 'owned' CHECK (status IN ('owned', 'burned', 'traded')),
    acquired_at    TIMESTAMPTZ NOT NULL DEFAULT (strftime('%Y-%m-%d %H:%M:%f+00:00', 'now')),
    character_code VARCHAR(64) NOT NULL,
    CONSTRAINT uq_ownership_user_code UNIQUE (user_id, character_code)
);

INSERT INTO character.character_ownerships_new
    (id, user_id, character_id, source, status, acquired_at, character_code)
SELECT o.id, o.user_id, o.character_id, o.source, o.status, o.acquired_at, c.code
FROM character.character_ownerships o
LEFT JOIN character.characters c ON c.id = o.character_id;

DROP TABLE character.character_ownerships;
ALTER TABLE character.character_ownerships_new RENAME TO character_ownerships;

CREATE INDEX character.ix_ownership_code ON character_ownerships (character_code);
