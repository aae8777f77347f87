-- 안내 도메인: 공지와 소식을 담는 info 스키마.

SET timezone = 'Asia/Seoul';

CREATE SCHEMA IF NOT EXISTS info;

CREATE TABLE info.articles (
    id           BIGSERIAL PRIMARY KEY,
    slug         TEXT NOT NULL UNIQUE,
    title        TEXT NOT NULL,
    body         TEXT NOT NULL DEFAULT '',
    tags         TEXT[] NOT NULL DEFAULT '{}',
    published_at TIMESTAMPTZ,
    created_at   TIMESTAMPTZ NOT NULL DEFAULT now(),
    updated_at   TIMESTAMPTZ NOT NULL DEFAULT now()
);

-- 게시된 글만 날짜순으로 찾는다; 꼬리표는 GIN 으로.
CREATE INDEX idx_articles_published ON info.articles (published_at DESC) WHERE published_at IS NOT NULL;
CREATE INDEX idx_articles_tags ON info.articles USING gin (tags);

COMMENT ON INDEX info.idx_articles_tags IS '꼬리표 검색; 배열 포함 연산자에 쓰인다';
COMMENT ON TABLE info.articles IS '공지와 소식';

-- 수정 시각을 자동으로 맞춘다.
CREATE OR REPLACE FUNCTION info.touch_updated_at() RETURNS TRIGGER AS $$
BEGIN
    -- 내용이 같으면 시각을 바꾸지 않는다; 세미콜론과 따옴표도 '본문'일 뿐이다.
    IF NEW IS DISTINCT FROM OLD THEN
        NEW.updated_at := now();
    END IF;
    RETURN NEW;
END;
$$ LANGUAGE plpgsql;

CREATE TRIGGER articles_touch
    BEFORE UPDATE ON info.articles
    FOR EACH ROW EXECUTE FUNCTION info.touch_updated_at();

INSERT INTO info.articles (slug, title, tags, published_at) VALUES
    ('welcome', '환영합니다; 처음 오셨나요?', ARRAY['공지', '시작'], now())
ON CONFLICT (slug) DO NOTHING;
