INSERT INTO accounts (id, nickname, email) VALUES
    (1, '하늘', 'sky@example.com'),
    (2, '바다', NULL);

INSERT INTO social_accounts (id, account_id, provider, provider_user_id) VALUES
    (1, 1, 'kakao', 'k-1001'),
    (2, 2, 'naver', 'n-2002');

INSERT INTO characters (id, code, name) VALUES (1, 'eco', '이코');
INSERT INTO character_ownerships (account_id, character_id) VALUES (1, 1);
