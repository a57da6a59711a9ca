-- The publication: sections, articles, who wrote them, what they are about, and the plans that open them.
--
-- What is free lies in `article`, the full text in `article_body`: the connection that makes pages for everyone
-- cannot read the second table at all. Columns marked (made) are written by the program when it renders an article;
-- what you type there lasts until the next rendering.

-- A section (rubrique): the first part of an article's address, /SECTION/SLUG.
CREATE TABLE section (
	id          INTEGER PRIMARY KEY,
	slug        TEXT    NOT NULL UNIQUE,     -- in the address; a change keeps the old address as a redirect
	name        TEXT    NOT NULL,            -- as shown: Innovation
	description TEXT    NOT NULL DEFAULT '', -- one sentence below the heading of its page
	position    INTEGER NOT NULL DEFAULT 0,  -- order in the navigation, small first
	CONSTRAINT "section.slug: letters a-z, digits, single hyphens between them, at most 80"
		CHECK (length(slug) BETWEEN 1 AND 80 AND slug NOT GLOB '*[^a-z0-9-]*' AND slug NOT GLOB '-*'
			AND slug NOT GLOB '*-' AND slug NOT GLOB '*--*'),
	CONSTRAINT "section.slug: the site itself uses this word in its addresses, take another"
		CHECK (slug NOT IN ('account', 'accessibility', 'admin', 'api', 'archive', 'author', 'demo', 'favicon',
			'feed', 'gift', 'healthz', 'index', 'legal', 'link', 'login', 'logout', 'manifest', 'media',
			'metrics', 'newsletter', 'opensearch', 'plan', 'preview', 'privacy', 'robots', 'search', 'session',
			'sitemap', 'sitemap-news', 'static', 'stats', 'subscribe', 'tag', 'webhooks', 'well-known')),
	CONSTRAINT "section.name: 1 to 100 characters on one line"
		CHECK (length(name) BETWEEN 1 AND 100 AND name NOT GLOB '*[' || char(1) || '-' || char(31) || ']*'),
	CONSTRAINT "section.description: at most 500 characters" CHECK (length(description) <= 500)
) STRICT;

-- An article: all of it that anyone may see. Without a row in article_body, and until that is rendered, it is not shown.
CREATE TABLE article (
	id              INTEGER PRIMARY KEY AUTOINCREMENT,
	slug            TEXT    NOT NULL UNIQUE,               -- the second part of the address; unique over all sections
	section_id      INTEGER NOT NULL REFERENCES section (id),
	access          TEXT    NOT NULL DEFAULT 'subscriber', -- who gets the whole text:
	                                                       --   public      everyone
	                                                       --   registered  everyone who is signed in
	                                                       --   metered     subscribers, others a number a month
	                                                       --   subscriber  subscribers (of the plans in article_plan)
	published_at    INTEGER,                      -- NULL: draft; in the future: scheduled, appears by itself
	updated_at      INTEGER,                      -- shown as "Mis à jour le …"; NULL: never revised
	withdrawn_at    INTEGER,                      -- not NULL: withdrawn, its address answers 410
	created_at      INTEGER NOT NULL DEFAULT (unixepoch()),
	edition         INTEGER NOT NULL DEFAULT 1,   -- (made) grows with every change of this article that shows
	rendered_at     INTEGER,                      -- (made) NULL: never rendered, so not shown
	rendered_hash   TEXT    NOT NULL DEFAULT '',  -- (made) what it was rendered from; the same as in article_body
	listed_at       INTEGER GENERATED ALWAYS AS   -- from when on pages and lists show it; NULL: not at all
		(CASE WHEN withdrawn_at IS NULL AND rendered_at IS NOT NULL THEN published_at END) STORED,
	label           TEXT    NOT NULL DEFAULT '',  -- genre, above the title: Reportage, Enquête, Entretien
	language        TEXT    NOT NULL DEFAULT 'fr',
	title           TEXT    NOT NULL,             -- as typed; typography is added when rendering
	title_shown     TEXT    NOT NULL DEFAULT '',  -- (made) the title with French spaces, plain text
	standfirst      TEXT    NOT NULL DEFAULT '',  -- chapô as typed, always free
	standfirst_text TEXT    NOT NULL DEFAULT '',  -- (made) plain text, for cards and descriptions
	standfirst_html TEXT    NOT NULL DEFAULT '',  -- (made)
	image           TEXT    NOT NULL DEFAULT '',  -- file below the media folder; empty: none
	image_alt       TEXT    NOT NULL DEFAULT '',  -- what the image shows, for those who do not see it
	image_credit    TEXT    NOT NULL DEFAULT '',
	image_width     INTEGER NOT NULL DEFAULT 0,   -- pixels, so that nothing moves while loading; 0: not known
	image_height    INTEGER NOT NULL DEFAULT 0,
	teaser_limit    TEXT    NOT NULL DEFAULT '',  -- 20%, 3 paragraphs or 120 words; empty: the publication's own limit
	words           INTEGER NOT NULL DEFAULT 0,   -- (made) words of the whole text (UAX 29)
	words_shown     INTEGER NOT NULL DEFAULT 0,   -- (made) words in the teaser
	percent_left    INTEGER NOT NULL DEFAULT 100, -- (made) share of the words that the teaser does not show
	outline         TEXT    NOT NULL DEFAULT '',  -- (made) headings of the part not shown, one a line; free to all
	teaser_text     TEXT    NOT NULL DEFAULT '',  -- (made) the teaser as plain text, for excerpts
	teaser_html     TEXT    NOT NULL DEFAULT '',  -- (made) the free part, cut in mid-sentence
	CONSTRAINT "article.slug: letters a-z, digits, single hyphens between them, at most 80"
		CHECK (length(slug) BETWEEN 1 AND 80 AND slug NOT GLOB '*[^a-z0-9-]*' AND slug NOT GLOB '-*'
			AND slug NOT GLOB '*-' AND slug NOT GLOB '*--*'),
	CONSTRAINT "article.access: public, registered, metered or subscriber"
		CHECK (access IN ('public', 'registered', 'metered', 'subscriber')),
	CONSTRAINT "article.published_at: epoch seconds as unixepoch() makes them, or NULL for a draft"
		CHECK (published_at IS NULL OR (typeof(published_at) = 'integer' AND published_at <> 0
			AND published_at BETWEEN -2208988800 AND 253402300799)),
	CONSTRAINT "article.updated_at: epoch seconds as unixepoch() makes them, or NULL"
		CHECK (updated_at IS NULL OR (typeof(updated_at) = 'integer' AND updated_at <> 0
			AND updated_at BETWEEN -2208988800 AND 253402300799)),
	CONSTRAINT "article.withdrawn_at: epoch seconds as unixepoch() makes them, or NULL"
		CHECK (withdrawn_at IS NULL OR (typeof(withdrawn_at) = 'integer' AND withdrawn_at BETWEEN 1 AND 253402300799)),
	CONSTRAINT "article.title: 1 to 300 characters on one line"
		CHECK (length(trim(title)) BETWEEN 1 AND 300 AND title NOT GLOB '*[' || char(1) || '-' || char(31) || ']*'),
	CONSTRAINT "article.standfirst: at most 2000 characters" CHECK (length(standfirst) <= 2000),
	CONSTRAINT "article.label: at most 60 characters on one line"
		CHECK (length(label) <= 60 AND label NOT GLOB '*[' || char(1) || '-' || char(31) || ']*'),
	CONSTRAINT "article.language: two small letters, as fr or en" CHECK (language GLOB '[a-z][a-z]'),
	CONSTRAINT "article.image: a file below the media folder: letters, digits and . _ - /, no .., no leading /"
		CHECK (length(image) <= 200 AND image NOT GLOB '*[^A-Za-z0-9._/-]*' AND image NOT GLOB '/*'
			AND image NOT GLOB '*..*' AND image NOT GLOB '*//*'),
	CONSTRAINT "article.image_alt: at most 500 characters" CHECK (length(image_alt) <= 500),
	CONSTRAINT "article.image_credit: at most 200 characters" CHECK (length(image_credit) <= 200),
	CONSTRAINT "article.image_width, image_height: pixels, 0 to 20000"
		CHECK (image_width BETWEEN 0 AND 20000 AND image_height BETWEEN 0 AND 20000),
	CONSTRAINT "article.teaser_limit: like 20%, 3 paragraphs or 120 words; empty for the publication's own"
		CHECK (teaser_limit = '' OR ((teaser_limit GLOB '[1-9]%' OR teaser_limit GLOB '[1-9][0-9]%'
			OR teaser_limit GLOB '[1-9] paragraph*' OR teaser_limit GLOB '[1-9][0-9] paragraph*'
			OR teaser_limit GLOB '[1-9]* word*') AND length(teaser_limit) <= 20)),
	CONSTRAINT "article: words, words_shown and percent_left do not fit together"
		CHECK (words >= 0 AND words_shown BETWEEN 0 AND words AND percent_left BETWEEN 0 AND 100)
) STRICT;

CREATE INDEX article_by_section ON article (section_id, listed_at, id) WHERE listed_at IS NOT NULL;
CREATE INDEX article_by_time ON article (listed_at, id) WHERE listed_at IS NOT NULL;

-- The full text: what a subscription pays for.
CREATE TABLE article_body (
	article_id    INTEGER PRIMARY KEY REFERENCES article (id) ON DELETE CASCADE,
	stale         INTEGER NOT NULL DEFAULT 1,  -- (made) 0: html is up to date; 1: to be rendered, the daemon does it within
	                                           -- a second; 2: rendering was refused, see render_error, waits for a change
	render_error  TEXT    NOT NULL DEFAULT '', -- (made) why
	rendered_hash TEXT    NOT NULL DEFAULT '', -- (made) hash of all that it was rendered from
	html_hash     TEXT    NOT NULL DEFAULT '', -- (made) hash of html: `poterne check` finds a flipped bit by it
	markdown      TEXT    NOT NULL,            -- the source: CommonMark; <!--more--> alone on a line ends the teaser
	html          TEXT,                        -- (made)
	CONSTRAINT "article_body.markdown: at most 262144 bytes (256 KiB)"
		CHECK (length(CAST(markdown AS BLOB)) <= 262144),
	CONSTRAINT "article_body.stale: 0, 1 or 2, and 0 only with html" CHECK (stale IN (1, 2) OR (stale = 0 AND html IS NOT NULL))
) STRICT;

CREATE INDEX article_body_stale ON article_body (article_id) WHERE stale = 1;

-- Who writes: a person, or a collective such as La rédaction. Page /author/SLUG.
CREATE TABLE author (
	id   INTEGER PRIMARY KEY,
	slug TEXT    NOT NULL UNIQUE,
	name TEXT    NOT NULL,            -- as signed: Elsa AOUSTET
	kind TEXT    NOT NULL DEFAULT 'person',
	bio  TEXT    NOT NULL DEFAULT '', -- a few sentences for the author's page, plain text
	CONSTRAINT "author.slug: letters a-z, digits, single hyphens between them, at most 80"
		CHECK (length(slug) BETWEEN 1 AND 80 AND slug NOT GLOB '*[^a-z0-9-]*' AND slug NOT GLOB '-*'
			AND slug NOT GLOB '*-' AND slug NOT GLOB '*--*'),
	CONSTRAINT "author.name: 1 to 100 characters on one line"
		CHECK (length(trim(name)) BETWEEN 1 AND 100 AND name NOT GLOB '*[' || char(1) || '-' || char(31) || ']*'),
	CONSTRAINT "author.kind: person or collective" CHECK (kind IN ('person', 'collective')),
	CONSTRAINT "author.bio: at most 2000 characters" CHECK (length(bio) <= 2000)
) STRICT;

-- Bylines, in their order.
CREATE TABLE article_author (
	article_id INTEGER NOT NULL REFERENCES article (id) ON DELETE CASCADE,
	author_id  INTEGER NOT NULL REFERENCES author (id),
	position   INTEGER NOT NULL DEFAULT 0, -- small first
	listed_at  INTEGER,                    -- (made) the article's listed_at
	PRIMARY KEY (article_id, author_id)
) STRICT;

CREATE INDEX article_author_listed ON article_author (author_id, listed_at, article_id) WHERE listed_at IS NOT NULL;

-- What articles are about. Page /tag/SLUG. Related articles are found by tags first.
CREATE TABLE tag (
	id   INTEGER PRIMARY KEY,
	slug TEXT    NOT NULL UNIQUE,
	name TEXT    NOT NULL,        -- as shown: intelligence artificielle
	CONSTRAINT "tag.slug: letters a-z, digits, single hyphens between them, at most 80"
		CHECK (length(slug) BETWEEN 1 AND 80 AND slug NOT GLOB '*[^a-z0-9-]*' AND slug NOT GLOB '-*'
			AND slug NOT GLOB '*-' AND slug NOT GLOB '*--*'),
	CONSTRAINT "tag.name: 1 to 100 characters on one line"
		CHECK (length(trim(name)) BETWEEN 1 AND 100 AND name NOT GLOB '*[' || char(1) || '-' || char(31) || ']*')
) STRICT;

CREATE TABLE article_tag (
	article_id INTEGER NOT NULL REFERENCES article (id) ON DELETE CASCADE,
	tag_id     INTEGER NOT NULL REFERENCES tag (id) ON DELETE CASCADE,
	listed_at  INTEGER,                    -- (made) the article's listed_at
	PRIMARY KEY (article_id, tag_id)
) STRICT;

CREATE INDEX article_tag_listed ON article_tag (tag_id, listed_at, article_id) WHERE listed_at IS NOT NULL;

-- What readers can subscribe to.
CREATE TABLE plan (
	id          INTEGER PRIMARY KEY AUTOINCREMENT,
	slug        TEXT    NOT NULL UNIQUE,     -- its name in commands and front matter
	name        TEXT    NOT NULL,            -- as shown: Intégral
	description TEXT    NOT NULL DEFAULT '', -- what the reader gets, in plain words
	price_text  TEXT    NOT NULL DEFAULT '', -- as shown: 9 € par mois
	position    INTEGER NOT NULL DEFAULT 0,  -- order in the subscribe panel, small first
	offered     INTEGER NOT NULL DEFAULT 1,  -- 1: shown to new readers; 0: only those who have it keep it
	CONSTRAINT "plan.slug: letters a-z, digits, single hyphens between them, at most 80"
		CHECK (length(slug) BETWEEN 1 AND 80 AND slug NOT GLOB '*[^a-z0-9-]*' AND slug NOT GLOB '-*'
			AND slug NOT GLOB '*-' AND slug NOT GLOB '*--*'),
	CONSTRAINT "plan.name: 1 to 100 characters on one line"
		CHECK (length(trim(name)) BETWEEN 1 AND 100 AND name NOT GLOB '*[' || char(1) || '-' || char(31) || ']*'),
	CONSTRAINT "plan.offered: 0 or 1" CHECK (offered IN (0, 1))
) STRICT;

-- Which plans open a subscriber article. No row: every plan does.
CREATE TABLE article_plan (
	article_id INTEGER NOT NULL REFERENCES article (id) ON DELETE CASCADE,
	plan_id    INTEGER NOT NULL REFERENCES plan (id),
	PRIMARY KEY (article_id, plan_id)
) STRICT;

CREATE INDEX article_plan_by_plan ON article_plan (plan_id);

-- Old addresses, which answer 301 to where their subject lives now. Written by triggers when a slug or a section
-- changes; rows of your own are welcome. A live page at the same address wins.
CREATE TABLE slug_history (
	path       TEXT PRIMARY KEY,  -- without the first slash: SECTION/SLUG, SECTION, author/SLUG or tag/SLUG
	at         INTEGER NOT NULL DEFAULT (unixepoch()),
	article_id INTEGER REFERENCES article (id) ON DELETE CASCADE, -- exactly one of these four
	section_id INTEGER REFERENCES section (id) ON DELETE CASCADE,
	author_id  INTEGER REFERENCES author (id) ON DELETE CASCADE,
	tag_id     INTEGER REFERENCES tag (id) ON DELETE CASCADE,
	CONSTRAINT "slug_history.path: SECTION/SLUG without a slash at either end"
		CHECK (length(path) BETWEEN 1 AND 161 AND path NOT GLOB '*[^a-z0-9/-]*' AND path NOT GLOB '/*' AND path NOT GLOB '*/'),
	CONSTRAINT "slug_history: one of article_id, section_id, author_id, tag_id and no other"
		CHECK ((article_id IS NOT NULL) + (section_id IS NOT NULL) + (author_id IS NOT NULL) + (tag_id IS NOT NULL) = 1)
) STRICT;

CREATE INDEX slug_history_by_article ON slug_history (article_id) WHERE article_id IS NOT NULL;
