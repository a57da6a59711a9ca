-- Shows where everything stands: the newest articles, the readers, the latest changes. Changes nothing.

SELECT slug, section, access, state, published_utc, words, percent_left AS '% left', title
FROM article_state ORDER BY published_utc DESC LIMIT 20;

SELECT email, plan, kind, state, starts_utc, ends_utc FROM subscriber_state ORDER BY email, ends_utc LIMIT 50;

SELECT datetime(at, 'unixepoch') AS at_utc, kind, ref, detail FROM change_log ORDER BY id DESC LIMIT 20;
