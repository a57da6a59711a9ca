// crawl.mjs: everything that can be fetched, by reader. The CANARY: words that stand in the paid part of every demo article
// alone, in its text, headings, addresses and images, in nothing that a stranger or an expired reader gets: no page, feed,
// sitemap, search, header, image (LK1 to LK9). And no link anywhere that leads nowhere.
import assert from 'node:assert/strict';
import fs from 'node:fs/promises';
import http from 'node:http';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { LinkChecker } from 'linkinator';
import { CANARY, Publication } from './lib/publication.mjs';
import { together } from './lib/workers.mjs';

const canary = new RegExp(CANARY, 'i');
let p, site;

before(async () => {
	p = await Publication.start();
	site = p.site;
	// A word that was paid for once and is free nowhere: search must not tell that it stands in the index of the whole text.
	await site.until('all is indexed', async () => (await site.sql('SELECT sweeping FROM search_state'))[0]?.sweeping === 0);
});
after(() => p?.stop());

const endings = ['', '?full=1', '?print=1', '?preview=1', '?amp=1', '/amp', '/print', '.json', '.md', '.txt', '/feed.atom', '/feed.json', ';.js', '?page=2', '?access=public', '%2f..', '?fields=html'];

// Every address that the site has or anything on it mentions, for one reader.
async function addresses(who) {
	const rows = async (sql) => (await site.sql(sql)).map((r) => r.path);
	const list = [...p.pages.filter((one) => one.who === who).map((one) => one.path), '/robots.txt', '/sitemap.xml', '/sitemap-news.xml', '/opensearch.xml', '/manifest.webmanifest',
		'/.well-known/security.txt', '/feed.atom', '/feed.json', '/llms.txt', '/oembed', '/api', '/api/articles', '/archive/2026-12', '/healthz',
		...await rows("SELECT '/author/' || slug AS path FROM author"), ...await rows("SELECT '/tag/' || slug AS path FROM tag"), ...await rows("SELECT '/' || slug AS path FROM section"),
		...await rows("SELECT '/newsletter/' || slug AS path FROM newsletter"), ...await rows("SELECT '/newsletter/' || n.slug || '/' || i.slug AS path FROM newsletter_issue i JOIN newsletter n ON n.id = i.newsletter_id"),
		...(await fs.readdir(site.in('media'), { recursive: true, withFileTypes: true })).filter((f) => f.isFile()).map((f) => `/media/${path.relative(site.in('media'), `${f.parentPath ?? f.path}/${f.name}`)}`)];
	for (const { path: article, word } of p.marked)
		for (const ending of endings) list.push(article + ending, ...(ending === '' ? [`/search?q=${word}`, `/search?q=${word.toLowerCase().slice(0, -1)}`, `/search?q=Titre+${word}`, `/media/${word.toLowerCase()}.webp`] : []));
	return list;
}

// Addresses that a text of any kind mentions: attributes, sets of images, XML, JSON, plain lines.
function mentioned(text) {
	const found = [...text.matchAll(/(?:href|src|action|content|template)="([^"]*)"|(?:srcset)="([^"]*)"|<(?:loc|uri|id|url|news:loc)>([^<]*)<|"(?:url|id|feed_url|home_page_url|next_url|image)":\s*"([^"]*)"|^Sitemap: (\S+)/gm)]
		.flatMap((m) => (m[2] ? m[2].split(',').map((s) => s.trim().split(' ')[0]) : [m[1] ?? m[3] ?? m[4] ?? m[5]])).map((s) => s.replaceAll('&amp;', '&').replaceAll('\\/', '/'));

	return found.map((s) => (s.startsWith(site.url) ? s.slice(site.url.length) || '/' : s)).filter((s) => s.startsWith('/') && !s.startsWith('//') && !s.startsWith('/static/')).map((s) => s.split('#')[0]);
}

// What this reader may have whole is no leak.
const open = (who, where) => who === 'expired' && p.marked.some((m) => m.access === 'registered' && where.startsWith(m.path));
const registered = () => p.marked.filter((m) => m.access === 'registered').map((m) => m.word.toLowerCase());

for (const who of ['anonymous', 'expired'])
	test(`LK1_LK2_LK3_LK4_LK7_LK9_a_crawl_as_${who}_meets_no_paid_word`, async () => {
		const seen = new Set(), todo = [...await addresses(who), ...(who === 'expired' ? p.expiredFeeds : [])], bad = [], types = new Map();
		const allowed = who === 'expired' ? registered() : [];

		while (todo.length > 0)
			await together(todo.splice(0), 8, async (where) => {
				if (seen.has(where) || where.startsWith('/logout')) return;
				seen.add(where);
				const r = await site.get(where, { cookie: p.cookies[who] }), type = (r.headers['content-type'] ?? '').split(';')[0];
				types.set(type, (types.get(type) ?? 0) + 1);
				// A search shows the words that were asked for; LK4 compares its answers with those to words that nobody wrote.
				const asked = where.startsWith('/search') ? new URL(where, site.url).searchParams.get('q') : null;
				const echoes = where.startsWith('/media/') && r.status === 404;
				let whole = `${JSON.stringify(r.rawHeaders)}\n${r.body.toString('latin1')}`;
				if (asked) whole = whole.replaceAll(new RegExp(`${asked.replaceAll(/\W/g, '.')}(?![a-z])`, 'gi'), '');
				for (const word of allowed) whole = whole.replaceAll(new RegExp(word, 'gi'), '');
				if (canary.test(whole) && !open(who, where) && !echoes) bad.push(`${where}: ${whole.slice(Math.max(0, whole.search(canary) - 80), whole.search(canary) + 60)}`);
				if (where.startsWith('/media/') && canary.test(where) && r.status === 200 && !allowed.some((w) => where.includes(w))) bad.push(`${where} is given away`);
				if (/html|xml|json|text\/plain/.test(type)) todo.push(...mentioned(r.text).filter((s) => !seen.has(s)));
			});
		assert.equal(bad.length, 0, bad.slice(0, 10).join('\n'));
		assert.ok(seen.size > 300, `only ${seen.size} addresses`);
		for (const type of ['text/html', 'application/atom+xml', 'application/feed+json', 'image/webp']) assert.ok(types.get(type) > 0, `${type} was met`);
	});

test('LK4_a_search_for_a_paid_word_looks_like_one_for_a_word_that_nobody_wrote', async () => {
	for (const who of ['anonymous', 'expired'])
		for (const { word, access } of p.marked) {
			if (who === 'expired' && access === 'registered') continue;
			const nonsense = `${'ZQXWKJHGFDS'.slice(0, CANARY.length)}${word.slice(CANARY.length)}`;
			const hidden = await site.get(`/search?q=${word}`, { cookie: p.cookies[who] }), other = await site.get(`/search?q=${nonsense}`, { cookie: p.cookies[who] });
			assert.equal(hidden.text.replaceAll(word, nonsense), other.text, `${word} as ${who}`);
		}
});

test('the_canary_sings_for_who_has_paid', async () => {
	let heard = 0;

	for (const { path: article, word } of p.marked) {
		const r = await site.get(article, { cookie: p.cookies.member });
		if (r.status !== 200 || !r.text.includes(word)) continue;
		heard++;
		const image = /src="(\/media\/[^"]*canari[^"]*)"/.exec(r.text)[1];
		assert.equal((await site.get(image, { cookie: p.cookies.member })).status, 200);
		assert.equal((await site.get(image)).status, 404);
	}
	assert.ok(heard >= 12, `${heard} of ${p.marked.length}`);
	const feed = await site.get(p.feeds[0]);
	assert.match(feed.text, canary);
});

// The site as that reader gets it: the link checker has no cookies of its own.
async function siteOf(cookie) {
	const server = http.createServer((req, res) => {
		const headers = { ...req.headers, host: `localhost:${site.port}`, ...(cookie && { cookie }) };
		const asked = http.request({ port: site.port, path: req.url, method: req.method, headers }, (answer) => {
			res.writeHead(answer.statusCode, answer.headers);
			answer.pipe(res);
		});

		asked.on('error', (error) => res.destroy(error));
		req.pipe(asked);
	});

	await new Promise((resolve, reject) => { server.on('error', reject).listen(0, 'localhost', resolve); });
	return server;
}

test('no_link_leads_nowhere', async () => {
	for (const who of ['anonymous', 'member']) {
		const server = await siteOf(p.cookies[who]), own = `http://localhost:${server.address().port}/`;
		const { links } = await new LinkChecker().check({ path: own, recurse: true, concurrency: 8,
			linksToSkip: async (link) => !link.startsWith(own) || /\/(logout|webhooks)/.test(link) });
		server.close();
		const broken = links.filter((link) => link.state === 'BROKEN').map((link) => `${link.status} ${link.url} on ${link.parent}`);
		assert.equal(broken.length, 0, broken.slice(0, 10).join('\n'));
		assert.ok(links.filter((link) => link.state === 'OK').length > 100, `${links.length} links`);
		assert.equal(links.some((link) => link.url === `${own}account/devices` && link.state === 'OK'), who === 'member', 'pages of the account');
	}
});
