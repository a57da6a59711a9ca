// leakcheck.mjs: the command that reads a site as nobody: silent about a site that keeps its words, loud about one that does not.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import http from 'node:http';
import { after, before, test } from 'node:test';
import { Site, root } from './lib/site.mjs';

let site, front, frontUrl, secret, leaks = {};

// A site in front of the site, which gives away what leaks says: path → (answer) => answer.
function startFront() {
	front = http.createServer(async (req, res) => {
		const given = await site.get(req.url);
		const headers = Object.fromEntries(Object.entries(given.headers).filter(([name]) => !/^(connection|transfer-encoding|content-length|keep-alive)$/.test(name)));
		const answer = { status: given.status, headers, body: given.body, text: given.text };

		leaks[req.url]?.(answer, req);
		res.writeHead(answer.status, answer.headers).end(answer.body);
	});
	return new Promise((done) => { front.listen(0, '127.0.0.1', () => { frontUrl = `http://127.0.0.1:${front.address().port}`; done(); }); });
}

before(async () => {
	site = await Site.start();
	const words = 'Un mot puis un autre, et encore un mot pour faire le compte. '.repeat(30);
	await writeFile(site.in('secret.png'), readFileSync(`${root}/demo/articles/images/secretaire.png`));
	await writeFile(site.in('image.md'), `---\ntitle: Image\nsection: innovation\npublished: 2024-11-15\n---\n${words}\n\n![Payée](secret.png)\n`);
	await site.must('article', 'import', site.in('image.md'));
	const [{ markdown }] = await site.sql("SELECT markdown FROM article_body JOIN article ON article.id = article_id WHERE slug = 'paye'");
	secret = markdown.trim().split('\n').at(-3).split(' ').slice(2, 14).join(' ');
	await startFront();
});
after(() => { front?.close(); front?.closeAllConnections(); return site?.stop(); });

const check = async (...args) => {
	const r = await site.poterne('leakcheck', ...args);
	return { ...r, rows: args.includes('--json') ? JSON.parse(r.stdout) : undefined };
};

test('LK1_a_site_that_keeps_its_words_passes', async () => {
	const r = await check(site.url);

	assert.equal(r.code, 0, r.stdout + r.stderr);
	const [, read, unread, passages, found] = /^(\d+) addresses read, (\d+) not; (\d+) paid passages looked for, (\d+) leaks$/m.exec(r.stdout).map(Number);
	assert.ok(read > 80 && passages > 300, r.stdout);
	assert.deepEqual([unread, found], [0, 0]);
});

const escape = (text) => text.replace(/&/g, '&amp;').replace(/</g, '&lt;');
const given = [
	['LK1_in_a_comment', '/', 'body', (a) => { a.body = a.text.replace('</main>', `<!-- ${secret} --></main>`); }],
	['LK2_in_an_attribute', '/tag/essais', 'body', (a) => { a.body = a.text.replace('<main', `<main data-rest="${secret.replace(/[a-z]/g, (c) => c.toUpperCase())}"`); }],
	['LK3_in_a_feed_as_escaped_html', '/feed.atom', 'body', (a) => { a.body = a.text.replace('</title>', `</title><content type="html">${escape(`<p>${secret.replace(/é/g, '&#233;').replace(/ /, '\u202f')}</p>`)}</content>`); }],
	['LK3_in_json', '/feed.json', 'body', (a) => { a.body = JSON.stringify({ content_html: `<p>${secret}\n</p>` }).replace(/é/g, '\\u00e9'); }],
	['LK3_at_an_address_that_nothing_leads_to', '/innovation/paye?print=1', 'body', (a) => { a.body = `<p>${secret}</p>`; }],
	['LK2_in_a_header', '/service', 'header', (a) => { a.headers['X-Note'] = Buffer.from(secret).toString('latin1'); }],
	['LK16_for_a_search_engine', '/innovation/paye', 'body', (a, req) => { if (/Googlebot/.test(req.headers['user-agent'])) a.body = `<p>${secret}</p>`; }],
];
const once = (make) => { let kept; return () => kept ??= make(); };
const leaky = once(() => { leaks = Object.fromEntries(given.map(([, path, , leak]) => [path, leak])); return check(frontUrl, '--json'); });

for (const [name, path, where] of given)
	test(`${name}_is_found`, async () => {
		const { code, rows } = await leaky();
		const found = rows.filter((row) => row.url === frontUrl + path);

		assert.equal(code, 1);
		assert.equal(rows.length, given.length, JSON.stringify(rows));
		assert.deepEqual(found.map((row) => [row.where, row.article, row.words.split(' ').length]), [[where, '/innovation/paye', 5]]);
	});

test('LK7_an_image_of_the_paid_part_is_found', async () => {
	const [{ name }] = await site.sql('SELECT name FROM article_media WHERE gated = 1');

	leaks = { [`/media/${name}`]: (a) => { a.status = 200; a.headers = { 'content-type': 'image/png' }; } };
	const { code, rows } = await check(frontUrl, '--json');
	assert.equal(code, 1);
	assert.deepEqual(rows.map((r) => [r.where, r.article]), [['image', name]]);
});

test('what_could_not_be_read_is_no_pass', async () => {
	leaks = { '/innovation': (a) => { a.status = 503; } };
	const r = await check(frontUrl);
	assert.equal(r.code, 1);
	assert.match(r.stderr, /\/innovation answered 503/);
	assert.match(r.stdout, / 1 not; /);
	leaks = {};
	const few = await check('--max', '5', frontUrl);
	assert.equal(few.code, 1);
	assert.match(few.stderr, /more addresses than --max/);
	const away = await check('http://127.0.0.1:1');
	assert.equal(away.code, 1);
	assert.match(away.stderr, /cannot be read/);
	for (const args of [[], ['ftp://x'], ['http://'], ['--max', 'x', site.url]]) assert.equal((await check(...args)).code, 64, args.join(' '));
});
