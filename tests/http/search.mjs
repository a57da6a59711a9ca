// search.mjs: what is found by whom, and what typing anything may cause (LK4, DB1, LK20).
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { Site } from './lib/site.mjs';

let site, member, expired;
const find = (q, options) => site.get(`/search?q=${encodeURIComponent(q)}`, options);
const links = (text) => [...text.matchAll(/<h3><a href="([^"]+)"/g)].map((m) => m[1]);
before(async () => {
	site = await Site.start();
	member = await site.signIn('member@example.org', { plan: 'integral' });
	expired = await site.signIn('expired@example.org', { plan: 'integral', from: 'unixepoch() - 200', until: 'unixepoch() - 100' });
	await site.sql(`INSERT INTO article (slug, section_id, access, title, standfirst, published_at)
		SELECT 'mots', id, 'public', 'Le journal d’une œuvre', 'Un été de réformes, des chevaux', unixepoch() - 60 FROM section WHERE slug = 'innovation';
		INSERT INTO article_body (article_id, markdown) SELECT id, 'Un début.' || char(10, 10) || 'Le tramway <b>& son</b> dépôt.' || char(10, 10) || 'Une suite un peu plus longue, que personne ne lit ici.' FROM article WHERE slug = 'mots';`);
	await site.until('all is indexed', async () => (await site.sql('SELECT 1 FROM search_entry e JOIN article a ON a.id = e.article_id WHERE a.slug = \'mots\'')).length === 1
		&& (await site.sql('SELECT sweeping FROM search_state'))[0].sweeping === 0);
});
after(() => site?.stop());

test('search_finds_French_words_in_any_spelling', async () => {
	for (const word of ['journaux', 'JOURNAL', 'oeuvre', 'œuvres', 'ete', 'été', 'reforme', 'cheval', 'l’œuvre', 'ete+journal'])
		assert.ok(links((await find(word)).text).includes('/innovation/mots'), word);
	const { text } = await find('journaux');
	assert.match(text, /Le <mark>journal<\/mark> d’une œuvre/);
	assert.match(text, /<meta name="robots" content="noindex">/);
});

test('LK4_a_hidden_word_finds_nothing_and_looks_like_a_nonsense_word', async () => {
	for (const cookie of [undefined, expired])
		for (const word of ['CANARIPAYE', 'CANARIPRO', 'CANARICOMPTEUR']) {
			const hidden = await find(word, { cookie });
			const nonsense = await find('ZQXWVBNMKJHGFDSPTR'.slice(0, word.length), { cookie });
			assert.equal(links(hidden.text).length, 0, word);
			assert.equal(hidden.body.length, nonsense.body.length, word);
		}
});

test('LK4_the_whole_text_is_searched_for_who_may_read_it', async () => {
	const [{ html }] = await site.sql("SELECT html FROM article_body JOIN article ON id = article_id WHERE slug = 'paye'");
	const word = /CANARI\w+/.exec(html)[0];
	const r = await find(word, { cookie: member });

	assert.ok(links(r.text).includes('/innovation/paye'), r.text);
	assert.match(r.text, new RegExp(`<mark>${word}</mark>`));
	assert.match(r.headers['cache-control'], /private/);
	assert.equal(r.headers['content-encoding'], undefined);
	// Of an article that asks for another plan nothing hidden is found.
	const [{ html: other }] = await site.sql("SELECT html FROM article_body JOIN article ON id = article_id WHERE slug = 'pro'");
	assert.deepEqual(links((await find(/CANARI\w+/.exec(other)[0], { cookie: member })).text).filter((l) => l.endsWith('/pro')), []);
});

test('LK4_after_expiry_the_whole_text_is_closed_within_a_second', async () => {
	const cookie = await site.signIn('leaver@example.org', { plan: 'integral' });
	const [{ html }] = await site.sql("SELECT html FROM article_body JOIN article ON id = article_id WHERE slug = 'paye'");
	const word = /CANARI\w+/.exec(html)[0];

	assert.equal(links((await find(word, { cookie })).text).length, 1);
	await site.sql("UPDATE subscription SET ended_at = unixepoch(), ended_reason = 'test' WHERE subscriber_id = (SELECT id FROM subscriber WHERE email = 'leaver@example.org')");
	await site.until('nothing found', async () => links((await find(word, { cookie })).text).length === 0, 1000);
});

test('LK4_a_teaser_made_shorter_hides_its_words', async () => {
	const found = async () => links((await find('tramway')).text).includes('/innovation/mots');

	await site.sql("UPDATE article SET access = 'subscriber', teaser_limit = '2 paragraphs' WHERE slug = 'mots'");
	await site.until('found', found);
	await site.sql("UPDATE article SET teaser_limit = '1 paragraph' WHERE slug = 'mots'");
	await site.until('hidden', async () => !await found());
});

test('DB1_nothing_typed_is_a_fault', async () => {
	const odd = ['"', '""', 'AND', 'a AND', 'NEAR(', 'NEAR(a b, 3)', '*', 'journal*', '^journal', 'title:journal', '-journal', '('.repeat(2000), '%00', "' OR 1=1 --",
		'é'.repeat(500), '\u0301', '🚲', '<script>alert(1)</script>', '{a b} : c', 'a'.repeat(5000), 'mots\tmots', 'NOT NOT', '+', '\\'];

	for (const q of odd) {
		const r = await find(q);
		assert.ok(r.status < 500, `${q.slice(0, 20)}: ${r.status}`);
		assert.doesNotMatch(r.text, /<script>alert/);
	}
	for (const path of ['/search', '/search?q=', '/search?q=%ff', '/search?q=a&page=0', '/search?q=a&page=99999', '/search?q=a&page=x', '/search?x=1', '/search?q=a&q=b'])
		assert.ok((await site.get(path)).status < 500, path);
	let seed = 11;
	const random = (n) => { seed = (seed * 1103515245 + 12345) & 0x7fffffff; return seed % n; };
	const parts = ['"', "'", 'AND ', 'OR ', 'NOT ', 'NEAR(', '(', ')', '*', ':', '^', '-', '+', 'journal', 'é', '%', '\\', '{', '}', ',', '🚲', '\u0301'];
	for (let i = 0; i < 500; i++) {
		const q = Array.from({ length: 1 + random(12) }, () => parts[random(parts.length)]).join('');
		const r = await site.fastcgi({ REQUEST_URI: `/search?q=${encodeURIComponent(q)}`, QUERY_STRING: '' });
		assert.ok(r.status < 500, q);
	}
});

test('LK5_parameters_that_nobody_offers_change_nothing', async () => {
	const plain = (await find('journal')).text;

	for (const extra of ['&fields=html', '&include=body', '&filter=access:subscriber', '&order=html', '&full=1'])
		assert.equal((await site.get(`/search?q=journal${extra}`)).text, plain, extra);
});

test('suggestions_come_without_script_and_from_titles', async () => {
	assert.match((await find('jurnal')).text, /href="\/search\?q=journal"/);
	assert.match((await find('journ')).text, /href="\/search\?q=journal"/);
});

test('opensearch_is_announced_and_well_formed', async () => {
	assert.match((await site.get('/')).text, /<link rel="search" type="application\/opensearchdescription\+xml" [^>]*href="\/opensearch.xml">/);
	const r = await site.get('/opensearch.xml');
	assert.match(r.headers['content-type'], /opensearchdescription\+xml/);
	assert.ok(r.text.includes(`template="${site.url}/search?q={searchTerms}"`));
});

test('related_articles_are_those_made_at_publish', async () => {
	await site.sql("INSERT INTO tag (slug, name) VALUES ('velo', 'vélo'); INSERT INTO article_tag (article_id, tag_id) SELECT a.id, t.id FROM article a, tag t WHERE t.slug = 'velo' AND a.slug IN ('mots', 'pro')");
	await site.until('both lists', async () => (await site.sql("SELECT 1 FROM article_related r JOIN article a ON a.id = r.article_id JOIN article b ON b.id = r.related_id WHERE r.position = 1 AND a.slug IN ('mots', 'pro') AND b.slug IN ('mots', 'pro')")).length === 2);
	await site.until('on the page', async () => /Cards?|\/innovation\/pro"/.test((await site.get('/innovation/mots')).text));
});
