-- Publishes an article. The daemon renders the text and shows it within a second, or when its time comes.
.timeout 5000
.bail on
BEGIN IMMEDIATE;
DROP TABLE IF EXISTS temp.given;
CREATE TEMP TABLE given AS SELECT
-- edit from here --------------------------------------------------------------------------------------------------------
	'la-fontaine-du-marche'             AS slug,          -- address: small letters a-z, digits, hyphens
	'innovation'                        AS section,       -- slug of an existing section
	'Reportage'                         AS label,         -- genre above the title, may be empty
	'La fontaine du marché coule encore' AS title,
	'Elle devait être démolie. Trois habitantes ont demandé l''avis d''un fontainier.' AS standfirst,
	'subscriber'                        AS access,        -- public, registered, metered or subscriber
	unixepoch('now')                    AS published_at,  -- or unixepoch('2026-12-01 08:00', 'utc'); NULL: a draft
	'la-redaction'                      AS author,        -- slug of an existing author; NULL: no byline
	'Le bassin est à sec depuis onze ans. Chaque samedi, les maraîchers y posent leurs cagettes.

Au printemps, la mairie a fait ses comptes. « On pensait démolir », reconnaît l''adjoint aux travaux.

## Ce que coûte un filet d''eau

Le fontainier est venu deux fois. Son devis tient sur une page.

> Une fontaine, cela se répare comme une toiture : avant que tout soit mouillé.
> — Odile Brassac, fontainière'             AS markdown
-- to here ---------------------------------------------------------------------------------------------------------------
;
INSERT INTO article (slug, section_id, label, title, standfirst, access, published_at)
SELECT slug, (SELECT id FROM section WHERE section.slug = given.section), label, title, standfirst, access, published_at
FROM given;
INSERT INTO article_body (article_id, markdown)
SELECT article.id, given.markdown FROM given JOIN article ON article.slug = given.slug;
INSERT INTO article_author (article_id, author_id)
SELECT article.id, author.id FROM given JOIN article ON article.slug = given.slug JOIN author ON author.slug = given.author
	JOIN article_body ON article_body.article_id = article.id AND article_body.markdown = given.markdown;
COMMIT;

SELECT slug, section, access, state, published_utc FROM article_state WHERE slug = (SELECT slug FROM given);
