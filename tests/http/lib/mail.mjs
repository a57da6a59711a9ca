// mail.mjs: a mail server that keeps what it takes, and misbehaves for those who ask for it by their address.
//	later@ 451 at RCPT · never@ 550 at RCPT · spam@ 554 after the data · drop@ ends the connection in the data · slow@ waits
import fs from 'node:fs/promises';
import path from 'node:path';
import { simpleParser } from 'mailparser';
import { SMTPServer } from 'smtp-server';
import { freePort } from './http.mjs';
import { run } from './program.mjs';

const answer = (code, text) => Object.assign(new Error(text), { responseCode: code });
const local = (session) => session.envelope.rcptTo.at(-1).address.split('@')[0];

export class Sink {
	constructor() {
		this.mails = []; // { to, recipients, raw }
		this.behave = true;
	}

	// tls: a folder for a key and a certificate for localhost, signed by itself; without it there is no STARTTLS.
	static async start({ tls, port } = {}) {
		const sink = new Sink(), options = { authOptional: true, disableReverseLookup: true, logger: false, disabledCommands: tls ? ['AUTH'] : ['STARTTLS', 'AUTH'] };

		if (tls) {
			sink.cert = path.join(tls, 'cert.pem');
			await run('openssl', ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-keyout', `${tls}/key.pem`, '-out', sink.cert,
				'-subj', '/CN=localhost', '-addext', 'subjectAltName=DNS:localhost', '-days', '2']);
			Object.assign(options, { key: await fs.readFile(`${tls}/key.pem`), cert: await fs.readFile(sink.cert) });
		}
		sink.server = new SMTPServer({
			...options,
			onRcptTo: (address, session, done) => {
				const who = address.address.split('@')[0];
				done(!sink.behave ? null : who === 'later' ? answer(451, 'try again later') : who === 'never' ? answer(550, '5.1.1 no such user') : null);
			},
			onData: (stream, session, done) => {
				const parts = [], who = sink.behave ? local(session) : '';
				if (who === 'drop') { stream.resume(); stream.once('data', () => session.socket?.destroy?.()); sink.cut(); return; }
				stream.on('data', (part) => parts.push(part));
				stream.on('end', () => {
					if (who === 'spam') { done(answer(554, '5.7.1 looks like spam')); return; }
					const take = () => {
						sink.mails.push({ to: session.envelope.rcptTo[0].address, recipients: session.envelope.rcptTo.length, raw: Buffer.concat(parts) });
						done(null, 'taken');
						sink.onMail?.();
					};
					if (who === 'slow') setTimeout(take, 1500); else take();
				});
			},
		});
		sink.port = port ?? await freePort(); // may be wanted again
		await new Promise((resolve, reject) => { sink.server.on('error', reject).listen(sink.port, '127.0.0.1', resolve); });
		return sink;
	}

	get url() { return `smtp://localhost:${this.port}`; }
	cut() { for (const c of this.server.connections) c._socket.destroy(); }
	to(who) { return this.mails.filter((m) => m.to.startsWith(`${who}@`)); }
	async parsed(who) { return Promise.all(this.to(who).map((m) => simpleParser(m.raw))); }
	stop() { return new Promise((resolve) => { this.server.close(resolve); }); }
}

// RFC 5322 and 2045 as far as bytes show it: CRLF only, lines of at most 78 (998 for addresses to leave), ASCII.
export function malformed(raw) {
	const text = raw.toString('latin1'), faults = [];

	if (/[^\r]\n|\r[^\n]/.test(text)) faults.push('a bare CR or LF');
	if (/[\x80-\xff\0]/.test(text)) faults.push('not ASCII');
	for (const line of text.split('\r\n')) if (line.length > 78 && !/^ ?<?https?:/.test(line)) faults.push(`long line: ${line}`);
	const head = text.slice(0, text.indexOf('\r\n\r\n')).replace(/\r\n[ \t]/g, ' ').split('\r\n');
	for (const name of ['Date', 'From', 'To', 'Subject', 'Message-ID', 'MIME-Version', 'Content-Type'])
		if (head.filter((l) => l.startsWith(`${name}:`)).length !== 1) faults.push(`${name}: not once`);
	for (const l of head) if (!/^[A-Za-z-]+: ./.test(l)) faults.push(`not a header: ${l}`);
	return faults;
}
