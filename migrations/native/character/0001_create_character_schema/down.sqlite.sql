DROP TABLE IF EXISTS character.character_ownerships;

DROP TABLE IF EXISTS character.characters;
