CREATE INDEX ix_accounts_email ON accounts (email) WHERE email IS NOT NULL;
