-- 안내 도메인, for SQLite: tags are a JSON array, and there is no index for searching in it.

CREATE TABLE info.articles (
    id           INTEGER PRIMARY KEY AUTOINCREMENT,
    slug         TEXT NOT NULL UNIQUE,
    title        TEXT NOT NULL,
    body         TEXT NOT NULL DEFAULT '',
    tags         TEXT NOT NULL DEFAULT '[]' CHECK (json_type(tags) = 'array'),
    published_at TIMESTAMPTZ,
    created_at   TIMESTAMPTZ NOT NULL DEFAULT (strftime('%Y-%m-%d %H:%M:%f+00:00', 'now')),
    updated_at   TIMESTAMPTZ NOT NULL DEFAULT (strftime('%Y-%m-%d %H:%M:%f+00:00', 'now'))
);

-- 게시된 글만 날짜순으로 찾는다.
CREATE INDEX info.idx_articles_published ON articles (published_at DESC) WHERE published_at IS NOT NULL;

-- 수정 시각을 자동으로 맞춘다.
CREATE TRIGGER info.articles_touch AFTER UPDATE ON articles
FOR EACH ROW WHEN NEW.updated_at IS OLD.updated_at
    AND (NEW.slug, NEW.title, NEW.body, NEW.tags, NEW.published_at, NEW.created_at)
        IS NOT (OLD.slug, OLD.title, OLD.body, OLD.tags, OLD.published_at, OLD.created_at)
BEGIN
    UPDATE articles SET updated_at = strftime('%Y-%m-%d %H:%M:%f+00:00', 'now') WHERE id = NEW.id;
END;

INSERT INTO info.articles (slug, title, tags, published_at) VALUES
    ('welcome', '환영합니다; 처음 오셨나요?', '["공지","시작"]', strftime('%Y-%m-%d %H:%M:%f+00:00', 'now'))
ON CONFLICT (slug) DO NOTHING;
