DROP TABLE IF EXISTS character.character_ownerships;

DROP TABLE IF EXISTS character.characters;

DROP TYPE IF EXISTS "character".ownership_status;
