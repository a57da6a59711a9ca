-- Changes an article's address or section. The old address answers 301 with the new one.
.timeout 5000
.bail on
BEGIN IMMEDIATE;
DROP TABLE IF EXISTS temp.given;
CREATE TEMP TABLE given AS SELECT
-- edit from here --------------------------------------------------------------------------------------------------------
	'la-fontaine-du-marche' AS old_slug,
	'la-fontaine-rendue'    AS new_slug,  -- the same as above to change the section only
	'territoires'           AS section    -- slug of an existing section
-- to here ---------------------------------------------------------------------------------------------------------------
;
UPDATE article SET slug = (SELECT new_slug FROM given),
	section_id = (SELECT section.id FROM section JOIN given ON given.section = section.slug)
WHERE slug = (SELECT old_slug FROM given);
COMMIT;

SELECT slug_history.path AS old_address, section.slug || '/' || article.slug AS leads_to
FROM slug_history JOIN article ON article.id = slug_history.article_id JOIN section ON section.id = article.section_id
WHERE article.slug = (SELECT new_slug FROM given);
