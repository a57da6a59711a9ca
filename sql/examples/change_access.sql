-- Changes who may read an article in full, and which plans open it. Takes effect at once, also for pages in caches.
.timeout 5000
.bail on
BEGIN IMMEDIATE;
DROP TABLE IF EXISTS temp.given;
DROP TABLE IF EXISTS temp.sure;
CREATE TEMP TABLE given AS SELECT
-- edit from here --------------------------------------------------------------------------------------------------------
	'la-fontaine-du-marche' AS slug,
	'subscriber'            AS access,  -- public, registered, metered or subscriber
	'integral pro'          AS plans    -- slugs of the plans that open it, between spaces; empty: every plan
-- to here ---------------------------------------------------------------------------------------------------------------
;
-- a misspelt plan must not leave the article open to every plan: without a row in sure, nothing below does anything
CREATE TEMP TABLE sure (ok INTEGER CONSTRAINT "plans: one of these slugs is no plan, or no article has this slug" CHECK (ok));
INSERT INTO sure SELECT EXISTS (SELECT 1 FROM article WHERE slug = given.slug)
	AND (SELECT count(*) FROM plan WHERE instr(' ' || given.plans || ' ', ' ' || plan.slug || ' ') > 0)
		= length(trim(plans)) - length(replace(trim(plans), ' ', '')) + (trim(plans) <> '')
FROM given;
DELETE FROM article_plan
WHERE article_id = (SELECT article.id FROM article JOIN given ON given.slug = article.slug) AND EXISTS (SELECT 1 FROM sure);
UPDATE article SET access = (SELECT access FROM given)
WHERE slug = (SELECT slug FROM given) AND EXISTS (SELECT 1 FROM sure);
INSERT INTO article_plan (article_id, plan_id)
SELECT article.id, plan.id FROM given JOIN article ON article.slug = given.slug
	JOIN plan ON instr(' ' || given.plans || ' ', ' ' || plan.slug || ' ') > 0
WHERE EXISTS (SELECT 1 FROM sure);
COMMIT;

SELECT article.slug, article.access, coalesce(group_concat(plan.slug, ', '), 'every plan') AS plans
FROM article LEFT JOIN article_plan ON article_plan.article_id = article.id LEFT JOIN plan ON plan.id = article_plan.plan_id
WHERE article.slug = (SELECT slug FROM given) GROUP BY article.id;
