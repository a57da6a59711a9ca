// injected.mjs: a SELECT of the paid text, tried on the connection of every public route, is refused by the database.
import assert from 'node:assert/strict';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { run } from './lib/program.mjs';
import { Site, build, root } from './lib/site.mjs';

let site;
before(async () => {
	const library = path.join(build, 'tools/inject_select.so');
	const made = await run('make', ['-s', `BUILD=${build}`, library], { cwd: root });
	assert.equal(made.code, 0, made.stderr);
	site = await Site.start({ config: { server: { threads: 1 } }, wrap: ['env', `LD_PRELOAD=${library}`, 'ASAN_OPTIONS=verify_asan_link_order=0:exitcode=99'] });
});
after(() => site?.stop());

// Only the connection that paywall asks for a body, after a full verdict, may have it (here: the public article's); a
// one-time link is looked up there too, since the public role knows no links.
test('LK1_injected_SELECT_is_refused_on_every_public_route', async () => {
	const lists = await site.sql("SELECT '/' || slug AS p FROM section UNION SELECT '/author/' || slug FROM author UNION SELECT '/tag/' || slug FROM tag UNION SELECT '/' || s.slug || '/' || a.slug FROM article a JOIN section s ON s.id = a.section_id");
	const paths = lists.map((r) => r.p).concat(['/', '/privacy', '/legal', '/accessibility', '/login', '/subscribe', '/newsletter', '/account', '/search?q=rue',
		'/feed.atom', '/feed.json', '/innovation/feed.atom', '/tag/essais/feed.json', '/author/la-redaction/feed.atom', '/sitemap.xml', '/sitemap/1.xml',
		'/sitemap-news.xml', '/robots.txt', '/.well-known/security.txt', '/manifest.webmanifest', '/healthz', '/metrics', '/gift/x', '/nope', '/a/b/c', '/old/slug']);
	const before = site.log.length;

	for (const p of paths)
		for (const method of ['GET', 'HEAD', 'POST']) {
			const r = await site.request(p, { method, body: method === 'POST' ? 'a=b' : undefined, headers: { 'Sec-Fetch-Site': 'same-origin', 'Content-Type': 'application/x-www-form-urlencoded' } });
			assert.doesNotMatch(r.text, /CANARI/, p);
		}
	const tries = [...site.log.slice(before).matchAll(/^injected (\d) rc=(\d+) beside (.*)$/gm)];
	assert.ok(tries.length >= 30, `${tries.length} attempts`);
	for (const [line, , rc, sql] of tries) if (!/login|link|^SELECT html FROM article_body/.test(sql)) assert.equal(rc, '23', `SQLITE_AUTH: ${line}`);
});

test('LK1_the_entitled_connection_would_have_given_it', async () => {
	const cookie = await site.signIn('member@example.org', { plan: 'integral' });

	assert.match((await site.get('/innovation/paye', { cookie })).text, /CANARI/);
	assert.match(site.log, /^injected 0 rc=0 beside SELECT html FROM article_body/m, 'the injector can tell the difference');
});
