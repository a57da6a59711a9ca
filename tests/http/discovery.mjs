// discovery.mjs: feeds, sitemaps, structured data: what other programs read of the site (groups G, NS; LK3).
import assert from 'node:assert/strict';
import http from 'node:http';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { run } from './lib/program.mjs';
import { Site, root } from './lib/site.mjs';

let site, hub;
const told = [];
before(async () => {
	hub = http.createServer((req, res) => {
		let body = '';
		req.on('data', (s) => { body += s; });
		req.on('end', () => { told.push(new URLSearchParams(body)); res.writeHead(204).end(); });
	});
	await new Promise((resolve) => hub.listen(0, '127.0.0.1', resolve));
	site = await Site.start({ config: { feeds: { hub: `http://127.0.0.1:${hub.address().port}/` } } });
	await site.until('the articles are there', async () => (await site.get('/innovation/paye')).status === 200);
});
after(async () => { await site?.stop(); hub?.close(); });

const xmllint = (args, input) => run('xmllint', ['--noout', '--nonet', ...args, '-'], { input });
const data = (text) => JSON.parse(/<script type="application\/ld\+json">(.*?)<\/script>/s.exec(text)[1]);

test('LK3_Atom_feeds_are_valid_by_RFC_4287', async () => {
	for (const where of ['/feed.atom', '/innovation/feed.atom']) {
		const r = await site.get(where);
		assert.match(r.headers['content-type'], /^application\/atom\+xml/);
		const checked = await xmllint(['--relaxng', path.join(root, 'tests/http/schema/atom.rng')], r.text);
		assert.equal(checked.code, 0, `${where}: ${checked.stderr}`);
		assert.match(r.text, /<entry>/);
		assert.doesNotMatch(r.text, /CANARI/);
		assert.equal((await site.get(where, { headers: { 'If-None-Match': r.headers.etag } })).status, 304);
	}
});

test('JSON_Feed_is_1_1', async () => {
	const r = await site.get('/feed.json');
	const feed = JSON.parse(r.text);

	assert.match(r.headers['content-type'], /^application\/feed\+json/);
	assert.equal(feed.version, 'https://jsonfeed.org/version/1.1');
	assert.equal(feed.feed_url, `${site.url}/feed.json`);
	for (const item of feed.items) {
		assert.ok(item.id && item.url.startsWith(site.url) && typeof item.content_html === 'string');
		assert.ok(!Number.isNaN(Date.parse(item.date_published)));
		assert.doesNotMatch(item.content_html, /CANARI/);
	}
});

test('feeds_name_the_hub_and_the_worker_tells_it', async () => {
	const r = await site.get('/feed.atom');
	assert.match(r.headers.link, /rel="hub".*rel="self"/);
	assert.match(r.text, /<link rel="hub"/);
	await site.poterne('work', '--once');
	const topics = told.map((form) => form.get('hub.url'));
	assert.ok(told.every((form) => form.get('hub.mode') === 'publish'));
	assert.ok(topics.includes(`${site.url}/feed.atom`) && topics.includes(`${site.url}/innovation/feed.json`), topics.join());
	told.length = 0;
	await site.poterne('work', '--once');
	assert.equal(told.length, 0, 'nothing has changed');
	await site.sql("UPDATE article SET label = 'Autre' WHERE slug = 'libre'");
	await site.poterne('work', '--once');
	assert.ok(told.length >= 2);
});

test('sitemaps_are_well_formed_and_hold_gated_articles_NS3', async () => {
	for (const where of ['/sitemap.xml', '/sitemap-news.xml', '/opensearch.xml'])
		assert.equal((await xmllint([], (await site.get(where)).text)).code, 0, where);
	const { text } = await site.get('/sitemap.xml');
	assert.match(text, /\/innovation\/paye</);
	assert.doesNotMatch(text, /\/(brouillon|programme)</);
});

test('NS1_NS2_news_of_two_days_only', async () => {
	const news = async () => (await site.get(`/sitemap-news.xml?${Math.random()}`)).text;

	await site.sql("UPDATE article SET published_at = unixepoch() - 47 * 3600 WHERE slug = 'paye'; UPDATE article SET published_at = unixepoch() - 49 * 3600 WHERE slug = 'pro'");
	await site.until('only the newer one', async () => /\/paye</.test(await news()) && !/\/pro</.test(await news()));
	const text = await news();
	for (const name of ['news:publication>', 'news:name>', 'news:language>', 'news:publication_date>', 'news:title>']) assert.ok(text.includes(`<${name}`), name);
	assert.ok((text.match(/<url>/g) ?? []).length <= 1000);
});

test('sitemap_of_many_articles_is_an_index_whose_parts_follow_their_articles_NS3', async () => {
	const put = (id) => `INSERT INTO article (id, slug, section_id, access, published_at, rendered_at, title, title_shown, words) VALUES (${id}, 'loin-${id}', 1, 'public', 1700000000, 1, 'Loin', 'Loin', 1);
		INSERT INTO article_body (article_id, stale, markdown, html) VALUES (${id}, 0, 'x', '<p>x</p>');`;
	const addresses = async (path) => (await site.get(`${path}?${Math.random()}`)).text.match(/(?<=<loc>)[^<]+/g);

	await site.sql(put(4001));
	const parts = await site.until('an index', async () => {
		const list = await addresses('/sitemap.xml');
		return list.length === 3 && /\/sitemap\/3\.xml$/.test(list[2]) && list;
	});
	assert.deepEqual((await addresses(new URL(parts[2]).pathname)).map((url) => new URL(url).pathname), ['/innovation/loin-4001']);
	assert.ok((await addresses(new URL(parts[0]).pathname)).some((url) => url.endsWith('/innovation/paye')));
	await site.sql(put(4002));
	await site.until('the new one', async () => (await addresses('/sitemap/3.xml')).length === 2);
	await site.sql("UPDATE article SET withdrawn_at = 1 WHERE id = 4001");
	await site.until('the other alone', async () => (await addresses('/sitemap/3.xml')).length === 1);
	assert.equal((await site.get('/sitemap/4.xml')).status, 404);
	await site.sql('DELETE FROM article WHERE id > 4000');
	await site.until('no index', async () => (await addresses('/sitemap.xml')).length > 3);
});

test('G1_G9_structured_data_of_a_gated_article', async () => {
	for (const slug of ['paye', 'inscrit', 'compteur']) {
		const { text } = await site.get(`/innovation/${slug}`);
		const d = data(text);
		assert.equal(d['@type'], 'NewsArticle');
		assert.equal(d.isAccessibleForFree, false);
		assert.equal(d.hasPart, undefined);
		assert.equal(d.articleBody, undefined);
		assert.ok(d.headline && d.mainEntityOfPage === `${site.url}/innovation/${slug}`);
		for (const key of ['datePublished', 'dateModified']) assert.match(d[key], /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d[+-]\d\d:\d\d$/);
		for (const author of d.author) assert.ok(['Person', 'Organization'].includes(author['@type']) && author.name && author.url.startsWith(site.url));
		assert.match(text, new RegExp(`<link rel="canonical" href="${site.url}/innovation/${slug}">`));
		assert.match(text, /<meta property="og:type" content="article">/);
	}
});
