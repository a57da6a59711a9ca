// starved.mjs: allocations fail, more and more of them: requests are answered 503, nothing leaks, nothing ends (FT19).
import assert from 'node:assert/strict';
import fs from 'node:fs/promises';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { run } from './lib/program.mjs';
import { Site, build, root } from './lib/site.mjs';

const skip = process.env.SANITIZED ? 'sanitizers bring an allocator of their own' : false;
let site, cookie, file;

async function starve(every) {
	const at = Buffer.alloc(4);

	at.writeUInt32LE(every);
	const handle = await fs.open(file, 'r+');
	await handle.write(at, 0, 4, 0);
	await handle.close();
}

before(async () => {
	if (skip) return;
	const library = path.join(build, 'tools/starve.so');
	const made = await run('make', ['-s', `BUILD=${build}`, library], { cwd: root });
	assert.equal(made.code, 0, made.stderr);
	site = await Site.start({ serve: false, forms: 100 });
	file = site.in('starve');
	await fs.writeFile(file, Buffer.alloc(4096));
	site.options.wrap = ['env', `LD_PRELOAD=${library}`, `STARVE=${file}`];
	cookie = await site.signIn('member@example.org', { plan: 'integral' });
	await site.startAll();
});
after(async () => {
	if (skip) return;
	await starve(0).catch(() => {});
	await site?.stop();
});

const open = ['/', '/innovation', '/innovation/libre', '/innovation/paye', '/innovation/compteur', '/author/la-redaction', '/tag/essais', '/privacy', '/legal',
	'/accessibility', '/login', '/subscribe', '/newsletter', '/search?q=article', '/feed.atom', '/feed.json', '/innovation/feed.atom', '/sitemap.xml',
	'/sitemap/1.xml', '/sitemap-news.xml', '/robots.txt', '/.well-known/security.txt', '/manifest.webmanifest', '/nope', '/gift/x', '/metrics', '/healthz'];
const own = ['/', '/innovation/paye', '/account', '/account/access', '/account/devices', '/account/newsletters', '/account/data', '/account/feeds', '/search?q=article'];
const forms = [['/login', { email: 'somebody@example.org', action: 'link' }], ['/free-read', { article: '/innovation/compteur' }],
	['/newsletter', { email: 'somebody@example.org', list: 'la-lettre', consent: '1' }], ['/gift', { article: '/innovation/paye' }]];

// A page from the cache asks for no memory: what was cached goes first.
async function forget() {
	const seen = site.log.match(/event=reloaded/g)?.length ?? 0;

	site.signal('SIGHUP');
	await site.until('a reload', () => (site.log.match(/event=reloaded/g)?.length ?? 0) > seen);
}

test('FT19_allocations_fail_requests_are_refused_the_daemon_lives', { skip }, async () => {
	const statuses = new Map();
	const ask = async (what, asked) => {
		const r = await asked;

		statuses.set(r.status, (statuses.get(r.status) ?? 0) + 1);
		assert.ok([200, 303, 302, 301, 304, 400, 401, 403, 404, 405, 410, 413, 422, 429, 500, 502, 503].includes(r.status), `${what}: ${r.status}`);
		assert.ok(site.daemon.running, `${what} ended the daemon: ${site.log.slice(-2000)}`);
		return r;
	};

	// What threads work with, connections above all, is made once: by enough requests at once that each thread has its own.
	await Promise.all(Array.from({ length: 24 }, (_, i) => (i % 2 ? site.get(`/innovation/libre?${i}`) : site.post('/login', { email: `n${i}@example.org`, action: 'link' }))));
	for (const every of [997, 499, 251, 127, 61, 31, 17, 11, 7, 5, 3, 2, 1]) {
		await starve(0);
		await forget();
		await starve(every);
		for (const p of open) assert.doesNotMatch((await ask(`${p} ${every}`, site.get(p))).text, /CANARI/, p);
		for (const p of own) await ask(`${p} as a member ${every}`, site.get(p, { cookie }));
		for (const [p, fields] of forms) for (const as of [undefined, cookie]) await ask(`POST ${p} ${every}`, site.post(p, fields, { cookie: as, once: true }));
	}
	assert.ok(statuses.get(503) > 20, `few were refused: ${[...statuses].join(' ')}`);
	await starve(0);
	await forget();
	for (const p of open.slice(0, 6)) await site.until(`${p} again`, async () => (await site.get(p)).status === 200);
	assert.match((await site.get('/innovation/paye', { cookie })).text, /CANARI/);
	assert.equal((await site.must('check')).trim(), 'nothing is wrong');
});
