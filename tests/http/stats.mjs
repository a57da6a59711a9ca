// stats.mjs: sums about articles, nothing about people (AU, F4, F6).
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { Site } from './lib/site.mjs';

let site, member;
before(async () => {
	site = await Site.start();
	member = await site.signIn('member@example.org', { plan: 'integral' });
});
after(() => site?.stop());

const counted = async (kind) => (await site.sql(`SELECT COALESCE(SUM(n), 0) AS n FROM counter WHERE kind = '${kind}'`))[0].n;

test('AU1_F4_views_and_walls_are_counted_as_sums', async () => {
	// Past nginx: what its second-long copies answer is not counted.
	for (let i = 0; i < 3; i++) await site.fastcgi({ REQUEST_URI: '/innovation/paye' });
	await site.fastcgi({ REQUEST_URI: '/innovation/inscrit' });
	await site.fastcgi({ REQUEST_URI: '/innovation/paye', HTTP_COOKIE: member });
	await site.until('the sums', async () => (await counted('wall')) === 4 && (await counted('full')) === 1);
	const columns = await site.sql("SELECT name FROM pragma_table_info('counter')");
	assert.deepEqual(columns.map((c) => c.name), ['day', 'kind', 'article_id', 'n'], 'AU1: no key of a person');
});

test('F6_visitors_from_search_are_told_apart', async () => {
	await site.fastcgi({ REQUEST_URI: '/innovation/paye', HTTP_REFERER: 'https://www.google.fr/' });
	await site.fastcgi({ REQUEST_URI: '/innovation/paye', HTTP_REFERER: 'https://example.org/?u=https://www.google.fr/' });
	await site.until('the sum', async () => (await counted('wall_search')) === 1);
	const rows = JSON.parse(await site.must('stats', '--json'));
	assert.equal(rows[0].wall_from_search, 1);
	assert.match(await site.must('stats'), /░/);
	assert.match(await site.must('stats', '--articles', '5'), /\/innovation\/paye/);
});

test('AU3_a_browser_that_objects_is_not_counted', async () => {
	const before = await counted('wall');

	await site.fastcgi({ REQUEST_URI: '/innovation/pro', HTTP_SEC_GPC: '1' });
	await site.fastcgi({ REQUEST_URI: '/innovation/pro', HTTP_DNT: '1' });
	await site.fastcgi({ REQUEST_URI: '/innovation/compteur' });
	await site.until('the other', async () => (await counted('wall')) > before);
	assert.equal((await site.sql("SELECT COUNT(*) AS n FROM counter c JOIN article a ON a.id = c.article_id WHERE a.slug = 'pro'"))[0].n, 0);
});

test('AU6_reading_sets_no_cookie', async () => {
	for (const path of ['/', '/innovation', '/innovation/paye', '/privacy']) assert.equal((await site.get(path)).headers['set-cookie'], undefined);
});

test('AU5_sums_go_after_25_months', async () => {
	await site.sql("INSERT INTO counter (day, kind, n) VALUES (20220101, 'sign_in', 1)");
	await site.must('work', '--once');
	assert.equal((await site.sql('SELECT COUNT(*) AS n FROM counter WHERE day = 20220101'))[0].n, 0);
});

test('AD1_figures_are_for_staff_alone', async () => {
	assert.equal((await site.get('/stats')).status, 404);
	assert.equal((await site.get('/stats', { cookie: member })).status, 404);
	await site.must('staff', 'add', 'member@example.org');
	const page = await site.get('/stats', { cookie: member });
	assert.equal(page.status, 200);
	assert.match(page.headers['cache-control'], /no-store/);
	assert.match(page.text, /<svg[^>]*role="img"/);
	assert.match(page.text, /Un article payé/);
	for (const path of ['/stats/', '/Stats', '//stats', '/%73tats']) assert.ok([301, 404].includes((await site.get(path)).status), path);
	await site.must('staff', 'remove', 'member@example.org');
	assert.equal((await site.get('/stats', { cookie: member })).status, 404);
});
