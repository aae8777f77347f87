CREATE TABLE character.character_ownerships_new (
    id             TEXT NOT NULL PRIMARY KEY DEFAULT (lower(hex(randomblob(4)) || '-' || hex(randomblob(2)) || '-4' || substr(hex(randomblob(2)), 2) || '-a' || substr(hex(randomblob(2)), 2) || '-' || hex(randomblob(6)))),
    user_id        TEXT NOT NULL,
    character_id   TEXT NOT NULL REFERENCES characters (id) ON DELETE CASCADE,
    source         VARCHAR(120),
    status         TEXT NOT NULL DEFAULT 'owned' CHECK (status IN ('owned', 'burned', 'traded')),
    acquired_at    TIMESTAMPTZ NOT NULL DEFAULT (strftime('%Y-%m-%d %H:%M:%f+00:00', 'now')),
    CONSTRAINT uq_ownership_user_character UNIQUE (user_id, character_id)
);

INSERT INTO character.character_ownerships_new (id, user_id, character_id, source, status, acquired_at)
SELECT id, user_id, character_id, source, status, acquired_at FROM character.character_ownerships;

DROP TABLE character.character_ownerships;
ALTER TABLE character.character_ownerships_new RENAME TO character_ownerships;
