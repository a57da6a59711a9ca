-- The bench's publication: @ARTICLES@ closed articles in one section, the first one long, and its readers:
-- 20 that the harness knows by number, @READERS@ subscribers besides. No trigger runs meanwhile: columns that one would fill
-- are filled here.
PRAGMA synchronous = OFF;
PRAGMA cache_size = -65536;
BEGIN IMMEDIATE;
INSERT INTO section (id, slug, name) VALUES (1, 'essais', 'Essais');
WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 20)
INSERT INTO author (id, slug, name) SELECT i, 'plume-' || i, 'Plume ' || i FROM n;
WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 20)
INSERT INTO tag (id, slug, name) SELECT i, 'theme-' || i, 'Thème ' || i FROM n;
INSERT INTO plan (id, slug, name) VALUES (1, 'banc', 'Banc');
CREATE TEMP TABLE text AS SELECT CAST(readfile('@DIR@/long.html') AS TEXT) AS long,
	CAST(readfile('@DIR@/short.html') AS TEXT) AS short, CAST(readfile('@DIR@/teaser.html') AS TEXT) AS teaser;
WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < @ARTICLES@)
INSERT INTO article (id, slug, section_id, access, published_at, rendered_at, title, title_shown, standfirst,
	standfirst_text, standfirst_html, words, words_shown, percent_left, teaser_text, teaser_html)
SELECT i, 'article-' || i, 1, 'subscriber', 1700000000 + i, 1700000000, 'Essai numéro ' || i, 'Essai numéro ' || i,
	'Un chapô court.', 'Un chapô court.', '<p>Un chapô court.</p>', 1000, 200, 80, 'Un début.', teaser
FROM n, text;
WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < @ARTICLES@)
INSERT INTO article_body (article_id, stale, markdown, html)
SELECT i, 0, 'x', CASE i WHEN 1 THEN long ELSE short || '<p>Article ' || i || '.</p>' END FROM n, text;
INSERT INTO article_author (article_id, author_id, listed_at) SELECT id, id % 20 + 1, listed_at FROM article;
INSERT INTO article_tag (article_id, tag_id, listed_at) SELECT id, id % 20 + 1, listed_at FROM article;
INSERT INTO article_tag (article_id, tag_id, listed_at) SELECT id, (id + id / 20) % 20 + 1, listed_at FROM article WHERE id / 20 % 20 <> 0;
WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 20)
INSERT INTO subscriber (id, email) SELECT i, 'lecteur' || i || '@example.org' FROM n;
INSERT INTO subscription (subscriber_id, plan_id, starts_at, ends_at)
SELECT id, 1, 1700000000, 4000000000 FROM subscriber WHERE id <= 10;
INSERT INTO subscription (subscriber_id, plan_id, starts_at, ends_at)
SELECT id, 1, 1600000000, 1650000000 FROM subscriber WHERE id BETWEEN 11 AND 14;
WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < @READERS@)
INSERT INTO subscriber (id, email) SELECT 100 + i, 'abonne' || i || '@example.org' FROM n;
INSERT INTO subscription (subscriber_id, plan_id, starts_at, ends_at)
SELECT id, 1, 1700000000, 4000000000 FROM subscriber WHERE id > 100;
-- What the daemon would derive in some minutes of its own: four articles related to each, and an index said to be up to date.
INSERT INTO article_related (article_id, position, related_id)
SELECT a.id, p.position, (a.id + p.position * 7) % @ARTICLES@ + 1
FROM article a, (SELECT 1 AS position UNION ALL SELECT 2 UNION ALL SELECT 3 UNION ALL SELECT 4) p;
INSERT INTO search_entry (article_id, edition, stamp, listed_at, due)
SELECT id, edition, access || ' ' || rendered_hash, listed_at, 0 FROM article;
INSERT INTO search_state (id, version, change_id, swept_id, sweeping)
SELECT 1, '3', (SELECT coalesce(max(id), 0) FROM change_log), @ARTICLES@, 0;
COMMIT;
PRAGMA wal_checkpoint(TRUNCATE);
