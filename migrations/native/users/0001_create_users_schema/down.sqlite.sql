DROP TABLE IF EXISTS users.user_characters;

DROP TABLE IF EXISTS users.social_accounts;

DROP TABLE IF EXISTS users.accounts;
