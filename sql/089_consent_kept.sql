-- A proof of consent is kept while the consent lasts and for five years more, as the notice beside the form says. Then its row
-- is emptied, not taken out: what stays is a moment, a kind of step and two hashes, which hold the chain together and say
-- nothing of anybody, not even to whoever has the address and the keys.

-- Rows of before this have neither; they stay as they are.
ALTER TABLE consent ADD COLUMN salt TEXT NOT NULL DEFAULT '';    -- random, so that an emptied row cannot be tried for an address
ALTER TABLE consent ADD COLUMN content TEXT NOT NULL DEFAULT ''; -- BLAKE2b-256 of salt, person, purpose, method, form, notice_hash;
                                                                 -- hash is then of previous, at, action, content

DROP TRIGGER consent_stays;

CREATE TRIGGER consent_stays BEFORE UPDATE ON consent
	WHEN (NEW.id, NEW.at, NEW.action, NEW.previous, NEW.hash, NEW.content,
			NEW.salt, NEW.person, NEW.purpose, NEW.method, NEW.form, NEW.notice_hash)
			IS NOT (OLD.id, OLD.at, OLD.action, OLD.previous, OLD.hash, OLD.content, '', '', '', '', '', '')
		OR OLD.content = '' OR OLD.at > unixepoch() - 157766400
BEGIN
	SELECT RAISE(ABORT, 'consent: a proof is never changed; the worker empties it five years after the consent ended');
END;

CREATE INDEX consent_by_age ON consent (at) WHERE person <> '';
