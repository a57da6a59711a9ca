-- Corrects an article. What is NULL stays as it is; the page says "Mis à jour le …" with the time given.
.timeout 5000
.bail on
BEGIN IMMEDIATE;
DROP TABLE IF EXISTS temp.given;
CREATE TEMP TABLE given AS SELECT
-- edit from here --------------------------------------------------------------------------------------------------------
	'la-fontaine-du-marche' AS slug,
	NULL                    AS title,       -- a new title, or NULL
	NULL                    AS standfirst,  -- a new standfirst, or NULL
	'depuis onze ans'       AS wrong,       -- words in the text to replace wherever they stand, or NULL
	'depuis douze ans'      AS right,
	unixepoch('now')        AS updated_at   -- NULL: a slip of the pen, no note to readers
-- to here ---------------------------------------------------------------------------------------------------------------
;
UPDATE article SET
	title = coalesce((SELECT title FROM given), title),
	standfirst = coalesce((SELECT standfirst FROM given), standfirst),
	updated_at = coalesce((SELECT updated_at FROM given), updated_at)
WHERE slug = (SELECT slug FROM given);
UPDATE article_body SET markdown = replace(markdown, (SELECT wrong FROM given), (SELECT right FROM given))
WHERE article_id = (SELECT article.id FROM article JOIN given ON given.slug = article.slug)
	AND instr(markdown, (SELECT wrong FROM given)) > 0;
COMMIT;

SELECT 'There is no such article.' AS answer FROM given WHERE slug NOT IN (SELECT slug FROM article)
UNION ALL
SELECT 'Corrected; rendered again within a second.' FROM given WHERE slug IN (SELECT slug FROM article);
