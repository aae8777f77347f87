CREATE SCHEMA IF NOT EXISTS character;

CREATE TABLE IF NOT EXISTS character.characters (
            id UUID PRIMARY KEY DEFAULT gen_random_uuid(),
            code VARCHAR(64) NOT NULL UNIQUE,
            name VARCHAR(120) NOT NULL,
            description VARCHAR(120),
            type_label VARCHAR(120),
            dialog VARCHAR(120),
            created_at TIMESTAMPTZ NOT NULL DEFAULT now()
        );

DO $$
        BEGIN
            CREATE TYPE character.ownership_status AS ENUM ('owned', 'burned', 'traded');
        EXCEPTION WHEN duplicate_object THEN
            RAISE NOTICE '이미 있음: %', 'ownership_status';
        END
        $$;

CREATE TABLE IF NOT EXISTS character.character_ownerships (
            id UUID PRIMARY KEY DEFAULT gen_random_uuid(),
            user_id UUID NOT NULL,
            character_id UUID NOT NULL REFERENCES character.characters(id) ON DELETE CASCADE,
            source VARCHAR(120),
            status "character".ownership_status NOT NULL DEFAULT 'owned',
            acquired_at TIMESTAMPTZ NOT NULL DEFAULT now(),
            CONSTRAINT uq_ownership_user_character UNIQUE (user_id, character_id)
        );
