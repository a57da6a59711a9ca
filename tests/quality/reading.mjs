// reading.mjs: what other programs make of the publication: feed readers from npm, and Mozilla's Readability, which is what
// the reading view of Firefox shows.
import assert from 'node:assert/strict';
import path from 'node:path';
import { Readable } from 'node:stream';
import { after, before, test } from 'node:test';
import { Readability } from '@mozilla/readability';
import FeedParser from 'feedparser';
import { JSDOM } from 'jsdom';
import RssParser from 'rss-parser';
import { run } from '../http/lib/program.mjs';
import { root } from '../http/lib/site.mjs';
import { Publication } from './lib/publication.mjs';

let p;
const feeds = ['', '/innovation', '/author/maelle-corvennec', '/tag/ruralite'];

before(async () => { p = await Publication.start(); });
after(() => p?.stop());

const parse = (text) => new Promise((resolve, reject) => {
	const parser = new FeedParser({ addmeta: false }), items = [];
	parser.on('error', reject);
	parser.on('readable', () => { for (let item = parser.read(); item; item = parser.read()) items.push(item); });
	parser.on('end', () => resolve({ meta: parser.meta, items }));
	Readable.from([text]).pipe(parser);
});

test('every_Atom_feed_is_valid_and_two_feed_readers_read_it', async () => {
	for (const folder of [...feeds, p.feeds[0], p.expiredFeeds[0]]) {
		const at = folder.endsWith('.atom') ? folder : `${folder}/feed.atom`, { text } = await p.site.get(at);
		const checked = await run('xmllint', ['--noout', '--nonet', '--relaxng', path.join(root, 'tests/http/schema/atom.rng'), '-'], { input: text });
		assert.equal(checked.code, 0, `${at}: ${checked.stderr}`);
		const { meta, items } = await parse(text), other = await new RssParser().parseString(text);
		assert.equal(meta['#type'], 'atom');
		assert.equal(meta['#version'], '1.0');
		assert.ok(meta.title && meta.link.startsWith(p.site.url), at);
		if (!folder.startsWith('/feed/')) assert.equal(meta.xmlurl, p.site.url + at);
		assert.ok(items.length > 0, at);
		assert.equal(other.items.length, items.length);
		assert.equal(new Set(items.map((i) => i.guid)).size, items.length, 'ids are different');
		for (const [i, item] of items.entries()) {
			assert.ok(item.title && item.link.startsWith(p.site.url) && item.description, `${at}: ${item.title}`);
			assert.ok(item.pubDate instanceof Date && !Number.isNaN(item.pubDate.valueOf()), item.title);
			assert.equal(other.items[i].title, item.title);
			assert.equal(other.items[i].link, item.link);
		}
	}
});

test('after_expiry_a_private_feed_holds_teasers_and_one_entry_about_renewing', async () => {
	const { items } = await parse((await p.site.get(p.expiredFeeds[0])).text), renewal = items.filter((i) => /\/subscribe/.test(i.link));

	assert.equal(renewal.length, 1, items.map((i) => i.link).join('\n'));
	assert.equal(items[0].link, renewal[0].link, 'the first that a reader sees');
});

// jsonfeed.org/version/1.1
test('every_JSON_feed_follows_its_specification', async () => {
	for (const folder of [...feeds, p.feeds[1], p.expiredFeeds[1]]) {
		const at = folder.endsWith('.json') ? folder : `${folder}/feed.json`, feed = JSON.parse((await p.site.get(at)).text), url = (s) => assert.ok(URL.canParse(s), `${at}: ${s}`);
		assert.equal(feed.version, 'https://jsonfeed.org/version/1.1');
		assert.equal(typeof feed.title, 'string');
		for (const key of ['home_page_url', 'feed_url', 'next_url', 'icon', 'favicon']) if (feed[key] !== undefined) url(feed[key]);
		if (!folder.startsWith('/feed/')) assert.equal(feed.feed_url, p.site.url + at);
		assert.ok(Array.isArray(feed.items) && feed.items.length > 0);
		assert.equal(new Set(feed.items.map((i) => i.id)).size, feed.items.length);
		for (const item of feed.items) {
			assert.equal(typeof item.id, 'string');
			assert.ok(typeof item.content_html === 'string' || typeof item.content_text === 'string', item.id);
			for (const key of ['url', 'external_url', 'image', 'banner_image']) if (item[key] !== undefined) url(item[key]);
			for (const key of ['date_published', 'date_modified']) if (item[key] !== undefined) assert.match(item[key], /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(Z|[+-]\d\d:\d\d)$/);
			for (const author of item.authors ?? []) assert.ok(author.name || author.url || author.avatar);
			assert.ok((item.tags ?? []).every((t) => typeof t === 'string'));
			assert.equal(item.author, undefined, 'of version 1');
		}
	}
});

test('pages_announce_their_feeds', async () => {
	for (const folder of feeds) {
		const { document } = new JSDOM((await p.site.get(folder || '/')).text).window;
		for (const [type, ending] of [['application/atom+xml', 'atom'], ['application/feed+json', 'json']])
			assert.ok(document.querySelector(`link[rel=alternate][type="${type}"][href="${folder}/feed.${ending}"]`), `${folder || '/'}: ${type}`);
	}
});

test('Readability_extracts_title_byline_date_and_teaser', async () => {
	for (const one of p.pages.filter((page) => page.name.startsWith('article_'))) {
		const { text } = await p.site.get(one.path, { cookie: p.cookies[one.who] }), name = `${one.name} as ${one.who}`;
		const { document } = new JSDOM(text, { url: p.site.url + one.path }).window;
		const shown = { title: document.querySelector('h1').textContent, bylines: [...document.querySelectorAll('.bylines a')].map((a) => a.textContent),
			published: document.querySelector('meta[property="article:published_time"]').content, paragraphs: [...document.querySelectorAll('.body > p')].map((e) => e.textContent.trim()) };
		const read = new Readability(document).parse();
		assert.ok(read, name);
		assert.equal(read.title, shown.title, name);
		for (const who of shown.bylines) assert.ok(read.byline.includes(who), `${name}: ${read.byline}`);
		assert.equal(read.publishedTime, shown.published, name);
		assert.equal(read.lang, 'fr');
		const extracted = read.textContent.replace(/\s+/g, ' ');
		for (const paragraph of shown.paragraphs) assert.ok(extracted.includes(paragraph.replace(/\s+/g, ' ')), `${name}: ${paragraph.slice(0, 60)}`);
		assert.doesNotMatch(extracted, /CNIL|S’abonner/, `${name}: neither forms nor menus`);
	}
});
