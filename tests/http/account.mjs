// account.mjs: passwords, devices, changes of address, data and erasure, and who may send such forms (LG, SE, CO11, AD7).
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { after, before, test } from 'node:test';
import { Connection } from './lib/fastcgi.mjs';
import { Site } from './lib/site.mjs';
import { again } from './lib/until.mjs';
import { Visitor, lastMail } from './lib/visitor.mjs';

const password = 'quatre mots sans rapport';
const iphone = 'Mozilla/5.0 (iPhone; CPU iPhone OS 17_0 like Mac OS X) Version/17.0 Safari/604.1';

let site;
before(async () => { site = await Site.start({ nginx: false }); });
after(() => site?.stop());

let networks = 0;
async function reader(email, options) {
	const v = new Visitor(site, { from: `203.0.${++networks}.1`, ...options });

	assert.equal((await v.signIn(email)).status, 303);
	return v;
}

test('LG12_SE3_a_new_password_ends_every_other_session', async () => {
	const here = await reader('mot@exemple.fr'), there = await reader('mot@exemple.fr', { agent: iphone });
	const token = here.jar.get('__Host-session');

	assert.equal((await there.get('/account')).status, 200);
	const r = await here.post('/account/password', { password });
	assert.equal(r.path, '/account/password?done=1');
	assert.notEqual(here.jar.get('__Host-session'), token);
	assert.equal((await here.get('/account')).status, 200);
	assert.equal((await there.get('/account')).status, 303);
	assert.equal((await lastMail(site, 'mot@exemple.fr')).template, 'mail_password_set');
	const other = new Visitor(site, { from: '203.0.113.9' });
	assert.equal((await other.post('/login/password', { email: 'Mot@exemple.fr', password: `${password} ` })).status, 422);
	assert.equal((await other.post('/login/password', { email: 'Mot@exemple.fr', password, next: '/account' })).path, '/account');
	assert.equal((await other.get('/account')).status, 200);
});

test('LG12_changes_ask_for_a_recent_sign_in', async () => {
	const v = await reader('ancien@exemple.fr');
	const { id } = (await site.sql("SELECT s.id FROM session s JOIN subscriber r ON r.id = s.subscriber_id WHERE r.email = 'ancien@exemple.fr';"))[0];

	// An hour later, as far as the session knows: its row is put aside and in again, older.
	await site.sql(`CREATE TEMP TABLE kept AS SELECT * FROM session WHERE id = ${id}; DELETE FROM session WHERE id = ${id};
		INSERT INTO session SELECT * FROM kept; `);
	await site.sql(`DROP TRIGGER session_stays; UPDATE session SET created_at = created_at - 3600 WHERE id = ${id};`);
	for (const [path, fields] of [['/account/password', { password }], ['/account/email', { email: 'neuf@exemple.fr' }], ['/account/erase', { email: 'ancien@exemple.fr' }]]) {
		await site.until('the change is seen', async () => (await v.get(path)).text.includes(`/login?next=${path}`));
		assert.equal((await v.post(path, fields)).path, `/login?next=${path}`);
	}
	assert.equal((await site.sql("SELECT count(*) AS n FROM subscriber WHERE email = 'ancien@exemple.fr';"))[0].n, 1);
});

test('LG13_common_and_short_passwords_are_refused', async () => {
	const v = await reader('commun@exemple.fr');

	for (const bad of ['', 'court', 'sept777', 'password', 'MotDePasse', 'azertyuiop', '12345678', 'x'.repeat(1025)])
		assert.equal((await v.post('/account/password', { password: bad })).status, 422, bad);
	assert.equal((await v.post('/account/password', { password: 'x'.repeat(1024) })).status, 303);
});

test('LG2_guessing_is_slowed_down_and_the_owner_still_gets_in', async () => {
	const owner = await reader('cible@exemple.fr'), counts = {}, began = performance.now();

	await owner.post('/account/password', { password });
	// Ten thousand guesses over kept connections, as nginx has them.
	await Promise.all(Array.from({ length: 8 }, async (_, i) => {
		let c = await Connection.open(site.socket);
		for (let n = 0; n < 1250; n++) {
			const r = await again(async () => {
				if (c.ended) c = await Connection.open(site.socket);
				return c.request({ REQUEST_METHOD: 'POST', REQUEST_URI: '/login/password', REMOTE_ADDR: '198.51.100.66', HTTP_SEC_FETCH_SITE: 'same-origin',
					CONTENT_TYPE: 'application/x-www-form-urlencoded' }, `email=cible%40exemple.fr&password=essai+${i}+${n}`);
			});
			counts[r.status] = (counts[r.status] ?? 0) + 1;
			if (r.status === 429) assert.ok(Number(r.headers['retry-after']) <= 10);
		}
		c.close();
	}));
	assert.equal(counts[422] + counts[429], 10000);
	assert.ok(counts[422] < 5 + 1 + (performance.now() - began) / 10000, JSON.stringify(counts));
	assert.equal((await new Visitor(site, { from: '192.0.2.44' }).post('/login/password', { email: 'cible@exemple.fr', password })).status, 303);
	// Even a thousand networks leave the way by mail open.
	await Promise.all(Array.from({ length: 70 }, (_, i) => new Visitor(site, { from: `10.9.${i}.1` }).post('/login/password', { email: 'cible@exemple.fr', password: 'autre essai' })));
	assert.equal((await new Visitor(site, { from: '192.0.2.45' }).signIn('cible@exemple.fr')).status, 303);
});

test('LG3_a_crowd_of_passwords_is_answered_and_pages_come_meanwhile', async () => {
	let most = 0;

	// A page that waited for the crowd would come with its end, each time.
	for (let round = 0; most <= 3 && round < 5; round++) {
		const crowd = Promise.all(Array.from({ length: 30 }, (_, i) => new Visitor(site, { from: `10.${60 + round}.${i}.1` }).post('/login/password', { email: `foule${round}.${i}@exemple.fr`, password })));
		let waiting = true, pages = 0;

		crowd.then(() => { waiting = false; }, () => { waiting = false; });
		while (waiting) {
			assert.equal((await new Visitor(site).get('/')).status, 200);
			pages++;
		}
		for (const r of await crowd) assert.ok([422, 429].includes(r.status), r.status);
		most = Math.max(most, pages);
	}
	assert.ok(most > 3, `${most} pages`);
});

test('LG5_a_stored_hash_that_asks_for_too_much_is_not_computed', async () => {
	await reader('hostile@exemple.fr');
	await site.sql(`INSERT INTO subscriber_password (subscriber_id, hash) SELECT id, '$argon2id$v=19$m=4194304,t=3,p=1$p6qCEuVlciKM//TdFNTwUQ$iqdpoAkSk7ALWe6e+ixUH8AMXbnZ5jtgT9EZgj0Yp4k'
		FROM subscriber WHERE email = 'hostile@exemple.fr';`);
	// Four gigabytes it asks for: who computes it touches them all.
	const most = async () => Number(/^VmHWM:\s+(\d+)/m.exec(await readFile(`/proc/${site.daemon.pid}/status`, 'utf8'))[1]) / 1024;
	const before = await most();
	assert.equal((await new Visitor(site, { from: '192.0.2.50' }).post('/login/password', { email: 'hostile@exemple.fr', password })).status, 422);
	assert.ok(await most() - before < 1024, `${await most() - before} MB`);
});

test('SE12_devices_of_others_cannot_be_ended', async () => {
	const a = await reader('a@exemple.fr'), b = await reader('b@exemple.fr');
	const rows = await site.sql("SELECT s.id FROM session s JOIN subscriber r ON r.id = s.subscriber_id WHERE r.email = 'b@exemple.fr';");

	for (const { id } of [...rows, { id: 1 }]) assert.equal((await a.post('/account/devices', { end: String(id) })).status, 404);
	assert.equal((await b.get('/account')).status, 200);
});

test('SE3_devices_are_listed_and_ended', async () => {
	const here = await reader('deux@exemple.fr'), there = await reader('deux@exemple.fr', { agent: iphone }), third = await reader('deux@exemple.fr');
	const page = await here.get('/account/devices');

	assert.match(page.text, /Firefox sur Linux/);
	assert.match(page.text, /Safari sur iPhone/);
	assert.equal(page.headers['cache-control'], 'no-store');
	const [{ id }] = await site.sql("SELECT s.id FROM session s JOIN subscriber r ON r.id = s.subscriber_id WHERE r.email = 'deux@exemple.fr' AND s.label LIKE 'Safari%';");
	assert.equal((await here.post('/account/devices', { end: String(id) })).status, 303);
	assert.equal((await there.get('/account')).status, 303);
	assert.equal((await third.get('/account')).status, 200);
	assert.equal((await here.post('/account/devices', { end: 'others' })).status, 303);
	assert.equal((await third.get('/account')).status, 303);
	assert.equal((await here.get('/account')).status, 200);
	const gone = here.copy(), r = await here.post('/account/devices', { end: 'all' });
	assert.equal(r.headers['clear-site-data'], '"cache"');
	assert.equal((await gone.get('/account')).status, 303);
});

test('SE3_signing_out_ends_the_session_behind_the_cookie', async () => {
	const v = await reader('sortie@exemple.fr'), replay = v.copy();
	const r = await v.post('/logout');

	assert.equal(r.headers['clear-site-data'], '"cache"');
	assert.equal(v.jar.has('__Host-session'), false);
	assert.equal((await replay.get('/account')).status, 303);
});

test('SE10_forms_of_other_sites_are_refused', async () => {
	const v = await reader('form@exemple.fr');
	const paths = ['/login', '/login/code', '/login/password', '/logout', '/account/devices', '/account/password', '/account/email', '/account/newsletters', '/account/erase', '/account/access', '/account/pause',
		'/account/gifts', '/account/institution', '/gift', '/gift/x', '/free-read', '/login/x', '/account/email/x'];
	const types = ['application/x-www-form-urlencoded', 'text/plain', 'application/json'];

	for (const path of paths)
		for (const CONTENT_TYPE of types) {
			for (const site of ['cross-site', 'same-site']) {
				const r = await v.post(path, { email: 'x@exemple.fr' }, { HTTP_SEC_FETCH_SITE: site, CONTENT_TYPE });
				assert.equal(r.status, 403, `${path} ${site} ${CONTENT_TYPE}`);
				assert.match(r.text, /<h1/);
			}
			assert.equal((await v.post(path, {}, { HTTP_SEC_FETCH_SITE: null, HTTP_ORIGIN: 'https://evil.example', CONTENT_TYPE })).status, 403);
			assert.equal((await v.post(path, {}, { HTTP_SEC_FETCH_SITE: null, HTTP_ORIGIN: 'null', CONTENT_TYPE })).status, 403);
		}
	assert.equal((await v.get('/account')).status, 200);
	for (const path of ['/logout', '/login/password']) assert.equal((await v.get(path)).status, 405);
});

test('SE11_account_pages_are_guarded_by_headers_and_never_kept', async () => {
	const v = await reader('tetes@exemple.fr');

	for (const path of ['/login', '/login/code', '/account', '/account/devices', '/account/email', '/account/password', '/account/newsletters', '/account/data', '/account/data.json', '/account/erase', '/account/access',
		'/account/pause', '/account/gifts', '/account/institution', '/login/inconnu']) {
		const { headers } = await v.get(path);
		assert.equal(headers['cache-control'], 'no-store', path);
		assert.match(headers['content-security-policy'], /default-src 'none'.*form-action 'self'; frame-ancestors 'none'; base-uri 'none'.*object-src 'none'/);
		assert.equal(headers['x-content-type-options'], 'nosniff');
	}
});

test('LG12_a_new_address_is_confirmed_there_and_told_to_the_old_one', async () => {
	const v = await reader('avant@exemple.fr'), other = await reader('avant@exemple.fr', { agent: iphone });

	await reader('prise@exemple.fr');
	assert.equal((await v.post('/account/email', { email: 'pas une adresse' })).status, 422);
	assert.equal((await v.post('/account/email', { email: 'Prise@exemple.fr' })).path, '/account/email?sent=1');
	assert.equal((await v.post((await lastMail(site, 'prise@exemple.fr')).path)).status, 410);
	assert.equal((await v.post('/account/email', { email: 'Apres@exemple.fr' })).path, '/account/email?sent=1');
	const mail = await lastMail(site, 'apres@exemple.fr');
	await site.must('newsletter', 'add', 'avant@exemple.fr', '--list', 'perron');
	assert.equal(mail.template, 'mail_email_confirm');
	for (let i = 0; i < 3; i++) assert.equal((await v.get(mail.path)).status, 200);
	assert.equal((await site.sql("SELECT count(*) AS n FROM subscriber WHERE email = 'avant@exemple.fr';"))[0].n, 1);
	const stranger = new Visitor(site, { from: '192.0.2.77' });
	assert.match((await stranger.get(mail.path)).text, /type="checkbox" value="yes" required>/);
	assert.equal((await stranger.post(mail.path)).status, 200, 'a program that sends every form changes nothing');
	assert.equal((await site.sql("SELECT count(*) AS n FROM subscriber WHERE email = 'avant@exemple.fr';"))[0].n, 1);
	assert.doesNotMatch((await v.get(mail.path)).text, /name="confirm"/);
	assert.equal((await v.post(mail.path)).path, '/account/email?done=1');
	assert.match((await v.get('/account')).text, /apres@exemple\.fr/);
	assert.equal((await other.get('/account')).status, 303);
	const notice = await lastMail(site, 'avant@exemple.fr');
	assert.equal(notice.template, 'mail_email_changed');
	assert.equal(notice.new_address, 'apres@exemple.fr');
	assert.match(notice.changed_at_text, /^\d{1,2}(er)?\u00a0\S+\u00a0\d{4} à \d{1,2}\u00a0h\u00a0\d\d$/);
	assert.equal((await v.post(mail.path)).status, 410);
	// CO4: letters move along, and so does the proof that they were wanted.
	const proven = async (email) => JSON.parse(await site.must('--json', 'consent', 'prove', email)).map((row) => row.action);
	assert.deepEqual(await proven('avant@exemple.fr'), ['given', 'withdrawn']);
	assert.deepEqual(await proven('apres@exemple.fr'), ['given']);
});

test('CO11_data_comes_as_json_and_csv', async () => {
	const v = await reader('donnees@exemple.fr');

	await site.sql("UPDATE subscriber SET name = '=1+1' WHERE email = 'donnees@exemple.fr';");
	await site.must('newsletter', 'add', 'donnees@exemple.fr', '--list', 'perron');
	const json = await v.get('/account/data.json'), csv = await v.get('/account/data.csv');
	assert.match(json.headers['content-disposition'], /^attachment; filename="data\.json"$/);
	const all = JSON.parse(json.text);
	assert.equal(all.subscriber[0].email, 'donnees@exemple.fr');
	for (const table of ['subscriber', 'session', 'login_link', 'outbox']) assert.ok(all[table]?.length > 0, table);
	assert.match(csv.headers['content-type'], /^text\/csv/);
	assert.ok(csv.text.startsWith('table,row,column,value\r\n'));
	assert.ok(csv.text.includes('subscriber,1,name,"\'=1+1"\r\n'), 'AD7: no formula'); 
	assert.doesNotMatch(json.text, /[0-9a-f]{64}/);
	// What was agreed to, too.
	assert.equal(all.consent[0].purpose, 'newsletter:perron');
	assert.ok(csv.text.includes('consent,1,purpose,newsletter:perron\r\n'));
	assert.deepEqual(JSON.parse(await site.must('subscriber', 'export', 'donnees@exemple.fr')).consent, all.consent);
	assert.ok((await site.must('subscriber', 'export', '--csv', 'donnees@exemple.fr')).includes('consent,1,purpose,newsletter:perron\r\n'));
});

test('CO11_erasure_is_typed_and_lasts', async () => {
	const v = await reader('partir@exemple.fr');

	assert.equal((await v.post('/account/erase', { email: 'autre@exemple.fr' })).status, 422);
	const r = await v.post('/account/erase', { email: ' Partir@exemple.fr' });
	assert.equal(r.path, '/account/erased');
	assert.equal((await v.get('/account/erased')).status, 200);
	assert.equal((await v.get('/account')).status, 303);
	for (const table of ['subscriber', 'login_link']) assert.equal((await site.sql(`SELECT count(*) AS n FROM ${table} WHERE email = 'partir@exemple.fr';`))[0].n, 0, table);
	assert.equal((await lastMail(site, 'partir@exemple.fr')).template, 'mail_erased');
	const { writeFile } = await import('node:fs/promises');
	await writeFile(site.in('liste.csv'), 'email\npartir@exemple.fr\n');
	const imported = await site.poterne('subscriber', 'import', site.in('liste.csv'));
	assert.equal(imported.code, 1);
	assert.match(imported.stderr, /asked to be forgotten/);
	assert.equal((await new Visitor(site, { from: '192.0.2.77' }).signIn('partir@exemple.fr')).status, 303, 'the person may come back');
});

test('newsletters_are_taken_and_left_from_the_account', async () => {
	const v = await reader('lettres@exemple.fr');
	const state = async () => (await site.sql("SELECT state FROM newsletter_subscription WHERE email = 'lettres@exemple.fr';"))[0]?.state;
	const [{ id }] = await site.sql('SELECT id FROM newsletter ORDER BY position LIMIT 1;');

	assert.equal((await v.post('/account/newsletters', { on: String(id) })).status, 303);
	assert.equal(await state(), 'active');
	assert.equal((await v.post('/account/newsletters', { off: String(id) })).status, 303);
	assert.equal(await state(), 'ended');
	assert.equal((await v.post('/account/newsletters', { on: '999' })).status, 404);
});

test('the_account_says_why_an_article_is_open', async () => {
	const v = await reader('pourquoi@exemple.fr');

	assert.match((await v.get('/account?about=/innovation/paye')).text, /Pourquoi cet article est-il fermé/);
	const why = async () => /href="(\/account\/access\?about=[^"]*)">([^<]*)/.exec((await v.get('/innovation/paye')).text);
	assert.match((await why())[2], /Pourquoi ne puis-je pas/);
	assert.match((await v.get((await why())[1])).text, /<ol class="chain">/);
	assert.doesNotMatch((await new Visitor(site).get('/innovation/paye')).text, /account\/access/);
	await site.sql(`INSERT INTO subscription (subscriber_id, plan_id, starts_at, ends_at) SELECT r.id, p.id, unixepoch() - 9, unixepoch() + 864000 FROM subscriber r, plan p
		WHERE r.email = 'pourquoi@exemple.fr' AND p.slug = 'integral';`);
	await site.until('the period is seen', async () => /Votre abonnement [^<]* l’ouvre/.test((await v.get('/account?about=/innovation/paye')).text));
	assert.match((await v.get('/account')).text, /Ouvert jusqu’au/);
	await site.until('the article is open', async () => /Pourquoi puis-je/.test((await why())?.[2]));
	assert.match((await v.get((await why())[1])).text, /<ol class="chain">/);
	assert.doesNotMatch((await v.get('/innovation/libre')).text, /account\/access/);
	assert.equal((await v.get('/account?about=//evil')).status, 200);
});
