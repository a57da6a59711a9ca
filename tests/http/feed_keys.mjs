// feed_keys.mjs: private feeds: whole articles by a revocable address, as long as the right lasts.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { Site } from './lib/site.mjs';

const CANARY = /CANARI/;
let site, member, atom, json;
const key = async (cookie) => {
	const r = await site.post('/account/feeds', { make: '1' }, { cookie });
	assert.equal(r.status, 200, r.text);
	return [...r.text.matchAll(/value="[^"]*(\/feed\/[^"]+)"/g)].map((m) => m[1]);
};
before(async () => {
	site = await Site.start();
	member = await site.signIn('member@example.org', { plan: 'integral' });
	[atom, json] = await key(member);
});
after(() => site?.stop());

test('LK3_private_feed_needs_its_key', async () => {
	assert.match(atom, /^\/feed\/[A-Za-z0-9_-]{43}\.atom$/);
	for (const path of ['/feed/x.atom', `/feed/${'A'.repeat(43)}.atom`, atom.toLowerCase(), atom.replace('.atom', '.xml'), atom.replace('.atom', '')]) {
		const r = await site.get(path);
		assert.equal(r.status, 404, path);
		assert.doesNotMatch(r.text, CANARY);
	}
	assert.equal((await site.get('/account/feeds')).status, 303);
	const [row] = await site.sql('SELECT * FROM feed_key');
	assert.ok(!JSON.stringify(row).includes(atom.slice(6, 49)), 'the key itself is not kept');
});

test('LK3_private_feed_holds_what_the_decision_gives', async () => {
	for (const path of [atom, json]) {
		const r = await site.get(path);
		assert.equal(r.status, 200);
		assert.match(r.headers['cache-control'], /private/);
		assert.match(r.headers['x-robots-tag'], /noindex/);
		assert.match(r.text, CANARY);
		assert.equal((await site.get(path, { headers: { 'If-None-Match': r.headers.etag } })).status, 304);
	}
	const items = JSON.parse((await site.get(json)).text).items;
	const [{ html }] = await site.sql("SELECT html FROM article_body JOIN article ON id = article_id WHERE slug = 'pro'");
	assert.doesNotMatch(items.find((i) => i.url.endsWith('/pro')).content_html, new RegExp(/CANARI\w+/.exec(html)[0]), 'another plan: the teaser');
	assert.match(items.find((i) => i.url.endsWith('/paye')).content_html, CANARY);
});

test('LK17_after_expiry_teasers_and_one_renewal_entry', async () => {
	const cookie = await site.signIn('leaver@example.org', { plan: 'integral' });
	const [, own] = await key(cookie);

	assert.match((await site.get(own)).text, CANARY);
	await site.sql("UPDATE subscription SET ended_at = unixepoch(), ended_reason = 'test' WHERE subscriber_id = (SELECT id FROM subscriber WHERE email = 'leaver@example.org')");
	await site.until('teasers', async () => !/CANARI(?!INSCRIT)/.test((await site.get(own)).text), 1500);
	const { items } = JSON.parse((await site.get(own)).text);
	assert.equal(items.filter((i) => i.url === `${site.url}/subscribe`).length, 1);
	await site.signIn('leaver@example.org', { plan: 'integral' });
	await site.until('whole again', async () => CANARY.test((await site.get(own)).text));
	assert.equal(JSON.parse((await site.get(own)).text).items.filter((i) => i.url.endsWith('/subscribe')).length, 0);
});

test('a_revoked_or_blocked_key_answers_404', async () => {
	const cookie = await site.signIn('revoker@example.org', { plan: 'integral' });
	const [own] = await key(cookie);
	const [{ id }] = await site.sql('SELECT max(id) AS id FROM feed_key');

	assert.equal((await site.post('/account/feeds', { revoke: String(id) }, { cookie: member })).status, 404, 'another account’s');
	assert.equal((await site.get(own)).status, 200);
	assert.equal((await site.post('/account/feeds', { revoke: String(id) }, { cookie })).status, 303);
	assert.equal((await site.get(own)).status, 404);
	const [second] = await key(cookie);
	await site.sql("UPDATE subscriber SET blocked_at = unixepoch() WHERE email = 'revoker@example.org'");
	assert.equal((await site.get(second)).status, 404);
});

test('five_keys_are_the_most', async () => {
	const cookie = await site.signIn('collector@example.org', { plan: 'integral' });

	for (let i = 0; i < 5; i++) await key(cookie);
	assert.equal((await site.post('/account/feeds', { make: '1' }, { cookie })).status, 422);
});

test('NS3_private_addresses_are_in_no_sitemap', async () => {
	const text = (await site.get('/sitemap.xml')).text + (await site.get('/sitemap-news.xml')).text;
	assert.doesNotMatch(text, /\/(feed|gift|preview|newsletter|account|session)\//);
});
