DROP TABLE auth.login_audits;

DROP TABLE auth.user_social_accounts;

DROP TABLE auth.users;
