// payments.mjs: webhooks of Stripe, signed by its own library, through nginx, daemon and worker (WH).
import assert from 'node:assert/strict';
import { readFile, writeFile } from 'node:fs/promises';
import { after, before, test } from 'node:test';
import { Program } from './lib/program.mjs';
import { Site, binary } from './lib/site.mjs';

// Only the signature is wanted of it: no key, no network.
const { default: Stripe } = await import('stripe').catch(() => ({}));
const skip = Stripe ? false : 'npm ci in tests/ brings stripe';
const stripe = Stripe && new Stripe('sk_test_nothing');
const first = 'whsec_first_secret_of_this_test', second = 'whsec_second_secret_of_this_test';
const CANARY = /CANARI/, paye = '/innovation/paye', day = 86400;
const now = () => Math.floor(Date.now() / 1000);

let site, cookie, serial = 0;

before(async () => {
	if (skip) return;
	site = await Site.start({ serve: false, config: { payment: { stripe_secrets: 'secrets', account: 'acct_ours' } } });
	await writeFile(site.in('secrets'), `# old and new\n${first}\n${second}\n`, { mode: 0o600 });
	await site.startAll();
	await site.sql("INSERT INTO plan_price (price, plan_id, currency, amount) SELECT 'price_month', id, 'EUR', 990 FROM plan WHERE slug = 'integral'");
	cookie = await site.signIn('payer@example.org');
});
after(() => site?.stop());

const event = (type, object, more = {}) => ({ id: `evt_${++serial}`, object: 'event', api_version: '2024-06-20', type, livemode: true,
	created: now(), data: { object }, ...more });

function invoice(n, { start = now() - day, end = now() + 30 * day, ...more } = {}) {
	return { id: `in_${n}`, object: 'invoice', customer: `cus_${n}`, customer_email: `payer${n === 1 ? '' : n}@example.org`, subscription: `sub_${n}`, status: 'paid',
		charge: `ch_${n}`, amount_paid: 990, amount_due: 990, amount_remaining: 0, subtotal: 990, total: 990,
		lines: { data: [{ id: `il_${n}`, amount: 990, currency: 'eur', quantity: 1, price: { id: 'price_month', unit_amount: 990 }, period: { start, end } }] }, ...more };
}

const sign = (payload, { secret = first, timestamp = now(), scheme = 'v1' } = {}) =>
	stripe.webhooks.generateTestHeaderString({ payload, secret, timestamp, scheme });

function send(payload, header = sign(payload)) {
	const headers = { 'Content-Type': 'application/json; charset=utf-8', ...(header === undefined ? {} : { 'Stripe-Signature': header }) };

	return site.request('/webhooks/stripe', { method: 'POST', body: payload, headers });
}

async function told(e, want = 200) {
	assert.equal((await send(JSON.stringify(e))).status, want, e.type);
}

const work = () => site.must('work', '--once');
const opens = async (c) => CANARY.test((await site.get(paye, { cookie: c })).text);
const events = async () => (await site.sql('SELECT count(*) AS n FROM payment_event'))[0].n;

test('WH1_forged_messages_are_400_and_leave_nothing', { skip }, async () => {
	const body = JSON.stringify(event('invoice.paid', invoice(1)));
	const bad = [undefined, '', 't=1', 'v1=00', sign(body, { secret: 'whsec_of_somebody_else' }), sign(body, { scheme: 'v0' }), sign(`${body} `),
		sign(JSON.stringify(JSON.parse(body), null, 2)), sign(body).replace(/.$/, (c) => (c === '0' ? '1' : '0'))];

	for (const header of bad) {
		const r = await send(body, header === undefined ? null ?? '' : header);
		assert.equal(r.status, 400, header);
		assert.equal(r.headers['cache-control'], 'no-store');
	}
	const none = await site.request('/webhooks/stripe', { method: 'POST', body, headers: { 'Content-Type': 'application/json' } });
	assert.equal(none.status, 400);
	assert.equal((await send(body.replace('990', '991'), sign(body))).status, 400);
	assert.equal((await site.get('/webhooks/stripe')).status, 405);
	assert.equal((await site.request('/webhooks/other', { method: 'POST', body, headers: { 'Stripe-Signature': sign(body) } })).status, 404);
	assert.equal(await events(), 0);
});

// To the second it is tested where no time passes: tests/unit/signature.c.
test('WH2_five_minutes_both_ways', { skip }, async () => {
	const body = JSON.stringify(event('charge.succeeded', {}));

	for (const away of [-302, 420, -day, day]) assert.equal((await send(body, sign(body, { timestamp: now() + away }))).status, 400, String(away));
	assert.equal(await events(), 0);
	for (const away of [-200, 295]) assert.equal((await send(body, sign(body, { timestamp: now() + away }))).status, 200, String(away));
	assert.equal(await events(), 1);
});

test('WH6_old_and_new_secret', { skip }, async () => {
	for (const secret of [first, second]) {
		const body = JSON.stringify(event('charge.succeeded', {}));
		assert.equal((await send(body, sign(body, { secret }))).status, 200);
	}
	// both at once, as while a secret is rolled
	const body = JSON.stringify(event('charge.succeeded', {}));
	assert.equal((await send(body, `${sign(body, { secret: 'whsec_unknown_here_at_all' })},${sign(body, { secret: second }).split(',')[1]}`)).status, 200);
});

test('WH7_odd_json_is_400', { skip }, async () => {
	const n = await events(), deep = (d) => `{"id":"evt_d","type":"t","created":1,"livemode":true,"data":{"object":{"a":${'['.repeat(d)}${']'.repeat(d)}}}}`;
	const odd = ['', '[]', 'null', '{', '{}', '{"id":1}', deep(40), deep(5000), '{"id":"evt_a","id":"evt_a"}', '{"id":1e999999}', '{"a\\u0000":1}',
		`{"id":"evt_m","a":[${'{},'.repeat(70000)}{}]}`, JSON.stringify({ ...event('t', {}), livemode: 'yes' }), JSON.stringify({ ...event('t', {}), created: -1 })];

	const resident = async () => Number(/^VmHWM:\s+(\d+)/m.exec(await readFile(`/proc/${site.daemon.pid}/status`, 'utf8'))[1]) / 1024;
	const before = await resident();

	for (const body of odd) assert.equal((await send(body)).status, 400, body.slice(0, 60));
	if (!process.env.SANITIZED) assert.ok(await resident() - before < 16, 'no message takes much memory');
	assert.ok([400, 413].includes((await send(`{"id":"evt_l","a":"${'x'.repeat(262144)}"}`)).status));
	assert.equal(await events(), n);
});

test('WH3_fifty_of_one_have_one_effect_and_the_reader_reads', { skip }, async () => {
	const body = JSON.stringify(event('invoice.paid', invoice(1)));

	assert.equal(await opens(cookie), false);
	const all = await Promise.all(Array.from({ length: 50 }, () => send(body)));
	assert.deepEqual([...new Set(all.map((r) => r.status))], [200]);
	assert.equal(all.filter((r) => r.text === 'stored\n').length, 1);
	await Promise.all([work(), work(), work()]);
	await site.until('the whole article', () => opens(cookie));
	const rows = await site.sql("SELECT u.kind, u.grace_s, u.source FROM subscription u JOIN subscriber s ON s.id = u.subscriber_id WHERE s.email = 'payer@example.org'");
	assert.deepEqual(rows, [{ kind: 'paid', grace_s: 14 * day, source: 'stripe:in_1:il_1' }]);
	await site.must('payment', 'replay', JSON.parse(body).id);
	assert.equal((await site.sql('SELECT count(*) AS n FROM subscription'))[0].n, 1);
});

test('LK17_cancelled_at_the_provider_is_a_teaser_at_once', { skip }, async () => {
	await told(event('customer.subscription.deleted', { id: 'sub_1', object: 'subscription', customer: 'cus_1', status: 'canceled', ended_at: now() - 1, items: { data: [] } }));
	await work();
	await site.until('the teaser', async () => !(await opens(cookie)), 1500);
});

test('WH8_test_mode_other_account_currency_amount_price', { skip }, async () => {
	const change = (f) => { const o = invoice(2); f(o); return o; };
	const bad = [event('invoice.paid', invoice(2), { livemode: false }), event('invoice.paid', invoice(2), { account: 'acct_theirs' }),
		event('invoice.paid', change((o) => { o.lines.data[0].currency = 'usd'; })), event('invoice.paid', change((o) => { o.lines.data[0].amount = 1; })),
		event('invoice.paid', change((o) => { o.lines.data[0].price.unit_amount = 1; })), event('invoice.paid', change((o) => { o.lines.data[0].price.id = 'price_other'; })),
		event('invoice.paid', change((o) => { o.amount_paid = 1; })), event('invoice.paid', change((o) => { o.status = 'open'; }))];
	const two = await site.signIn('payer2@example.org');

	for (const e of bad) await told(e);
	await work();
	assert.equal(await opens(two), false);
	const ids = new Set(bad.map((e) => e.id));
	const listed = JSON.parse(await site.must('payment', 'list', '--json')).filter((e) => ids.has(e.id));
	assert.deepEqual(listed.map((e) => e.state), bad.map(() => 'ignored'));
	assert.ok(listed.every((e) => e.error.length > 5));
	const counted = async () => (await site.sql("SELECT COALESCE(SUM(n), 0) AS n FROM counter WHERE kind = 'subscribe' AND article_id = 0"))[0].n, before = await counted();
	await told(event('invoice.paid', invoice(2)));
	await work();
	await site.until('the whole article', () => opens(two));
	await told(event('invoice.paid', invoice(2, { start: now() + 30 * day, end: now() + 60 * day, id: 'in_2b' })));
	await work();
	assert.equal(await counted(), before + 1, 'AU1: a subscription, and a period more of the same');
});

test('WH9_coming_back_from_the_payment_page_gives_nothing', { skip }, async () => {
	const three = await site.signIn('payer3@example.org');

	for (const where of ['/thanks', '/subscribe?session_id=cs_1&status=paid', '/subscribe?payment=success', '/account?checkout=done']) await site.get(where, { cookie: three });
	await told(event('checkout.session.completed', { id: 'cs_3', mode: 'subscription', customer: 'cus_3', subscription: 'sub_3', payment_status: 'paid',
		customer_details: { email: 'payer3@example.org' } }));
	await work();
	assert.equal(await opens(three), false);
	await told(event('invoice.paid', { ...invoice(3), customer_email: null }));
	await work();
	await site.until('the whole article', () => opens(three));
});

test('unknown_customer_waits_for_the_account', { skip }, async () => {
	const e = event('invoice.paid', invoice(4));

	await told(e);
	await work();
	assert.equal(JSON.parse(await site.must('payment', 'list', '--state', 'waiting', '--json'))[0].id, e.id);
	assert.ok(JSON.parse(await site.must('payment', 'report', '--json')).some((r) => r.what === 'customers without an account' && r.n === 1));
	const four = await site.signIn('payer4@example.org');
	await work();
	await site.until('the whole article', () => opens(four));
	assert.deepEqual(JSON.parse(await site.must('payment', 'list', '--state', 'waiting', '--json')), []);
});

test('subscribe_leads_a_reader_to_the_link_with_the_account', { skip }, async () => {
	await site.sql("UPDATE plan SET payment_url = 'https://buy.example/a' WHERE slug = 'integral'");
	const [{ id }] = await site.sql("SELECT id FROM subscriber WHERE email = 'payer@example.org'");
	assert.match((await site.get('/subscribe', { cookie })).text, new RegExp(`href="https://buy\\.example/a\\?client_reference_id=${id}"`));
	assert.match((await site.get('/subscribe')).text, /href="https:\/\/buy\.example\/a"/);
});

test('payment_import_tells_drift', { skip }, async () => {
	await told(event('customer.subscription.updated', { id: 'sub_2', customer: 'cus_2', status: 'active', current_period_end: now() + 30 * day, items: { data: [] } }));
	await work();
	await writeFile(site.in('export.csv'), 'id,Customer ID,Status,Current Period End (UTC)\nsub_1,cus_1,active,\nsub_9,cus_9,active,2099-01-01 10:00\nsub_2,cus_2,active,2099-01-01 10:00\n');
	const r = await site.poterne('payment', 'import', 'export.csv', '--json');
	assert.equal(r.code, 1, r.stderr);
	assert.deepEqual(JSON.parse(r.stdout).map((d) => [d.subscription, d.drift]),
		[['sub_1', 'runs there, ended here'], ['sub_9', 'unknown here'], ['sub_2', 'paid longer there']]);
	const wrong = await site.poterne('payment', 'import', 'poterne.conf');
	assert.equal(wrong.code, 1);
	assert.match(wrong.stderr, /poterne\.conf:1: the columns id and Status are wanted/);
});

test('WH5_killed_at_fifty_moments_loses_nothing_that_was_acknowledged', { skip }, async () => {
	const acknowledged = new Set();

	await site.sql("INSERT INTO subscriber (email) VALUES ('payer77@example.org')");
	for (let round = 0; round < (process.env.SANITIZED ? 15 : 50); round++) {
		let going = true;
		const worker = new Program('worker', binary, ['--config', site.conf, 'work'], { cwd: site.folder, env: site.env });
		const sender = (async () => {
			while (going) {
				const n = serial + 1000, e = event('invoice.paid', { ...invoice(n), customer: 'cus_77', customer_email: 'payer77@example.org' });
				const r = await site.fastcgi({ REQUEST_METHOD: 'POST', REQUEST_URI: '/webhooks/stripe', HTTP_STRIPE_SIGNATURE: sign(JSON.stringify(e)),
					CONTENT_LENGTH: String(Buffer.byteLength(JSON.stringify(e))) }, JSON.stringify(e)).catch(() => undefined);
				if (r?.status === 200) acknowledged.add(e.id);
			}
		})();
		const before = acknowledged.size;
		await site.until('a few more are stored', () => acknowledged.size > before + (round * 7) % 12);
		const daemon = site.daemon;
		(round % 2 ? worker : daemon).kill('SIGKILL');
		await (round % 2 ? worker : daemon).ended;
		going = false;
		await sender;
		if (round % 2 === 0) { await worker.stop(); await site.startDaemon(); }
	}
	await work();
	const rows = await site.sql("SELECT event_id AS id, state FROM payment_event WHERE customer = 'cus_77'");
	const kept = new Map(rows.map((r) => [r.id, r.state]));
	for (const id of acknowledged) assert.equal(kept.get(id), 'done', id);
	const periods = await site.sql("SELECT (SELECT count(*) FROM payment_period WHERE customer = 'cus_77') AS p, (SELECT count(*) FROM subscription u JOIN subscriber s"
		+ " ON s.id = u.subscriber_id WHERE s.email = 'payer77@example.org') AS u");
	assert.deepEqual(periods, [{ p: rows.length, u: rows.length }]);
});
