// below.mjs: pages that memory has no room for come back from disk, and are as exact there.
import assert from 'node:assert/strict';
import { readdir } from 'node:fs/promises';
import { after, before, test } from 'node:test';
import { Site } from './lib/site.mjs';

const count = 250;
let site, cookie;

const where = (i) => `/innovation/long-${i}`;
const secret = (answer) => /CANARI long-\d+ \w+/.exec(answer.text)?.[0];
const visit = (i, reader = cookie) => site.get(where(i), { cookie: reader });
const returns = async () => (await site.metrics()).poterne_cache_returns_total;

before(async () => {
	site = await Site.start({ articles: [], config: { cache: { pages: '1MiB', disk: '64MiB' } } });
	cookie = await site.signIn('lectrice@exemple.fr', { plan: 'integral' });
	await site.sql(`WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ${count})
		INSERT INTO article (slug, section_id, access, title, published_at)
		SELECT 'long-' || i, (SELECT id FROM section WHERE slug = 'innovation'), 'subscriber', 'Long ' || i, 1700000000 FROM n;
		INSERT INTO article_body (article_id, markdown)
		SELECT id, 'Début.' || char(10, 10) || 'CANARI ' || slug || ' x' || hex(randomblob(3000)) FROM article WHERE slug LIKE 'long-%';`);
	await site.until('all articles are rendered', async () => (await site.sql('SELECT count(*) n FROM article_body WHERE stale OR html IS NULL'))[0].n === 0, 30000);
	await site.until('the last of them', async () => (await visit(count)).text.includes(`CANARI long-${count} `));
});
after(() => site?.stop());

test('LK17_a_page_that_left_memory_comes_back_from_a_file_without_a_name', async () => {
	const first = new Map();
	for (let i = 1; i <= count; i++)
		first.set(i, secret(await visit(i)));
	await site.until('pages return', async () => {
		for (let i = 1; i <= count; i++)
			assert.equal(secret(await visit(i)), first.get(i));
		return await returns() > 50;
	});
	assert.ok((await site.metrics()).poterne_cache_disk_bytes > 0);
	assert.deepEqual((await readdir(site.in('var'), { recursive: true }).catch(() => readdir(site.folder))).filter((name) => /pages/.test(name)), []);
	assert.doesNotMatch((await site.get(where(1))).text, /CANARI/);
});

test('LK17_on_disk_a_withdrawal_an_edit_and_a_closed_door_are_exact', async () => {
	await site.sql(`UPDATE article SET withdrawn_at = unixepoch() WHERE slug = 'long-3';
		UPDATE article SET title = 'Neuf' WHERE slug = 'long-4';
		UPDATE article SET access = 'public' WHERE slug = 'long-5';`);
	await site.until('the withdrawal', async () => (await visit(3)).status === 410);
	await site.until('the title', async () => /<h1[^>]*>[^<]*Neuf/.test((await visit(4)).text));
	await site.until('the open door', async () => /CANARI long-5 /.test((await site.get(where(5))).text));
	await site.sql("UPDATE article SET access = 'subscriber' WHERE slug = 'long-5'");
	await site.until('the closed door', async () => !/CANARI/.test((await site.get(where(5))).text));
	for (let i = 10; i <= count; i++) // whatever is in memory goes, and what was withdrawn stays away
		await visit(i);
	assert.equal((await visit(3)).status, 410);
	assert.match((await visit(4)).text, /<h1[^>]*>[^<]*Neuf/);
	assert.doesNotMatch((await site.get(where(5))).text, /CANARI/);
	await site.sql("UPDATE subscription SET ended_at = unixepoch(), ended_reason = 'refund' WHERE ended_at IS NULL");
	await site.until('the end of the period', async () => !/CANARI/.test((await visit(7)).text));
	for (let i = 10; i <= 60; i++)
		assert.doesNotMatch((await visit(i)).text, /CANARI/);
});
