-- What older generations of the database allow, and what was done to it by hand over the years.
ALTER TABLE auth.users
    ALTER COLUMN phone_number TYPE VARCHAR(32),
    ALTER COLUMN created_at DROP NOT NULL;

ALTER TABLE auth.user_social_accounts
    ALTER COLUMN provider TYPE VARCHAR(32),
    ALTER COLUMN provider DROP NOT NULL,
    ALTER COLUMN provider_user_id TYPE VARCHAR(255),
    ALTER COLUMN provider_user_id DROP NOT NULL,
    DROP CONSTRAINT user_social_accounts_user_id_fkey;

ALTER TABLE user_profile.users DROP CONSTRAINT uq_profile_auth_user;
CREATE INDEX ix_profile_auth_user ON user_profile.users (auth_user_id);

ALTER TABLE user_profile.user_characters ALTER COLUMN status DROP NOT NULL;
