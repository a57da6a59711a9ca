// tarpit.mjs: a mail server that takes a connection and then all the time in the world: nobody who signs in waits for it (FT11).
import assert from 'node:assert/strict';
import net from 'node:net';
import { after, before, test } from 'node:test';
import { Sink } from './lib/mail.mjs';
import { Program } from './lib/program.mjs';
import { Site, binary } from './lib/site.mjs';
import { Visitor } from './lib/visitor.mjs';

// A byte now and then: of the greeting, or of the answer to RCPT. `held` counts the connections it has had.
class Tarpit {
	static async start(greets) {
		const t = new Tarpit();

		t.held = 0;
		t.sockets = new Set();
		t.server = net.createServer((socket) => {
			const drip = (text) => { let i = 0; t.held++; socket.timer = setInterval(() => socket.write(text[i++ % text.length]), 200); };
			t.sockets.add(socket);
			socket.on('error', () => {}).on('close', () => { clearInterval(socket.timer); t.sockets.delete(socket); });
			if (!greets) { drip('220-tarpit '); return; }
			socket.write('220 tarpit\r\n');
			socket.on('data', (bytes) => {
				if (/^EHLO/i.test(bytes)) socket.write('250 tarpit\r\n');
				else if (/^RCPT/i.test(bytes)) drip('250-one moment ');
				else socket.write('250 fine\r\n');
			});
		});
		await new Promise((go) => { t.server.listen(0, '127.0.0.1', go); });
		return t;
	}

	get url() { return `smtp://localhost:${this.server.address().port}`; }
	async stop() { for (const s of this.sockets) s.destroy(); await new Promise((go) => { this.server.close(go); }); }
}

let site;
before(async () => {
	site = await Site.start({ nginx: false, config: { mail: { transport: 'smtp', smtp_url: 'smtp://localhost:1', tls: 'no', timeout: '1s', connections: 1 } } });
});
after(() => site?.stop());

let asked = 0;
// How long asking for a link takes, and the page before it, one after the other: the slowest but one of thirty, in milliseconds.
async function askAll() {
	const took = { page: [], ask: [] };

	for (let i = 0; i < 30; i++) {
		const v = new Visitor(site, { from: `10.${++asked % 250}.${Math.floor(asked / 250)}.1` });
		let began = performance.now();
		assert.equal((await v.get('/login')).status, 200);
		took.page.push(performance.now() - began);
		began = performance.now();
		assert.equal((await v.post('/login', { email: `lente${asked}@exemple.fr` })).status, 303);
		took.ask.push(performance.now() - began);
	}
	return Object.fromEntries(Object.entries(took).map(([k, list]) => [k, list.sort((a, b) => a - b)[28]]));
}

const faults = (idle, busy) => ['page', 'ask'].filter((k) => busy[k] >= 3 * idle[k] + 100).map((k) => `${k}: ${busy[k].toFixed(1)} ms, idle ${idle[k].toFixed(1)} ms`);

for (const greets of [false, true]) {
	test(`FT11_a_tarpit_${greets ? 'at_RCPT' : 'before_its_greeting'}_holds_up_no_page`, async () => {
		let slow = ['not asked'];

		// The machine's own moods are let pass; who waits for the mail server does so each time, and for a second.
		for (let round = 0; slow.length > 0 && round < 5; round++) {
			const tarpit = await Tarpit.start(greets), env = { ...site.env, POTERNE_MAIL_SMTP_URL: tarpit.url };
			let worker;
			try {
				const idle = await askAll();
				worker = new Program('worker', binary, ['--config', site.conf, 'work'], { cwd: site.folder, env });
				await site.until('the worker is held', () => tarpit.held > 0 || !worker.running);
				slow = faults(idle, await askAll());
			} finally {
				assert.equal((await worker?.stop())?.code, 0, 'it ends when it is told to');
				await tarpit.stop();
			}
		}
		assert.deepEqual(slow, []);
		assert.equal((await site.sql("SELECT count(*) AS n FROM outbox WHERE state IN ('sent', 'dead')"))[0].n, 0, 'nothing is lost');
	});
}

test('FT11_what_the_tarpit_held_is_sent_when_there_is_a_server', async () => {
	const sink = await Sink.start();
	try {
		await site.sql("DELETE FROM outbox WHERE id % 3 <> 0; UPDATE outbox SET due_at = 1 WHERE state = 'waiting';");
		const [{ n }] = await site.sql("SELECT count(*) AS n FROM outbox WHERE state = 'waiting'");
		assert.ok(n >= 30, `${n} wait`);
		assert.equal((await site.poterne('work', '--once', { env: { POTERNE_MAIL_SMTP_URL: sink.url, POTERNE_MAIL_TIMEOUT: '2m' } })).code, 0);
		assert.equal(sink.mails.length, n);
	} finally {
		await sink.stop();
	}
});
