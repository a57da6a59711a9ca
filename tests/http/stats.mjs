// stats.mjs: sums about articles, nothing about people (AU, F4, F6).
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { Site } from './lib/site.mjs';
import { Visitor, lastMail } from './lib/visitor.mjs';

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

// Each of what readers do, of the article that they did it for. All past nginx, which lets a client send only so many forms.
test('AU1_credits_gifts_sign_ins_accounts_offers_and_letters_are_sums', async () => {
	const of = async (kind, slug) => (await site.sql(`SELECT n FROM counter WHERE kind = '${kind}' AND article_id = ${slug ? `(SELECT id FROM article WHERE slug = '${slug}')` : 0}`))[0]?.n ?? 0;
	const reader = new Visitor(site, { from: '203.0.113.8' }), newcomer = new Visitor(site, { from: '203.0.113.9' }), friend = new Visitor(site, { from: '203.0.113.10' });

	await site.sql("INSERT INTO subscriber (email) VALUES ('ancienne@example.org')");
	assert.equal((await reader.signIn('ancienne@example.org', '/innovation/paye')).path, '/innovation/paye');
	assert.equal((await newcomer.signIn('nouvelle@example.org', '/innovation/compteur')).status, 303);
	assert.equal((await newcomer.post('/free-read', { article: '/innovation/compteur' })).status, 303);
	assert.equal((await newcomer.post('/free-read', { article: '/innovation/compteur' })).status, 303);
	await newcomer.get('/subscribe?next=/innovation/libre');
	await newcomer.get('/subscribe');
	const giver = new Visitor(site, { from: '203.0.113.11' });
	giver.jar.set('__Host-session', member.slice(member.indexOf('=') + 1));
	const { path: gift } = await giver.post('/gift', { article: '/innovation/paye' });
	assert.equal((await friend.post(gift)).path, '/innovation/paye');
	await friend.post(gift);
	const notice = /name="notice" value="([^"]*)"/.exec((await friend.get('/newsletter')).text)[1];
	await friend.post('/newsletter', { email: 'lettre@example.org', notice, consent: 'newsletter' });
	const { path: confirm } = await lastMail(site, 'lettre@example.org');
	for (let i = 0; i < 2; i++) assert.equal((await friend.post(confirm)).status, 200);
	const objector = new Visitor(site, { from: '203.0.113.12' });
	await objector.get('/subscribe?next=/innovation/libre', { HTTP_SEC_GPC: '1' });
	await site.until('all sums', async () => (await of('newsletter')) === 1);
	assert.deepEqual([await of('sign_in', 'paye'), await of('sign_in', 'compteur'), await of('account', 'compteur'), await of('account', 'paye')], [1, 1, 1, 0]);
	assert.equal(await of('credit', 'compteur'), 1, 'the second time it was open already');
	assert.deepEqual([await of('offer', 'libre'), await of('offer')], [1, 1]);
	assert.equal(await of('gift', 'paye'), 1);
	const [day] = JSON.parse(await site.must('stats', '--json'));
	assert.deepEqual([day.free_reads, day.gifts, day.offers, day.sign_ins, day.accounts, day.newsletters], [1, 1, 2, 2, 1, 1]);
	const articles = JSON.parse(await site.must('stats', '--articles', '5', '--json'));
	assert.equal(articles.find((a) => a.path === '/innovation/paye').gifts, 1);
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

test('AU3_readers_are_told_and_can_object', async () => {
	assert.match((await site.get('/privacy')).text, /Global Privacy Control/);
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
