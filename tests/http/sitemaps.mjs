// sitemaps.mjs: an archive beyond what one sitemap may hold, and the small files that robots look for (NS3, sitemaps.org, RFC 9116).
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { run } from './lib/program.mjs';
import { Site } from './lib/site.mjs';

const many = 50100;
let site;
before(async () => {
	site = await Site.start({ serve: false, config: { site: { contact: 'bonjour@leperron.example' } } });
	// Rendered and indexed already, as far as the daemon knows; what looks at each row stands aside.
	const triggers = await site.sql("SELECT name, sql FROM sqlite_master WHERE type = 'trigger' AND tbl_name = 'article'");
	await site.sql(`${triggers.map((t) => `DROP TRIGGER "${t.name}";`).join('')}
		WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ${many})
		INSERT INTO article (slug, section_id, access, published_at, rendered_at, rendered_hash, title, title_shown)
		SELECT 'a-' || i, (SELECT id FROM section WHERE slug = 'service'), 'subscriber', 1500000000 + i, 1, 'h', 't', 't' FROM n;
		${triggers.map((t) => `${t.sql};`).join('\n')}
		DELETE FROM search_state;
		INSERT INTO search_state (id, version, change_id, swept_id, sweeping) SELECT 1, '3', coalesce(max(id), 0), 0, 0 FROM change_log;`);
	await site.startAll();
});
after(() => site?.stop());

const entries = (text, name) => [...text.matchAll(new RegExp(`<${name}><loc>([^<]*)</loc>(?:<lastmod>([^<]*)</lastmod>)?`, 'g'))];

test('above_50000_there_is_an_index_and_each_article_is_in_one_part', async () => {
	const index = await site.get('/sitemap.xml'), seen = new Set();
	let listed = 0;

	assert.equal(index.status, 200);
	assert.match(index.text, /<sitemapindex xmlns="http:\/\/www\.sitemaps\.org\/schemas\/sitemap\/0\.9">/);
	const parts = entries(index.text, 'sitemap').map((m) => m[1]);
	assert.ok(parts.length >= 2);
	for (const part of parts) {
		assert.ok(part.startsWith(`${site.url}/sitemap/`), part);
		const r = await site.get(part.slice(site.url.length)), urls = entries(r.text, 'url');
		assert.equal(r.status, 200, part);
		assert.equal((await run('xmllint', ['--noout', '--nonet', '-'], { input: r.text })).code, 0, part);
		assert.ok(urls.length > 0 && urls.length <= 50000 && r.body.length < 50 * 1024 * 1024, `${part}: ${urls.length}`);
		for (const [, loc, lastmod] of urls) {
			assert.ok(!seen.has(loc), loc);
			seen.add(loc);
			if (lastmod) assert.ok(!Number.isNaN(Date.parse(lastmod)), lastmod);
			if (/\/service\/a-\d+$/.test(loc)) listed++;
		}
	}
	assert.equal(listed, many);
	assert.ok(seen.has(`${site.url}/innovation/paye`), 'NS3: gated articles stay');
	assert.ok(![...seen].some((loc) => /\/(gift|feed|preview|newsletter\/unsubscribe|account|login|session|brouillon|programme)(\/|$)/.test(loc)), 'NS3');
	assert.equal((await site.get(`/sitemap/${parts.length + 1}.xml`)).status, 404);
});

test('NS3_private_addresses_say_noindex', async () => {
	const member = await site.signIn('member@example.org', { plan: 'integral' }), post = { cookie: member };
	const gift = new URL((await site.post('/gift', { article: '/innovation/paye' }, post)).headers.location).pathname;
	const feed = /value="[^"]*(\/feed\/[^"]+)"/.exec((await site.post('/account/feeds', { make: '1' }, post)).text)[1];
	const preview = new URL((await site.must('article', 'preview', '--link', 'brouillon')).trim()).pathname;

	for (const path of [gift, feed, preview, `/newsletter/unsubscribe/${'A'.repeat(32)}`, `/newsletter/confirm/${'A'.repeat(43)}`, `/session/${'A'.repeat(43)}`])
		assert.match((await site.get(path)).headers['x-robots-tag'] ?? '(none)', /noindex/, path);
	const { text } = await site.get('/robots.txt');
	for (const path of ['/account', '/gift/', '/login', '/preview/', '/search?', '/session/']) assert.ok(text.includes(`Disallow: ${path}\n`), path);
	for (const path of ['/sitemap.xml', '/sitemap-news.xml']) assert.ok(text.includes(`Sitemap: ${site.url}${path}\n`), path);
});

test('security_txt_follows_RFC_9116', async () => {
	const r = await site.get('/.well-known/security.txt'), field = (name) => [...r.text.matchAll(new RegExp(`^${name}: (.*)$`, 'gm'))].map((m) => m[1]);

	assert.equal(r.status, 200);
	assert.match(r.headers['content-type'], /^text\/plain; charset=utf-8$/);
	assert.ok(field('Contact').length >= 1 && field('Contact').every((c) => /^(mailto|https|tel):/.test(c)), r.text);
	assert.equal(field('Expires').length, 1);
	const days = (Date.parse(field('Expires')[0]) - Date.now()) / 86400000;
	assert.ok(days > 0 && days < 366, `${days} days`);
	assert.ok(field('Canonical').every((c) => c === `${site.url}/.well-known/security.txt`));
});

test('manifest_and_opensearch_name_what_is_there', async () => {
	const manifest = JSON.parse((await site.get('/manifest.webmanifest')).text);

	assert.ok(manifest.name && manifest.start_url && manifest.icons.length > 0);
	for (const icon of manifest.icons) assert.equal((await site.get(icon.src)).status, 200, icon.src);
	const { text } = await site.get('/opensearch.xml'), image = /<Image[^>]*>([^<]+)</.exec(text)?.[1];
	if (image) assert.equal((await site.get(image.slice(site.url.length))).status, 200);
	assert.equal((await site.get(/template="([^"]+)"/.exec(text)[1].slice(site.url.length).replace('{searchTerms}', 'journal'))).status, 200);
});
