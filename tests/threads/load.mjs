// load.mjs: the daemon under readers, members, forms, changes, reloads and restarts at once, for a few seconds. What it
// shows is what a thread sanitizer says of it: make tsan.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { Site } from '../http/lib/site.mjs';

let site;
before(async () => { site = await Site.start(); });
after(() => site?.stop());

const paths = ['/', '/innovation', '/innovation/libre', '/innovation/paye', '/innovation/pro', '/author/la-redaction', '/tag/essais', '/privacy', '/nothing-here', '/robots.txt'];

test('threads_agree_under_load', async () => {
	const member = await site.signIn('member@example.org', { plan: 'integral' });
	const good = [200, 404, 429];
	const loads = [site.load({ paths, clients: 4, good }), site.load({ paths, clients: 4, good, headers: { Cookie: member } })];
	const end = performance.now() + 12000;
	let out = 0;
	try {
		for (let i = 0; performance.now() < end || out <= 5 || loads.some((load) => load.requests <= 50); i++) {
			await site.sql(`UPDATE article SET title = 'Titre ${i}' WHERE slug = 'paye'`);
			const cookie = await site.signIn(`reader${i}@example.org`, { plan: 'integral' });
			assert.match((await site.get('/innovation/paye', { cookie })).text, /CANARIPAYE/);
			const { status } = await site.post('/logout', {}, { cookie, once: true });
			assert.ok([303, 429, 503].includes(status), `${status} for a reader who leaves`);
			if (status !== 303) continue; // nginx holds back whoever sends forms without end, a slow disk whoever writes
			out++;
			assert.doesNotMatch((await site.get('/innovation/paye', { cookie })).text, /CANARIPAYE/);
			if (i % 3 === 0) site.signal('SIGHUP');
		}
	} finally {
		for (const load of loads) {
			const { requests, failures } = await load.stop();
			assert.deepEqual(failures.slice(0, 3), [], `of ${requests}`);
		}
	}
});
