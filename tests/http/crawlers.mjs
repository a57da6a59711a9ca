// crawlers.mjs: whole articles for search engines known by their address, and for nobody who only says so (G10–G12, LK16).
import assert from 'node:assert/strict';
import { copyFile, writeFile } from 'node:fs/promises';
import { after, before, test } from 'node:test';
import { Site } from './lib/site.mjs';

const CANARY = /CANARI/, paye = '/innovation/paye';
const agent = 'Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)';

let site, cookie;
before(async () => {
	site = await Site.start({ serve: false, config: { crawlers: { ranges_file: 'ranges.json', names: 'crawler.invalid' }, institutions: { nginx_networks: 'networks.conf' } } });
	await writeFile(site.in('ranges.json'), JSON.stringify({ prefixes: [{ ipv4Prefix: '203.0.113.0/27' }, { ipv6Prefix: '2001:db8:7::/64' }, { ipv4Prefix: '127.6.0.0/24' }] }));
	await site.startAll();
	await site.must('work', '--once');
	cookie = await site.signIn('member@example.org', { plan: 'integral' });
	await whole('203.0.113.5');
});
after(() => site?.stop());

// As nginx hands a request on: the address of the connection, and the lane that it picked by it.
const ask = (address, more = {}) => site.fastcgi({ REQUEST_URI: paye, REMOTE_ADDR: address, POTERNE_LANE: 'member', ...more });
// The answer once it is the whole article: for a second without news of changes, as on a busy machine, nobody is known by
// address, and that is meant.
const all = (answer) => site.until('the whole article', async () => { const r = await answer(); return CANARY.test(r.text) && r; });
const whole = (address) => all(() => ask(address));

test('G10_LK16_an_agent_gives_nothing_an_address_everything', async () => {
	const plain = await site.get(paye);

	for (const headers of [{ 'User-Agent': agent }, { 'User-Agent': agent, 'X-Forwarded-For': '203.0.113.5' }, { 'User-Agent': agent, From: 'googlebot(at)googlebot.com' }]) {
		const r = await site.get(paye, { headers });
		assert.equal(r.status, 200);
		assert.equal(r.text, plain.text);
	}
	for (const address of ['203.0.113.32', '198.51.100.1', '2001:db8:8::1', '', 'unix:', 'crawler'])
		assert.doesNotMatch((await ask(address, { HTTP_USER_AGENT: agent })).text, CANARY, address);
	for (const address of ['203.0.113.31', '2001:db8:7::42', '::ffff:203.0.113.1']) await whole(address);
	// in the lane whose answers nginx keeps, nobody is a search engine
	assert.doesNotMatch((await site.fastcgi({ REQUEST_URI: paye, REMOTE_ADDR: '203.0.113.5', HTTP_USER_AGENT: agent })).text, CANARY);
});

test('G11_no_copy_is_kept_and_the_gated_region_is_marked', async () => {
	const r = await whole('203.0.113.5');

	assert.match(r.headers['cache-control'], /private, no-store/);
	assert.match(r.text, /<meta name="robots" content="noarchive">/);
	assert.match(r.text, /<div class="body paywall" data-nosnippet>/);
	const ld = JSON.parse(/<script type="application\/ld\+json">(.*?)<\/script>/s.exec(r.text)[1]);
	assert.equal(ld.isAccessibleForFree, false);
	assert.equal(ld.hasPart.cssSelector, '.paywall');
	const open = await ask('203.0.113.5', { REQUEST_URI: '/innovation/libre' });
	assert.doesNotMatch(open.text, /data-nosnippet|noarchive/);
});

test('G12_the_page_is_the_one_that_readers_get', async () => {
	// what is a subscriber's own, to give the article away and to see why it is open, is no part of the article
	const body = (text) => /<article[^]*?<\/article>/.exec(text)[0].replace(/<aside class="give"[^]*?<\/aside>|<p class="article-why">.*?<\/p>/g, '');
	const reader = await site.get(paye, { cookie }), crawler = await whole('203.0.113.5');
	const head = (text) => /<head>[^]*?<\/head>/.exec(text)[0].replace(/nonce="[^"]*"/g, '');

	assert.equal(body(crawler.text).replace(/\s+/g, ' '), body(reader.text).replace(/\s+/g, ' '));
	assert.equal(head(crawler.text), head(reader.text));
});

// The worker writes the list; deploy/systemd/poterne-networks.path hands it to nginx, which reads it again.
async function followNetworks() {
	await site.must('work', '--once');
	await copyFile(site.in('networks.conf'), site.in('nginx/snippets/poterne-networks.conf'));
	site.nginx.kill('SIGHUP');
}

test('G10_G11_nginx_takes_a_crawlers_address_past_the_kept_teaser', async () => {
	const crawler = { from: '127.6.0.9' }, other = { from: '127.6.1.9', headers: { 'User-Agent': agent } };
	const reads = async (options) => CANARY.test((await site.request(paye, options)).text);

	await site.get(paye);
	assert.equal(await reads(crawler), false, 'nginx does not know it yet');
	await followNetworks();
	// The old worker of nginx may take a last connection after a reload.
	await site.until('ten whole articles in a row', async () => {
		for (let i = 0; i < 10; i++) if (!await reads(crawler)) return false;
		return true;
	});
	for (let i = 0; i < 10; i++) {
		const r = await all(() => site.request(paye, crawler));
		assert.equal(r.headers['cache-control'], 'private, no-store');
		assert.equal(r.headers['set-cookie'], undefined);
		assert.equal((await site.request(paye, { ...crawler, method: 'HEAD' })).status, 200);
		for (const options of [{}, other, { headers: { 'X-Forwarded-For': '127.6.0.9', 'User-Agent': agent } }]) {
			const plain = await site.request(paye, options);
			assert.doesNotMatch(plain.text, CANARY);
			assert.match(plain.headers['cache-control'], /^public/);
		}
	}
	assert.doesNotMatch((await site.request('/feed.atom', crawler)).text, CANARY, 'only the page itself');
});

test('F_explain_knows_crawlers', async () => {
	const explain = async (...more) => JSON.parse(await site.must('access', 'explain', '-', paye, '--json', ...more));
	const known = await explain('--ip', '203.0.113.5'), far = await explain('--ip', '198.51.100.1');

	assert.deepEqual([known.verdict, known.reason], ['full', 'crawler']);
	assert.ok(known.steps.some((s) => s.fact === 'crawler'));
	assert.deepEqual([far.verdict, far.reason], ['teaser', 'anonymous']);
	assert.equal((await explain('--ip', '203.0.113.5', '--at', '2099-01-01')).verdict, 'teaser', 'what is verified now says nothing of then');
	const off = JSON.parse(await site.must('--set', 'crawlers.ranges_file=', '--set', 'crawlers.names=', 'access', 'explain', '-', paye, '--json', '--ip', '203.0.113.5'));
	assert.equal(off.verdict, 'teaser');
});

test('G10_what_calls_itself_a_robot_is_only_asked_about', async () => {
	await ask('198.51.100.77', { HTTP_USER_AGENT: agent });
	await site.until('the question', async () => (await site.sql("SELECT 1 AS n FROM crawler_network WHERE network = '198.51.100.77/32'")).length === 1);
	assert.doesNotMatch((await ask('198.51.100.77', { HTTP_USER_AGENT: agent })).text, CANARY);
	await site.sql("UPDATE crawler_network SET state = 'verified', expires_at = unixepoch() + 3600 WHERE network = '198.51.100.77/32'");
	await whole('198.51.100.77');
	await site.sql("UPDATE crawler_network SET state = 'refused' WHERE network = '198.51.100.77/32'");
	await site.until('it no longer counts', async () => !CANARY.test((await ask('198.51.100.77')).text), 1500);
});

test('G10_a_wrong_list_changes_nothing_and_an_empty_setting_ends_it', async () => {
	await writeFile(site.in('ranges.json'), '{"prefixes":[{"ipv4Prefix":"0.0.0.0/0"}]}');
	const r = await site.poterne('work', '--once');
	assert.equal(r.code, 1);
	assert.match(r.stderr, /ranges_file/);
	await whole('203.0.113.5');
	assert.doesNotMatch((await ask('192.0.2.1')).text, CANARY);
	await site.must('--set', 'crawlers.ranges_file=', 'work', '--once');
	await site.until('nobody is known', async () => !CANARY.test((await ask('203.0.113.5')).text), 1500);
});
