ALTER TABLE character.characters ALTER COLUMN dialog TYPE VARCHAR(120);

ALTER TABLE character.characters ALTER COLUMN type_label TYPE VARCHAR(120);

ALTER TABLE character.characters ALTER COLUMN description TYPE VARCHAR(120);

ALTER TABLE character.characters ALTER COLUMN name TYPE VARCHAR(120);

DROP INDEX character.ix_ownership_code;

ALTER TABLE character.character_ownerships DROP CONSTRAINT uq_ownership_user_code;

ALTER TABLE character.character_ownerships ADD CONSTRAINT uq_ownership_user_character UNIQUE (user_id, character_id);

ALTER TABLE character.character_ownerships DROP COLUMN character_code;
