// sign_in.mjs: by mailed link and typed code: nothing learnt by asking, nothing used up by looking, one session a link (LG).
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { Site } from './lib/site.mjs';
import { Visitor, lastMail } from './lib/visitor.mjs';

let site;
before(async () => {
	site = await Site.start({ nginx: false });
	await site.sql(`WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 300)
		INSERT INTO subscriber (email) SELECT printf('known%03d@exemple.fr', i) FROM n;`);
});
after(() => site?.stop());

const sessions = async () => (await site.sql('SELECT count(*) AS n FROM session;'))[0].n;

// Two-sided p of the Mann–Whitney U test, normal approximation.
function mannWhitney(a, b) {
	const all = [...a.map((v) => ({ v, a: 1 })), ...b.map((v) => ({ v, a: 0 }))].sort((x, y) => x.v - y.v);
	const ranks = all.reduce((sum, x, i) => sum + (x.a ? i + 1 : 0), 0);
	const u = ranks - (a.length * (a.length + 1)) / 2, mean = (a.length * b.length) / 2;
	const z = Math.abs(u - mean) / Math.sqrt((a.length * b.length * (a.length + b.length + 1)) / 12);
	const t = 1 / (1 + 0.2316419 * z);
	return 2 * Math.exp((-z * z) / 2) / Math.sqrt(2 * Math.PI) * t * (0.31938153 + t * (-0.356563782 + t * (1.781477937 + t * (-1.821255978 + t * 1.330274429))));
}

// What a stranger sees of an answer.
function seen(r) {
	const headers = Object.entries(r.headers).filter(([k]) => !/^(set-cookie|x-request-id)$/.test(k));
	const cookies = (r.headers['set-cookie'] ?? []).map((c) => c.replace(/=[^;]*/, (v) => `=${v.length}`));
	return JSON.stringify([r.status, headers, cookies, r.text]);
}

// n asks each for addresses that have an account and for others, taking turns: the answers seen, and p.
async function compare(n, round) {
	const answers = new Set(), times = { known: [], other: [] };

	for (let i = 1; i <= n; i++) {
		for (const kind of i % 2 ? ['known', 'other'] : ['other', 'known']) {
			const v = new Visitor(site, { from: `198.${18 + round}.${i % 250}.${kind === 'known' ? 1 : 2}` });
			const began = performance.now();
			const r = await v.post('/login', { email: `${kind}${String(i).padStart(3, '0')}@exemple.fr` });
			times[kind].push(performance.now() - began);
			answers.add(seen(r));
		}
	}
	return { answers, p: mannWhitney(times.known, times.other) };
}

test('LG1_same_answer_for_known_and_unknown', async () => {
	let result = await compare(200, 0);

	assert.equal(result.answers.size, 1);
	// By chance one run in a hundred is below 0.01; two in a row are one in ten thousand.
	if (result.p <= 0.01) result = await compare(200, 1);
	assert.equal(result.answers.size, 1);
	assert.ok(result.p > 0.01, `p = ${result.p}`);
	assert.equal((await lastMail(site, 'known007@exemple.fr')).template, 'mail_login');
	assert.equal((await lastMail(site, 'other007@exemple.fr')).template, 'mail_register');
});

test('LG1_same_answer_to_a_wrong_password', async () => {
	const answers = new Set();

	for (const email of ['known001@exemple.fr', 'nobody01@exemple.fr'])
		answers.add(seen(await new Visitor(site, { from: '198.51.100.3' }).post('/login/password', { email, password: 'pas le bon' })).replaceAll(email, ''));
	assert.equal(answers.size, 1);
});

test('LG6_looking_uses_nothing_up', async () => {
	const v = new Visitor(site);

	await v.post('/login', { email: 'known002@exemple.fr', next: '/innovation' });
	const mail = await lastMail(site, 'known002@exemple.fr');
	for (let i = 0; i < 20; i++) assert.equal((await new Visitor(site, { from: '192.0.2.99' }).get(mail.path)).status, 200);
	const r = await v.post(mail.path);
	assert.equal(r.status, 303);
	assert.equal(r.path, '/innovation');
	assert.ok(v.jar.has('__Host-session') && !v.jar.has('__Host-login'));
	assert.equal((await v.post(mail.path)).status, 410);
	assert.equal((await v.get(mail.path)).status, 410);
});

test('LG7_another_browser_is_asked_first', async () => {
	const asked = new Visitor(site), other = new Visitor(site, { from: '192.0.2.8', agent: 'Mozilla/5.0 (iPhone; CPU iPhone OS 17_0) Version/17 Safari/604.1' });

	await asked.post('/login', { email: 'known003@exemple.fr' });
	const mail = await lastMail(site, 'known003@exemple.fr');
	const page = await other.get(mail.path);
	assert.match(page.text, /Firefox sur Linux/);
	assert.match(page.text, /known003@exemple\.fr/);
	assert.match(page.text, /à \d{1,2}\u00a0h\u00a0\d\d depuis/);
	assert.equal((await other.post(mail.path)).status, 200);
	assert.equal(other.jar.has('__Host-session'), false);
	assert.equal((await other.post(mail.path, { confirm: 'yes' })).status, 303);
	assert.equal(other.jar.has('__Host-session'), true);
});

// A program that looks at every link of a mail and sends every form it meets, as it stands: it ticks no box.
test('LG6_LG7_a_scanner_that_sends_forms_uses_nothing_up', async () => {
	for (const email of ['known006@exemple.fr', 'new006@exemple.fr']) {
		const asked = new Visitor(site), scanner = new Visitor(site, { from: '192.0.2.9' });

		await asked.post('/login', { email });
		const mail = await lastMail(site, email);
		for (let i = 0; i < 3; i++) {
			const form = /<form class="form" method="post" action="\/login\/.*?<\/form>/s.exec((await scanner.get(mail.path)).text)[0];
			const hidden = [...form.matchAll(/<input type="hidden" name="([^"]*)" value="([^"]*)"/g)].map(([, name, value]) => [name, value]);
			assert.match(form, /type="checkbox"[^>]* required>/);
			assert.equal((await scanner.post(mail.path, hidden)).status, 200);
			assert.equal((await scanner.post(mail.path, hidden, { HTTP_SEC_FETCH_SITE: '' })).status, 200);
		}
		assert.equal(scanner.jar.has('__Host-session'), false);
		assert.equal((await asked.post(mail.path)).status, 303);
	}
	assert.match((await (async () => { const v = new Visitor(site); await v.post('/login', { email: 'new007@exemple.fr' }); return new Visitor(site).get((await lastMail(site, 'new007@exemple.fr')).path); })()).text, /un nouveau compte/);
});

test('LG7_the_code_works_in_the_asking_browser_only', async () => {
	const asked = new Visitor(site), other = new Visitor(site);

	await asked.post('/login', { email: 'known004@exemple.fr' });
	await other.post('/login', { email: 'known005@exemple.fr' });
	const { code } = await lastMail(site, 'known004@exemple.fr');
	assert.equal((await other.post('/login/code', { code })).status, 422);
	assert.equal((await new Visitor(site).post('/login/code', { code })).status, 410);
	assert.equal((await asked.post('/login/code', { code })).status, 303);
});

test('LG2_five_wrong_codes_end_it', async () => {
	const v = new Visitor(site);

	await v.post('/login', { email: 'known006@exemple.fr' });
	const mail = await lastMail(site, 'known006@exemple.fr');
	const wrong = mail.code.replace(/\d/, (d) => (Number(d) + 1) % 10);
	for (let i = 0; i < 4; i++) assert.equal((await v.post('/login/code', { code: wrong })).status, 422);
	assert.equal((await v.post('/login/code', { code: wrong })).status, 410);
	assert.equal((await v.post('/login/code', { code: mail.code })).status, 410);
	assert.equal((await v.post(mail.path)).status, 410);
});

test('LG8_fifty_at_once_make_one_session', async () => {
	const v = new Visitor(site), before = await sessions();

	await v.post('/login', { email: 'known008@exemple.fr' });
	const mail = await lastMail(site, 'known008@exemple.fr');
	const all = await Promise.all(Array.from({ length: 50 }, () => v.copy().post(mail.path)));
	assert.equal(all.filter((r) => r.status === 303).length, 1);
	assert.equal(all.filter((r) => r.status === 410).length, 49);
	assert.equal(await sessions(), before + 1);
});

test('LG8_only_hashes_are_stored_and_ten_minutes_is_the_end', async () => {
	const v = new Visitor(site);

	await v.post('/login', { email: 'known009@exemple.fr' });
	const mail = await lastMail(site, 'known009@exemple.fr');
	const row = JSON.stringify(await site.sql("SELECT * FROM login_link WHERE email = 'known009@exemple.fr';"));
	assert.ok(!row.includes(mail.path.split('/')[2]) && !row.includes(mail.code) && !row.includes(mail.code.replace(' ', '')));
	assert.equal((await site.sql('SELECT max(expires_at - created_at) AS s FROM login_link;'))[0].s, 600);
});

test('LG9_a_hundred_asks_are_three_mails', async () => {
	const statuses = new Set();

	for (let i = 0; i < 100; i++) statuses.add((await new Visitor(site, { from: `10.1.${i}.1` }).post('/login', { email: 'Victim@exemple.fr' })).status);
	assert.deepEqual([...statuses], [303]);
	assert.equal((await site.sql("SELECT count(*) AS n FROM outbox WHERE recipient = 'victim@exemple.fr';"))[0].n, 3);
});

test('LG9_who_asks_again_and_again_gets_in_with_the_last_mail', async () => {
	for (const email of ['known008@exemple.fr', 'new008@exemple.fr']) {
		const v = new Visitor(site, { from: '192.0.2.10' }), answers = new Set();

		for (let i = 0; i < 5; i++) answers.add(seen(await v.post('/login', { email, next: '/innovation/libre' })));
		assert.equal(answers.size, 1, 'no answer tells that no mail went out');
		const { code, path } = await lastMail(site, email);
		assert.doesNotMatch((await v.get(path)).text, /name="confirm"/, 'its link is of this browser');
		assert.equal((await v.post('/login/code', { code })).path, '/innovation/libre');
	}
});

test('LG10_links_are_of_the_configured_site', async () => {
	const v = new Visitor(site);

	await v.ask('POST', '/login', { email: 'known010@exemple.fr' }, { HTTP_HOST: 'evil.example', HTTP_X_FORWARDED_HOST: 'evil.example', SERVER_NAME: 'evil.example' });
	assert.ok((await lastMail(site, 'known010@exemple.fr')).link.startsWith(`${site.url}/login/`));
});

test('LG11_the_way_back_stays_here', async () => {
	const bad = ['//evil', '/\\evil', '/%09/evil', 'https:evil', 'https://evil', '@evil', 'http:/evil', '/\tevil', '/%0d%0aLocation:evil', '///evil', '/%5cevil', '\\/evil',
		'javascript:alert(1)', '/%2f/evil', '/%2Fevil', '', ' /x', '/x y', '/\u0000', 'evil', '?x', '#x', '/./x', '/../x', '/%2e%2e/x', '/a#b', `/${'a'.repeat(600)}`,
		'//evil@host', 'https://localhost@evil', '//%65vil', '/\n/evil', '/\r/evil', '\t//evil', '\r\n//evil', '\\\\evil', '/\\/evil', '//\\evil', 'data:text/html,x',
		'vbscript:x', 'HTTPS://evil', 'https:///evil', 'https:\\\\evil', 'ftp://evil', 'mailto:a@evil', '/%00', '/%0a/evil', '/%0D/evil', '/a//evil', '/a/../../evil',
		'/..//evil', '/.//evil', '/%2e%2e//evil', '/;//evil', '/x\u2028', '/\u00e9vil', '/%ff', '/%', '/%zz', '/x?y=%0d%0aSet-Cookie:a=b', '/x?y=\u0007', '/x\\y', '//[::1]',
		'//evil:80', '/x\u007f', '\u3000/x'];
	const good = ['/innovation/paye', '/search?q=%C3%A9t%C3%A9', '/account?about=/innovation/paye', '/@evil', '/a:b'];

	assert.ok(bad.length >= 60, `${bad.length} cases`);
	for (const next of [...bad, ...good]) {
		const page = await new Visitor(site).get(`/login?next=${encodeURIComponent(next)}`);
		const kept = /name="next" value="([^"]*)"/.exec(page.text)?.[1].replaceAll('&amp;', '&');
		assert.equal(kept, good.includes(next) ? next : '/', JSON.stringify(next));
		// As browsers read it (WHATWG URL): what is kept leads nowhere else.
		const url = new URL(kept, site.url);
		assert.deepEqual([url.origin, url.pathname + url.search], [site.url, kept]);
	}
	const v = new Visitor(site);
	await v.post('/login', { email: 'known011@exemple.fr', next: '//evil.example' });
	assert.equal((await v.post('/login/code', { code: (await lastMail(site, 'known011@exemple.fr')).code })).path, '/');
});

test('SE4_a_sign_in_ends_the_session_of_that_browser', async () => {
	const v = new Visitor(site);

	await v.signIn('known012@exemple.fr');
	const first = v.jar.get('__Host-session'), old = v.copy();
	await v.signIn('known012@exemple.fr');
	assert.notEqual(v.jar.get('__Host-session'), first);
	assert.equal((await v.get('/account')).status, 200);
	assert.equal((await old.get('/account')).status, 303);
});

test('SE5_cookies_are_host_only_and_out_of_reach', async () => {
	const v = new Visitor(site);
	const lines = [...(await v.post('/login', { email: 'known013@exemple.fr' })).headers['set-cookie']];

	lines.push(...(await v.post('/login/code', { code: (await lastMail(site, 'known013@exemple.fr')).code })).headers['set-cookie']);
	assert.equal(lines.length, 3);
	for (const line of lines) assert.match(line, /^__Host-(login|session)=[^;]+; Max-Age=\d+; Path=\/; Secure; HttpOnly; SameSite=Lax$/);
});

test('registered_articles_open_with_a_new_account', async () => {
	const path = '/innovation/inscrit', v = new Visitor(site);

	assert.ok((await v.get(path)).text.includes(`/login?next=${path}`));
	await v.post('/login', { email: 'nouvelle@exemple.fr', next: path });
	assert.equal((await site.sql("SELECT count(*) AS n FROM subscriber WHERE email = 'nouvelle@exemple.fr';"))[0].n, 0);
	const mail = await lastMail(site, 'nouvelle@exemple.fr');
	const r = await v.post(mail.path);
	assert.equal(r.path, path);
	assert.equal((await site.sql("SELECT count(*) AS n FROM subscriber WHERE email = 'nouvelle@exemple.fr';"))[0].n, 1);
	assert.doesNotMatch((await v.get(path)).text, /class="panel"/);
});

test('LG4_forms_take_what_can_be_typed_and_no_more', async () => {
	const v = new Visitor(site);

	for (const email of ['', 'x', 'a@b', 'a b@exemple.fr', 'a@exemple.fr,b@exemple.fr', 'a\r\nBcc:x@exemple.fr', `${'a'.repeat(300)}@exemple.fr`])
		assert.ok([400, 422].includes((await v.post('/login', { email })).status), JSON.stringify(email));
	assert.equal((await v.post('/login', { email: 'X'.repeat(20000) })).status, 413);
});
