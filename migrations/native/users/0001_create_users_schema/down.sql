DROP TABLE IF EXISTS users.user_characters;

DROP TABLE IF EXISTS users.social_accounts;

DROP TABLE IF EXISTS users.accounts;

DROP TYPE IF EXISTS user_character_status;

DROP TYPE IF EXISTS oauth_provider;
