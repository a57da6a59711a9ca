-- The readers: accounts, what they have paid for, where they are signed in.

-- An account. Removing the row removes all that is kept about the person; change_log keeps the bare number.
CREATE TABLE subscriber (
	id         INTEGER PRIMARY KEY AUTOINCREMENT,
	email      TEXT    NOT NULL UNIQUE,      -- in small letters; a domain in other scripts in its xn-- form
	name       TEXT    NOT NULL DEFAULT '',  -- optional, shown to the reader only
	note       TEXT    NOT NULL DEFAULT '',  -- for the staff; the reader can ask to see it
	created_at INTEGER NOT NULL DEFAULT (unixepoch()),
	generation INTEGER NOT NULL DEFAULT 1,   -- add 1 and every session of the account ends
	blocked_at INTEGER,                      -- not NULL: may not sign in and reads as a stranger
	CONSTRAINT "subscriber.email: small letters only, as somebody@example.org" CHECK (email = lower(email)),
	CONSTRAINT "subscriber.email: one address as somebody@example.org, at most 254 bytes, no spaces or accents"
		CHECK (length(email) BETWEEN 6 AND 254 AND email NOT GLOB '*[^!-~]*' AND email NOT GLOB '*[]()<>,;:\"[]*'
			AND email GLOB '?*@?*.?*' AND email NOT GLOB '*@*@*' AND email NOT GLOB '*..*'
			AND email NOT GLOB '.*' AND email NOT GLOB '*.@*' AND email NOT GLOB '*@.*' AND email NOT GLOB '*.'
			AND email NOT GLOB '*@-*' AND instr(email, '@') <= 65),
	CONSTRAINT "subscriber.name: at most 100 characters on one line"
		CHECK (length(name) <= 100 AND name NOT GLOB '*[' || char(1) || '-' || char(31) || ']*'),
	CONSTRAINT "subscriber.note: at most 1000 characters" CHECK (length(note) <= 1000),
	CONSTRAINT "subscriber.generation: only grows, from 1" CHECK (generation >= 1)
) STRICT;

-- One row a period that was paid or given. Rows are never overwritten: to prolong, add a period; to stop one early,
-- set ended_at and ended_reason, once.
CREATE TABLE subscription (
	id            INTEGER PRIMARY KEY AUTOINCREMENT,
	subscriber_id INTEGER NOT NULL REFERENCES subscriber (id) ON DELETE CASCADE,
	plan_id       INTEGER NOT NULL REFERENCES plan (id),
	kind          TEXT    NOT NULL DEFAULT 'paid', -- paid, trial or complimentary
	starts_at     INTEGER NOT NULL,                -- first second that counts
	ends_at       INTEGER NOT NULL,                -- first second that does not
	grace_s       INTEGER NOT NULL DEFAULT 0,      -- seconds after ends_at in which reading still works, 90 days at most
	created_at    INTEGER NOT NULL DEFAULT (unixepoch()),
	source        TEXT    NOT NULL DEFAULT '',     -- where it comes from: order number, purchase order, who gave it
	ended_at      INTEGER,                         -- stopped early from this second on, without grace
	ended_reason  TEXT,                            -- why: refund, cancelled by phone, …
	CONSTRAINT "subscription.kind: paid, trial or complimentary" CHECK (kind IN ('paid', 'trial', 'complimentary')),
	CONSTRAINT "subscription.starts_at, ends_at: epoch seconds as unixepoch() makes them, from 2000 on"
		CHECK (starts_at BETWEEN 946684800 AND 253402300799 AND ends_at BETWEEN 946684800 AND 253402300799),
	CONSTRAINT "subscription: it ends before it starts" CHECK (ends_at > starts_at),
	CONSTRAINT "subscription.grace_s: 0 to 7776000 seconds (90 days)" CHECK (grace_s BETWEEN 0 AND 7776000),
	CONSTRAINT "subscription.source: at most 200 characters" CHECK (length(source) <= 200),
	CONSTRAINT "subscription: ended_at and ended_reason come together, the reason in 1 to 200 characters"
		CHECK ((ended_at IS NULL AND ended_reason IS NULL)
			OR (ended_at > 0 AND ended_reason IS NOT NULL AND length(ended_reason) BETWEEN 1 AND 200))
) STRICT;

CREATE INDEX subscription_by_subscriber ON subscription (subscriber_id, starts_at);
CREATE INDEX subscription_by_plan ON subscription (plan_id);

-- A device that is signed in. The token in the cookie names the row; the row decides.
CREATE TABLE session (
	id            INTEGER PRIMARY KEY,   -- random, so that no token ever meets another reader's row, restored backups included
	subscriber_id INTEGER NOT NULL REFERENCES subscriber (id) ON DELETE CASCADE,
	generation    INTEGER NOT NULL,      -- the account's when signed in; worth nothing once they differ
	created_at    INTEGER NOT NULL DEFAULT (unixepoch()),
	expires_at    INTEGER NOT NULL,      -- ends then whatever happens
	last_seen_at  INTEGER NOT NULL,      -- written at most once an hour
	revoked_at    INTEGER,               -- not NULL: ended; cannot be undone
	label         TEXT    NOT NULL DEFAULT '', -- for the reader's list of devices: Firefox on Linux
	CONSTRAINT "session.expires_at: after created_at" CHECK (expires_at > created_at),
	CONSTRAINT "session.label: at most 100 characters on one line"
		CHECK (length(label) <= 100 AND label NOT GLOB '*[' || char(1) || '-' || char(31) || ']*')
) STRICT;

CREATE INDEX session_by_subscriber ON session (subscriber_id, created_at);
CREATE INDEX session_by_expiry ON session (expires_at);

-- A one-time link that signs in. Only the hash of its secret is here: who reads this table cannot use it.
CREATE TABLE login_link (
	hash          TEXT    PRIMARY KEY, -- BLAKE2b-256 of the secret, hexadecimal
	subscriber_id INTEGER NOT NULL REFERENCES subscriber (id) ON DELETE CASCADE,
	purpose       TEXT    NOT NULL,    -- what it is good for, and for nothing else: session (made by the command line)
	created_at    INTEGER NOT NULL DEFAULT (unixepoch()),
	expires_at    INTEGER NOT NULL,
	used_at       INTEGER,             -- not NULL: used up
	CONSTRAINT "login_link.hash: 64 hexadecimal digits" CHECK (length(hash) = 64 AND hash NOT GLOB '*[^0-9a-f]*'),
	CONSTRAINT "login_link.purpose: small letters and hyphens" CHECK (length(purpose) BETWEEN 1 AND 20 AND purpose NOT GLOB '*[^a-z-]*'),
	CONSTRAINT "login_link.expires_at: after created_at, by a day at most"
		CHECK (expires_at > created_at AND expires_at <= created_at + 86400)
) STRICT;

CREATE INDEX login_link_by_subscriber ON login_link (subscriber_id);
CREATE INDEX login_link_by_expiry ON login_link (expires_at);
