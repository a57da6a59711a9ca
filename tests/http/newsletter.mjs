// newsletter.mjs: from the form to the issue to one click, and what stays as a proof.
import assert from 'node:assert/strict';
import fs from 'node:fs/promises';
import { after, before, test } from 'node:test';
import { Sink, malformed } from './lib/mail.mjs';
import { Site, root } from './lib/site.mjs';
import { Visitor, lastMail } from './lib/visitor.mjs';

let site, sink, notice;
before(async () => {
	sink = await Sink.start();
	site = await Site.start({ config: { mail: { transport: 'smtp', smtp_url: sink.url, tls: 'no', pace: 100000, connections: 1 } } });
	notice = /name="notice" value="([^"]*)"/.exec((await site.get('/newsletter')).text)[1];
});
after(async () => {
	await site?.stop();
	await sink?.stop();
});

// Past nginx, which lets a client send only so many forms at once.
const send = (path, body, { type = 'application/x-www-form-urlencoded', ours = true, ip = '192.0.2.7' } = {}) => site.fastcgi({ REQUEST_METHOD: 'POST', REQUEST_URI: path,
	CONTENT_TYPE: type, CONTENT_LENGTH: String(Buffer.byteLength(body)), REMOTE_ADDR: ip, ...(ours ? { HTTP_SEC_FETCH_SITE: 'same-origin' } : {}) }, body);
const ask = (email, fields = { consent: 'newsletter' }, options) => send('/newsletter', new URLSearchParams({ email, notice, ...fields }).toString(), options);
const work = () => site.must('work', '--once');
const state = async (email, list = 'perron') => (await site.sql(`SELECT s.state FROM newsletter_subscription s JOIN newsletter n ON n.id = s.newsletter_id
	WHERE s.email = '${email}' AND n.slug = '${list}'`))[0]?.state;
const count = async (sql) => (await site.sql(`SELECT count(*) AS n FROM ${sql}`))[0].n;
const pathOf = (text, what) => new URL(new RegExp(`http\\S+/newsletter/${what}/[\\w-]+`).exec(text)[0]).pathname;

async function confirmLink(who) {
	await work();
	return pathOf((await sink.parsed(who)).at(-1).text, 'confirm');
}

async function join(who, fields) {
	assert.equal((await ask(`${who}@example.org`, fields)).status, 303);
	assert.equal((await send(await confirmLink(who), '')).status, 200);
}

let issues = 0;
async function issue(list, text, ...options) {
	const file = site.in(`issue${++issues}.md`);
	await fs.writeFile(file, `---\ntitle: Numéro ${issues}\n---\n${text}\n`);
	const r = await site.must('newsletter', 'send', file, '--list', list, ...options);
	return { file, id: Number(/issue (\d+)/.exec(r)?.[1]), out: r };
}

test('CO1_no_box_no_subscription', async () => {
	const form = (await site.get('/')).text;
	assert.match(form, /<input id="letter-consent" name="consent" type="checkbox" value="newsletter" required>/);
	assert.doesNotMatch(form + (await site.get('/newsletter')).text, /type="checkbox"[^>]*checked/);
	const r = await ask('nobox@example.org', {});
	assert.equal(r.status, 422);
	assert.match(r.text, /role="alert"/);
	for (const email of ['', 'no address', 'a@b.fr\r\nBcc: x@y.fr']) assert.equal((await ask(email)).status, 422);
	assert.equal(await count('newsletter_subscription'), 0);
	assert.equal(await count('outbox'), 0);
	assert.equal(await count('consent'), 0);
});

test('CO3_the_notice_stands_at_the_form_and_its_wording_is_kept', async () => {
	const page = (await site.get('/newsletter')).text;
	for (const word of ['Responsable', 'Finalité', 'Base légale', 'Destinataires', 'Durée', 'Vos droits', 'CNIL']) assert.match(page, new RegExp(word));
	assert.match(notice, /^[0-9a-f]{12}$/);
	assert.equal((await ask('old@example.org', { notice: '0123456789ab', consent: 'newsletter' })).status, 422, 'a wording that nobody saw');
	assert.equal((await ask('old@example.org')).status, 303);
	const [kept] = await site.sql('SELECT version, hash, wording FROM consent_notice');
	assert.equal(kept.version, notice);
	assert.match(kept.wording, /CNIL/);
});

test('CO5_ML4_one_mail_until_the_button_is_pressed', async () => {
	const r = await ask('lea@example.org');
	assert.equal(r.status, 303);
	assert.match(r.headers.location, /\/newsletter\?sent=1$/);
	const link = await confirmLink('lea');
	assert.equal(sink.to('lea').length, 1);
	assert.deepEqual(malformed(sink.to('lea')[0].raw), []);
	const [mail] = await sink.parsed('lea');
	assert.doesNotMatch(mail.html, /<img/);
	assert.equal(await state('lea@example.org'), 'pending');
	for (let i = 0; i < 3; i++) assert.equal((await site.get(link)).status, 200);
	assert.equal(await state('lea@example.org'), 'pending', 'a scanner that follows links confirms nothing');
	await issue('perron', 'Bonjour.');
	await work();
	assert.equal(sink.to('lea').length, 1, 'nothing but the confirmation');
	assert.equal((await send(link, '', { ours: false })).status, 200);
	assert.equal(await state('lea@example.org'), 'active');
	assert.equal((await send(link, '')).status, 200, 'the button pressed twice');
	assert.equal((await site.get(`${link.slice(0, -2)}zz`)).status, 410);
	await site.sql("UPDATE newsletter_subscription SET requested_at = requested_at - 31 * 86400 WHERE email = 'old@example.org'");
	assert.equal((await send(await confirmLink('old'), '')).status, 410, 'after thirty days');
});

test('LG9_a_hundred_posts_three_mails', async () => {
	for (let i = 0; i < 30; i++) {
		const r = await ask(i % 2 ? 'bomb@example.org' : 'BOMB@Example.org');
		assert.equal(r.status, 303);
	}
	await work();
	assert.equal(sink.to('bomb').length, 3);
});

test('U1_to_U3_headers_of_an_issue', async () => {
	const { id } = await issue('perron', 'Un *mot*, et un [lien](https://example.org/x).\n\n{{article: libre}}');
	assert.ok(id > 0);
	await work();
	const raw = sink.to('lea').at(-1).raw, [mail] = (await sink.parsed('lea')).slice(-1);
	assert.deepEqual(malformed(raw), []);
	assert.match(raw.toString('latin1'), /\r\nList-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n/);
	assert.equal((raw.toString('latin1').match(/^List-Unsubscribe:\r?\n? <[^<>,]+>\r$/gm) ?? []).length, 1);
	assert.match(raw.toString('latin1'), /\r\nList-Id: <perron\.localhost>\r\n/);
	assert.match(mail.subject, /^Numéro/);
	assert.match(mail.text, /Un mot, et un lien <https:\/\/example\.org\/x>/);
	assert.match(mail.html, /href="http:\/\/localhost:\d+\/newsletter\/unsubscribe\/[\w-]{32}"/);
	assert.match(mail.text, /\/newsletter\/unsubscribe\/[\w-]{32}/);
	assert.match(mail.html, /Le Perron/);
});

test('the_title_of_an_issue_is_set_like_any_text', async () => {
	await fs.writeFile(site.in('title.md'), "---\ntitle: \"L'eau : qui l'eût cru ? « Nous »\"\n---\nBonjour.\n");
	assert.match(await site.must('newsletter', 'send', site.in('title.md'), '--list', 'perron', '--test', 'title@example.org'), /queued/);
	await work();
	assert.equal((await sink.parsed('title'))[0].subject, 'L’eau\u00a0: qui l’eût cru\u202f? «\u202fNous\u202f»');
});

test('ML5_U4_to_U10_one_click', async () => {
	await join('ben', { list: 'perron' });
	await join('ben2', { list: 'perron' });
	await issue('perron', 'Deux lecteurs.');
	await work();
	const link = pathOf((await sink.parsed('ben')).at(-1).text, 'unsubscribe');
	for (let i = 5; i < link.length - '/newsletter/unsubscribe/'.length; i += 9) {
		const at = '/newsletter/unsubscribe/'.length + i, altered = link.slice(0, at) + (link[at] === 'A' ? 'B' : 'A') + link.slice(at + 1);
		assert.equal((await send(altered, 'List-Unsubscribe=One-Click', { ours: false })).status, 404);
	}
	for (const method of ['GET', 'HEAD']) assert.equal((await site.request(link, { method })).status, 200);
	assert.equal((await send(link, '', { ours: false })).status, 400);
	assert.equal((await send(link, 'a=b', { ours: false })).status, 400);
	assert.equal(await state('ben@example.org'), 'active');
	const body = '--xx\r\nContent-Disposition: form-data; name="List-Unsubscribe"\r\n\r\nOne-Click\r\n--xx--\r\n';
	const r = await send(link, body, { type: 'multipart/form-data; boundary=xx', ours: false });
	assert.equal(r.status, 200);
	assert.equal(r.headers.location, undefined);
	assert.equal(r.headers['set-cookie'], undefined);
	assert.equal(await state('ben@example.org'), 'ended');
	assert.equal((await send(link, 'List-Unsubscribe=One-Click', { ours: false })).status, 200, 'again');
	const other = pathOf((await sink.parsed('ben2')).at(-1).text, 'unsubscribe');
	const form = (await site.get(other)).text;
	assert.match(form, /name="List-Unsubscribe" value="One-Click"/);
	assert.equal((await site.post(other, { 'List-Unsubscribe': 'One-Click', page: '1' })).status, 200);
	assert.equal(await state('ben2@example.org'), 'ended');
	await site.sql("DELETE FROM newsletter_subscription WHERE email = 'ben@example.org'");
	assert.equal((await send(link, 'List-Unsubscribe=One-Click', { ours: false })).status, 200, 'after erasure');
});

test('U11_ML8_leaving_and_cancelling_stop_what_is_queued', async () => {
	await join('gone', { list: 'perron' });
	await join('kept', { list: 'perron' });
	await issue('perron', 'Pour le lien.');
	await work();
	const link = pathOf((await sink.parsed('gone')).at(-1).text, 'unsubscribe'), before = sink.to('gone').length;
	const queued = await issue('perron', 'En file.');
	await send(link, 'List-Unsubscribe=One-Click', { ours: false });
	await work();
	assert.equal(sink.to('gone').length, before);
	assert.equal(sink.to('kept').length, 3);
	const cancelled = await issue('perron', 'Annulé.');
	assert.match(await site.must('newsletter', 'send', '--cancel', String(cancelled.id)), /taken back/);
	await work();
	assert.equal(sink.to('kept').length, 3);
	assert.notEqual((await site.poterne('newsletter', 'send', cancelled.file, '--list', 'perron')).code, 0);
	assert.match((await site.poterne('newsletter', 'send', queued.file, '--list', 'perron')).stderr, /already/);
});

test('U12_one_list_ends_and_other_mail_goes_on', async () => {
	await join('zoe', { list: 'perron' });
	await join('zoe', { list: 'finances' });
	await issue('perron', 'Un.');
	await work();
	await send(pathOf((await sink.parsed('zoe')).at(-1).text, 'unsubscribe'), 'List-Unsubscribe=One-Click', { ours: false });
	assert.equal(await state('zoe@example.org', 'perron'), 'ended');
	assert.equal(await state('zoe@example.org', 'finances'), 'active');
	await site.sql("INSERT INTO outbox (kind, recipient, template, due_at) VALUES ('transactional', 'zoe@example.org', 'mail_welcome', 1)");
	const before = sink.to('zoe').length;
	await work();
	assert.equal(sink.to('zoe').length, before + 1);
});

test('ML9_LK_each_reader_gets_what_the_paywall_says', async () => {
	await site.signIn('payeuse@example.org', { plan: 'integral' });
	await site.signIn('ancien@example.org', { plan: 'integral', from: 'unixepoch() - 864000', until: 'unixepoch() - 86400' });
	for (const who of ['payeuse', 'ancien', 'passant']) await site.must('newsletter', 'add', `${who}@example.org`, '--list', 'finances');
	const { out } = await issue('finances', '{{article: paye}}\n\n{{article: inscrit}}\n\n{{article: libre}}', '--dry-run');
	assert.match(out, /4 readers/);
	await issue('finances', '{{article: paye}}\n\n{{article: inscrit}}\n\n{{article: libre}}');
	await work();
	const seen = async (who) => { const m = (await sink.parsed(who)).at(-1); return [/CANARIPAYE/, /CANARIINSCRIT/].map((c) => c.test(m.text) || c.test(m.html)); };
	assert.deepEqual(await seen('payeuse'), [true, true]);
	assert.deepEqual(await seen('ancien'), [false, true]);
	assert.deepEqual(await seen('passant'), [false, false]);
	for (const who of ['payeuse', 'ancien', 'passant']) assert.deepEqual(malformed(sink.to(who).at(-1).raw), []);
	assert.doesNotMatch((await sink.parsed('payeuse')).at(-1).html, /\/session\/|\/login\//, 'no sign-in in a newsletter');
	const list = (await site.get('/newsletter/finances')).text;
	const online = await site.get(/href="(\/newsletter\/finances\/[^"]+)"/.exec(list)[1]);
	assert.equal(online.status, 200);
	assert.doesNotMatch(online.text, /CANARI/);
	await assert.rejects(issue('finances', '{{article: brouillon}}'), /brouillon/);
	await assert.rejects(issue('finances', '{{article: nulle-part}}'), /nulle-part/);
});

test('ML9_a_list_for_subscribers_goes_to_subscribers', async () => {
	for (const who of ['payeuse', 'ancien']) await site.must('newsletter', 'add', `${who}@example.org`, '--list', 'coulisses');
	const before = [sink.to('payeuse').length, sink.to('ancien').length];
	await issue('coulisses', 'CANARICOULISSES');
	await work();
	assert.deepEqual([sink.to('payeuse').length, sink.to('ancien').length], [before[0] + 1, before[1]]);
	const list = (await site.get('/newsletter/coulisses')).text;
	assert.doesNotMatch(list + (await site.get(/href="(\/newsletter\/coulisses\/[^"]+)"/.exec(list)[1])).text, /CANARICOULISSES/);
});

test('TR1_two_readers_mails_differ_in_their_own_link_only', async () => {
	await join('t1', { list: 'perron' });
	await join('t2', { list: 'perron' });
	await issue('perron', 'Le même pour tous.\n\n{{article: libre}}');
	await work();
	const [a, b] = (await Promise.all(['t1', 't2'].map((w) => sink.parsed(w)))).map((m) => m.at(-1).html.replace(/\/unsubscribe\/[\w-]{32}/g, '/unsubscribe/X'));
	assert.equal(a, b);
	assert.doesNotMatch(a, /<img[^>]+src="https?:\/\/(?!localhost)/);
});

// There is nothing to switch on: no place where an open or a click could be stored, and no address in a mail that stores one.
test('TR2_TR3_TR5_TR6_no_opening_and_no_click_is_recorded', async () => {
	const schema = (await site.sql("SELECT group_concat(sql, '\n') AS text FROM sqlite_master WHERE type = 'table' AND (name LIKE 'newsletter%' OR name IN ('outbox', 'consent', 'mail_refused', 'subscriber', 'session'))"))[0].text.replace(/--.*$/gm, '');
	assert.match(schema, /\blast_action_at\b/);
	assert.doesNotMatch(schema, /\b\w*(opens?_at|opened|click|pixel|track)\w*\b/i);
	assert.doesNotMatch(await fs.readFile(`${root}/deploy/poterne.conf`, 'utf8'), /pixel|tracking|open_rate/i);
	await join('untracked', { list: 'perron' });
	await issue('perron', 'Un [lien](https://example.org/x).\n\n{{article: libre}}');
	await work();
	const mail = (await sink.parsed('untracked')).at(-1), links = [...new Set([...mail.html.matchAll(/(?:href|src)="([^"]*)"/g)].map((m) => m[1]))];
	const kept = async () => site.sql('SELECT s.id, s.state, s.last_action_at, (SELECT count(*) FROM consent) AS consents, (SELECT count(*) FROM outbox) AS mails, (SELECT count(*) FROM session) AS sessions FROM newsletter_subscription s ORDER BY s.id');
	const before = await kept();
	assert.doesNotMatch(mail.html, /<img|background=|url\(/i, 'nothing is loaded when a mail is opened');
	assert.ok(links.includes('https://example.org/x'), 'no link goes through us');
	for (const link of links.filter((l) => l.startsWith(site.url))) assert.equal((await site.get(new URL(link).pathname)).status, 200, link);
	assert.deepEqual(await kept(), before);
});

test('TR4_a_reader_by_an_institution_gets_the_same_mail', async () => {
	await site.must('institution', 'add', 'Mairie de Valbrume');
	await site.must('institution', 'grant', 'mairie-de-valbrume', 'integral', '--until', '2030-01-01', '--seats', '3');
	await site.signIn('siege@example.org');
	await site.must('institution', 'seat', 'mairie-de-valbrume', 'add', 'siege@example.org');
	for (const who of ['siege', 't3']) await site.must('newsletter', 'add', `${who}@example.org`, '--list', 'perron', '--basis', 'b2b');
	await issue('perron', 'Le même au bureau.\n\n{{article: libre}}');
	await work();
	const [a, b] = (await Promise.all(['siege', 't3'].map((w) => sink.parsed(w)))).map((m) => m.at(-1).html.replace(/\/unsubscribe\/[\w-]{32}/g, '/unsubscribe/X'));
	assert.equal(a, b);
});

test('CO2_each_list_is_a_consent_of_its_own', async () => {
	await join('deux', { list: 'perron' });
	await join('deux', { list: 'finances' });
	const proof = JSON.parse(await site.must('--json', 'consent', 'prove', 'deux@example.org'));
	assert.deepEqual(proof.map((p) => `${p.action} ${p.purpose}`),
		['requested newsletter:perron', 'confirmed newsletter:perron', 'requested newsletter:finances', 'confirmed newsletter:finances']);
	// Signing in, which agrees to the terms, is none.
	await site.signIn('sans@example.org');
	assert.equal(await count("newsletter_subscription WHERE email = 'sans@example.org'"), 0);
});

test('CO6_U13_every_issue_names_its_sender_and_lets_go', async () => {
	await issue('perron', 'Qui écrit.');
	await work();
	const mail = (await sink.parsed('deux')).at(-1), link = pathOf(mail.text, 'unsubscribe');
	for (const part of [mail.text, mail.html]) assert.match(part, /Le Perron[\s\S]*newsletter\/unsubscribe\//);
	// As old as it may be: the link has no date in it.
	await site.sql("UPDATE newsletter_subscription SET requested_at = requested_at - 1000 * 86400, confirmed_at = confirmed_at - 1000 * 86400 WHERE email = 'deux@example.org'");
	assert.equal((await send(link, 'List-Unsubscribe=One-Click', { ours: false })).status, 200);
	assert.equal(await state('deux@example.org'), 'ended');
});

test('CO7_CO8_the_basis_is_kept_and_who_left_is_not_brought_back', async () => {
	for (const [who, basis] of [['cliente', 'customer'], ['contact', 'b2b']]) {
		const email = `${who}@example.org`;
		await site.must('newsletter', 'add', email, '--list', 'perron', '--basis', basis);
		assert.equal(JSON.parse(await site.must('subscriber', 'export', email)).newsletter_subscription[0].basis, basis);
		await issue('perron', `Pour ${who}.`);
		await work();
		await send(pathOf((await sink.parsed(who)).at(-1).text, 'unsubscribe'), 'List-Unsubscribe=One-Click', { ours: false });
		for (const again of [[], ['--basis', basis]]) {
			const r = await site.poterne('newsletter', 'add', email, '--list', 'perron', ...again);
			assert.equal(r.code, 1);
			assert.match(r.stderr, /left this list/);
		}
		assert.equal(await state(email), 'ended');
		await site.must('newsletter', 'add', email, '--list', 'perron', '--basis', 'opt-in');
		assert.equal(await state(email), 'active', 'a new consent');
	}
	assert.notEqual((await site.poterne('newsletter', 'add', 'x@example.org', '--list', 'perron', '--basis', 'autre')).code, 0);
});

test('CO4_CO10_the_proof_is_a_chain', async () => {
	const proof = JSON.parse(await site.must('--json', 'consent', 'prove', 'ben2@example.org'));
	assert.deepEqual(proof.map((p) => p.action), ['requested', 'confirmed', 'withdrawn']);
	assert.deepEqual(proof.map((p) => p.method), ['form', 'mail', 'form']);
	assert.equal(proof[0].wording, notice);
	assert.match(proof[0].words, /CNIL/);
	assert.doesNotMatch(JSON.stringify(await site.sql('SELECT * FROM consent')), /ben2|192\.0\.2/, 'neither address nor network');
	assert.equal((await site.poterne('consent', 'prove', 'never@example.org')).code, 1);
	await assert.rejects(site.sql("UPDATE consent SET action = 'confirmed'"), /never changed/);
	await assert.rejects(site.sql('DELETE FROM consent'), /never taken out/);
	await site.sql('DROP TRIGGER consent_stays; UPDATE consent SET at = at - 1 WHERE id = 2');
	const broken = await site.poterne('consent', 'prove', 'ben2@example.org');
	assert.equal(broken.code, 1);
	assert.match(broken.stderr, /broken at row 2/);
	await site.sql('UPDATE consent SET at = at + 1 WHERE id = 2');
	assert.equal((await site.poterne('consent', 'prove', 'ben2@example.org')).code, 0);
});

test('CO5_CO9_what_is_unconfirmed_or_silent_goes', async () => {
	await ask('late@example.org', { consent: 'newsletter' }, { ip: '198.51.100.1' });
	await site.must('newsletter', 'add', 'silent@example.org', '--list', 'perron');
	await site.must('newsletter', 'add', 'payeuse@example.org', '--list', 'perron');
	await site.sql(`UPDATE newsletter_subscription SET requested_at = requested_at - 31 * 86400 WHERE email = 'late@example.org';
		UPDATE newsletter_subscription SET last_action_at = last_action_at - 1096 * 86400 WHERE email IN ('silent@example.org', 'payeuse@example.org')`);
	await work();
	assert.equal(await state('late@example.org'), undefined);
	assert.equal(await state('silent@example.org'), undefined);
	assert.equal(await state('payeuse@example.org'), 'active', 'a subscriber of the publication is no stranger');
	assert.equal(JSON.parse(await site.must('--json', 'consent', 'prove', 'silent@example.org')).at(-1).action, 'lapsed');
});

test('CO11_erased_stays_erased', async () => {
	await site.signIn('oubli@example.org');
	await site.must('newsletter', 'add', 'oubli@example.org', '--list', 'perron');
	await site.must('subscriber', 'erase', 'oubli@example.org', '--yes').catch(() => site.must('subscriber', 'erase', 'oubli@example.org'));
	assert.equal(await state('oubli@example.org'), undefined);
	assert.notEqual((await site.poterne('newsletter', 'add', 'oubli@example.org', '--list', 'perron')).code, 0);
	assert.equal(JSON.parse(await site.must('--json', 'consent', 'prove', 'oubli@example.org')).at(-1).action, 'erased');
	await site.sql(`INSERT INTO outbox (kind, recipient, template, data, due_at) VALUES ('transactional', 'oubli@example.org', 'mail_seat', '{"name": "Mairie"}', 1)`);
	await work();
	assert.equal(sink.to('oubli').length, 0, 'nobody else has mail sent there');
	assert.equal((await site.sql("SELECT state, reason FROM outbox WHERE template = 'mail_seat'"))[0].reason, 'the person was erased');
	await join('oubli', { list: 'perron' });
	assert.equal(await state('oubli@example.org'), 'active', 'only the person comes back');
	await site.sql("CREATE TABLE kept AS SELECT * FROM site_secret; DELETE FROM site_secret");
	const blind = await site.poterne('newsletter', 'add', 'quelquun@example.org', '--list', 'perron');
	await site.sql('INSERT INTO site_secret SELECT * FROM kept; DROP TABLE kept');
	assert.equal(blind.code, 1, 'nobody is added while it cannot be read who asked to be forgotten');
	assert.match(blind.stderr, /forgotten/);
});

// Staff may open an account for somebody who was erased and calls again; signing in says that it is that person.
test('CO11_signing_in_ends_the_memory_of_an_erasure', async () => {
	await site.signIn('retour@example.org');
	await site.must('subscriber', 'erase', 'retour@example.org');
	const erased = await count('erased');
	await site.must('subscriber', 'add', 'retour@example.org');
	assert.equal(await count('erased'), erased);
	const v = new Visitor(site);
	await v.post('/login', { email: 'retour@example.org' });
	assert.equal((await v.post('/login/code', { code: (await lastMail(site, 'retour@example.org')).code })).status, 303);
	assert.equal(await count('erased'), erased - 1);
});

test('CO11_a_reader_of_letters_alone_can_be_shown_and_erased', async () => {
	await join('seule', { list: 'perron', consent: 'newsletter' });
	const all = JSON.parse(await site.must('subscriber', 'export', 'seule@example.org'));
	assert.deepEqual(Object.keys(all).sort(), ['consent', 'newsletter_subscription', 'outbox']);
	assert.deepEqual(all.consent.map((c) => c.action), ['requested', 'confirmed']);
	assert.match(all.consent[0].wording, /CNIL/);
	await site.must('subscriber', 'erase', 'seule@example.org');
	assert.equal((await site.poterne('subscriber', 'export', 'seule@example.org')).code, 1);
	for (const [table, column] of [['newsletter_subscription', 'email'], ['outbox', 'recipient']]) assert.equal(await count(`${table} WHERE ${column} = 'seule@example.org'`), 0);
	const proof = JSON.parse(await site.must('--json', 'consent', 'prove', 'seule@example.org')).at(-1);
	assert.deepEqual([proof.action, proof.method], ['erased', 'command']);
	assert.equal((await site.poterne('subscriber', 'erase', 'jamais@example.org')).code, 1);
});

test('a_test_goes_to_one_address_and_is_not_online', async () => {
	await issue('perron', 'Essai.', '--test', 'redaction@example.org');
	await work();
	assert.equal(sink.to('redaction').length, 1);
	assert.equal(await count("newsletter_issue WHERE state = 'test' AND markdown LIKE 'Essai.%'"), 1);
	assert.doesNotMatch((await site.get('/newsletter/perron')).text, /href="\/newsletter\/perron\/test-/);
});
