-- Two views for people: the state of every article and of every reader, in plain words. The program does not use them.

CREATE VIEW article_state AS
SELECT a.slug, s.slug AS section, a.access,
	CASE WHEN a.withdrawn_at IS NOT NULL THEN 'withdrawn'
		WHEN a.published_at IS NULL THEN 'draft'
		WHEN b.article_id IS NULL THEN 'has no text'
		WHEN b.stale = 2 THEN 'refused: ' || b.render_error
		WHEN a.rendered_at IS NULL THEN 'waits for rendering'
		WHEN a.published_at > unixepoch() THEN 'scheduled'
		ELSE 'published' END AS state,
	datetime(a.published_at, 'unixepoch') AS published_utc,
	a.words, a.percent_left, a.title
FROM article AS a
	JOIN section AS s ON s.id = a.section_id
	LEFT JOIN article_body AS b ON b.article_id = a.id;

CREATE VIEW subscriber_state AS
SELECT r.id, r.email, p.slug AS plan, u.kind,
	CASE WHEN r.blocked_at IS NOT NULL THEN 'blocked'
		WHEN u.id IS NULL THEN 'no subscription'
		WHEN u.ended_at <= unixepoch() THEN 'ended: ' || u.ended_reason
		WHEN u.starts_at > unixepoch() THEN 'to come'
		WHEN u.ends_at > unixepoch() THEN 'active'
		WHEN u.ends_at + u.grace_s > unixepoch() THEN 'in grace'
		ELSE 'expired' END AS state,
	date(u.starts_at, 'unixepoch') AS starts_utc, date(u.ends_at, 'unixepoch') AS ends_utc
FROM subscriber AS r
	LEFT JOIN subscription AS u ON u.subscriber_id = r.id
	LEFT JOIN plan AS p ON p.id = u.plan_id;
