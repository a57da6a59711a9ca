// mta.mjs: an issue and a sign-in through a real mail server into a mailbox: OpenSMTPD with Debian's filter that signs (U3).
// Skipped unless run as root where opensmtpd and opensmtpd-filter-dkimsign are installed and no other smtpd runs.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import crypto from 'node:crypto';
import { existsSync } from 'node:fs';
import fs from 'node:fs/promises';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { simpleParser } from 'mailparser';
import { freePort } from '../http/lib/http.mjs';
import { malformed } from '../http/lib/mail.mjs';
import { Program } from '../http/lib/program.mjs';
import { Site } from '../http/lib/site.mjs';
import { until } from '../http/lib/until.mjs';

const filter = '/usr/libexec/opensmtpd/filter-dkimsign';
const answers = () => { try { execFileSync('smtpctl', ['show', 'stats'], { stdio: 'ignore' }); return true; } catch { return false; } };
const skip = process.getuid() !== 0 || !existsSync('/usr/sbin/smtpd') || !existsSync(filter) || answers() ? 'no OpenSMTPD to be had' : false;
// The filter's own list has no List-Unsubscribe-Post.
const signed = 'from:to:subject:date:message-id:mime-version:content-type:list-id:list-unsubscribe:list-unsubscribe-post';

let site, mta, folder, keys;
before(async () => {
	if (skip) return;
	const port = await freePort();
	folder = await fs.mkdtemp('/var/tmp/poterne-mta.');
	await fs.chmod(folder, 0o755);
	keys = crypto.generateKeyPairSync('rsa', { modulusLength: 2048 });
	await fs.writeFile(`${folder}/dkim.key`, keys.privateKey.export({ type: 'pkcs1', format: 'pem' }), { mode: 0o644 });
	await fs.mkdir(`${folder}/mail`);
	const { uid } = await fs.stat('/var/mail').then(() => ({ uid: Number(execFileSync('id', ['-u', 'mail'], { encoding: 'utf8' })) }));
	await fs.chown(`${folder}/mail`, uid, uid);
	await fs.writeFile(`${folder}/smtpd.conf`, `filter "dkim" proc-exec "filter-dkimsign -d example.org -s k1 -k ${folder}/dkim.key -c relaxed/relaxed -h ${signed}"
table everybody { "@" = "mail" }
listen on 127.0.0.1 port ${port} filter "dkim"
action "keep" maildir "${folder}/mail/%{rcpt.user}" virtual <everybody>
match from any for domain "example.net" action "keep"
`);
	mta = new Program('smtpd', '/usr/sbin/smtpd', ['-d', '-f', `${folder}/smtpd.conf`]);
	await until('smtpd answers', () => { if (!mta.running) throw new Error(mta.output); return answers(); });
	site = await Site.start({ serve: false, config: { mail: { transport: 'smtp', smtp_url: `smtp://localhost:${port}`, tls: 'no', pace: 1000 } } });
});
after(async () => {
	await site?.stop();
	await mta?.stop();
	if (folder) await fs.rm(folder, { recursive: true, force: true });
});

async function mailbox(who, n = 1) {
	const place = path.join(folder, 'mail', who, 'new');

	await until(`${n} mails for ${who}`, async () => existsSync(place) && (await fs.readdir(place)).length >= n);
	return Promise.all((await fs.readdir(place)).map(async (name) => (await fs.readFile(path.join(place, name))).toString('latin1').replace(/\r?\n/g, '\r\n')));
}

// RFC 6376 3.4.2, 3.4.4, 3.7: relaxed, with the signature's own b= emptied.
function dkimGood(raw) {
	const cut = raw.indexOf('\r\n\r\n'), heads = raw.slice(0, cut).split(/\r\n(?![ \t])/), relaxed = (head) => {
		const at = head.indexOf(':');
		return `${head.slice(0, at).trim().toLowerCase()}:${head.slice(at + 1).replace(/\r\n/g, '').replace(/[ \t]+/g, ' ').trim()}`;
	};
	const body = raw.slice(cut + 4).replace(/[ \t]+(?=\r\n)/g, '').replace(/[ \t]+/g, ' ').replace(/(\r\n)+$/, '') + '\r\n';
	const own = heads.find((h) => /^dkim-signature:/i.test(h));
	const tags = Object.fromEntries(own.slice(15).replace(/\s+/g, '').split(';').filter(Boolean).map((t) => [t.slice(0, t.indexOf('=')), t.slice(t.indexOf('=') + 1)]));
	const rest = [...heads].reverse();
	const lines = tags.h.split(':').flatMap((name) => {
		const i = rest.findIndex((h) => h.toLowerCase().startsWith(`${name.toLowerCase()}:`));
		return i < 0 ? [] : [relaxed(rest.splice(i, 1)[0])];
	});
	const text = [...lines, relaxed(own.replace(/([;\s]b=)[^;]*/, '$1'))].join('\r\n');
	return { names: tags.h.toLowerCase().split(':'), body: crypto.createHash('sha256').update(body, 'latin1').digest('base64') === tags.bh,
		head: crypto.createVerify('sha256').update(text, 'latin1').verify(keys.publicKey, tags.b, 'base64') };
}

test('U3_an_issue_arrives_signed_and_as_it_was_written', { skip }, async () => {
	for (const who of ['lea', 'ben', 'zoe']) await site.must('newsletter', 'add', `${who}@example.net`, '--list', 'perron');
	await fs.writeFile(site.in('issue.md'), '---\ntitle: Été à l’hôtel de ville : « où, quand ? »\n---\nUne ligne.\n.\n{{article: paye}}\n');
	await site.must('newsletter', 'send', site.in('issue.md'), '--list', 'perron');
	await site.must('work', '--once');
	for (const who of ['lea', 'ben', 'zoe']) {
		const [raw] = await mailbox(who), mail = await simpleParser(raw), dkim = dkimGood(raw);
		assert.ok(dkim.head && dkim.body, 'nothing was edited behind the signature');
		assert.ok(dkim.names.includes('list-unsubscribe') && dkim.names.includes('list-unsubscribe-post'));
		assert.equal(mail.subject.replace(/[\u00a0\u202f]/g, ' '), 'Été à l’hôtel de ville : « où, quand ? »');
		assert.equal(mail.headers.get('list-unsubscribe-post') ?? /^List-Unsubscribe-Post: (.*)\r$/m.exec(raw)[1], 'List-Unsubscribe=One-Click');
		assert.deepEqual(mail.to.value.map((a) => a.address), [`${who}@example.net`]);
		assert.doesNotMatch(raw, /CANARI/);
		assert.deepEqual(malformed(Buffer.from(raw.slice(raw.search(/^Date: /m)), 'latin1')).filter((f) => !/^(long line|not a header)/.test(f)), []);
	}
});

test('LG_a_sign_in_arrives', { skip }, async () => {
	await site.sql(`INSERT INTO outbox (kind, recipient, template, data, due_at) VALUES ('transactional', 'camille@example.net', 'mail_login',
		'{"code": "4815 1623", "link": "https://leperron.example/login/x", "minutes": 10, "device": "Firefox", "requested_at_text": "hier"}', 1)`);
	await site.must('work', '--once');
	const [raw] = await mailbox('camille');
	assert.match((await simpleParser(raw)).text, /4815 1623/);
	assert.ok(dkimGood(raw).head);
});

test('FT11_an_address_that_the_server_will_not_take_ends', { skip }, async () => {
	await site.sql("INSERT INTO outbox (kind, recipient, template, data, due_at) VALUES ('transactional', 'qui@ailleurs.example', 'mail_erased', '{}', 1)");
	await site.must('work', '--once');
	const [row] = await site.sql("SELECT state, reason FROM outbox WHERE recipient = 'qui@ailleurs.example'");
	assert.equal(row.state, 'dead');
	assert.match(row.reason, /^550/);
});
