// signin.mjs: whether readers feel it when many sign in, or when a newsletter leaves: latencies of warm article pages, idle, during
// 200 parallel sign-ins (half by password, half asking for a link) and while the worker writes to 100,000 readers, taking turns.
// Usage: node tests/bench/signin.mjs [ROUNDS]; exit 1 when the p99 is over 1.5 times the idle one: the median of the rounds' own
// ratios. Readers open `rate` pages a second whether or not the last ones have come. The crowd and the mail server are a process
// of their own (this file again), of lowest priority: they stand for other people's machines. On a machine that does other things
// too: chrt -r 1 node tests/bench/signin.mjs, which puts readers, nginx and daemon before all that; what the program itself
// puts off (password.c, work.c) still competes as it does otherwise.
import { fork, execFileSync } from 'node:child_process';
import fs from 'node:fs/promises';
import http from 'node:http';
import os from 'node:os';
import { Connection } from '../http/lib/fastcgi.mjs';
import { Program } from '../http/lib/program.mjs';
import { Site, binary } from '../http/lib/site.mjs';
import { median } from './measure.mjs';
import { openSink } from './sink.mjs';

const rate = 150, parallel = 200, readers = 100000;

const at = (took, part) => took[Math.floor(took.length * part)];
const answer = (others, message) => new Promise((go) => { others.once('message', go); if (message) others.send(message); });
const forAWhile = (ms) => { const end = performance.now() + ms; return () => performance.now() > end; };

// One sign-in each, all at once, from as many networks; gives the answers counted by status. The connections are there
// already, as those of the web server in front are.
async function crowd(connections, round) {
	const form = { CONTENT_TYPE: 'application/x-www-form-urlencoded', HTTP_SEC_FETCH_SITE: 'same-origin', REQUEST_METHOD: 'POST' };
	const counts = {};

	await Promise.all(connections.map(async (c, i) => {
		const byMail = i % 2 === 1;
		const body = new URLSearchParams(byMail ? { email: `r${round}.${i}@exemple.fr` }
			: { email: `m${round}.${i}@exemple.fr`, password: 'quatre mots sans rapport' });
		const r = await c.request({ ...form, REMOTE_ADDR: `10.${round}.${i}.1`, REQUEST_URI: byMail ? '/login' : '/login/password' }, body.toString(), { ms: 60000 });
		counts[r.status] = (counts[r.status] ?? 0) + 1;
		c.close();
	}));
	return counts;
}

if (process.send) {
	execFileSync('chrt', ['-a', '-o', '-p', '0', String(process.pid)]);
	os.setPriority(19);
	const sink = await openSink();
	let connections;
	process.on('message', async ({ socket, round, taken }) => {
		if (taken) return process.send(sink.taken);
		if (socket === undefined) return process.send(await crowd(connections, round));
		connections = await Promise.all(Array.from({ length: parallel }, () => Connection.open(socket)));
		return process.send('ready');
	});
	process.send(sink.url);
} else {
	process.exitCode = await measure(Number(process.argv[2] ?? 8));
}

// Pages opened until over() says so: how long each took, in milliseconds.
async function read(site, path, cookie, over) {
	const agent = new http.Agent({ keepAlive: true, maxSockets: 16 });
	const took = [], pending = [], start = performance.now();

	for (let i = 0; !over(); i++) {
		const due = start + (i * 1000) / rate;
		if (due > performance.now()) await new Promise((go) => setTimeout(go, due - performance.now()));
		const began = performance.now();
		pending.push(site.get(path, { agent, cookie: i % 2 ? cookie : undefined }).then((r) => {
			if (r.status !== 200) throw new Error(`${path}: ${r.status}`);
			took.push(performance.now() - began);
		}));
	}
	await Promise.all(pending);
	agent.destroy();
	return took.sort((a, b) => a - b);
}

// A newsletter to many, queued.
async function queueIssue(site) {
	await site.sql(`WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ${readers})
		INSERT INTO newsletter_subscription (newsletter_id, email, state, confirmed_at) SELECT 1, 'reader' || i || '@example.org', 'active', unixepoch() FROM n;`);
	await fs.writeFile(site.in('issue.md'), `---\ntitle: Numéro de mesure\n---\n${'Une phrase de la lettre.\n\n'.repeat(20)}`);
	await site.must('newsletter', 'send', site.in('issue.md'), '--list', 'perron', { timeout: 300000 });
}

async function measure(rounds) {
	const others = fork(new URL(import.meta.url).pathname);
	const smtp = await answer(others);
	const site = await Site.start({ demo: true, config: { mail: { transport: 'smtp', smtp_url: smtp, tls: 'no', pace: 100000, connections: 1 } } });
	let worker;

	try {
		const cookie = await site.signIn('abonnee@exemple.fr', { plan: 'integral' });
		const path = JSON.parse(await site.must('--json', 'article', 'list')).find((a) => a.access === 'subscriber').path;
		const all = { idle: [], 'sign-ins': [], newsletter: [] }, ratios = { 'sign-ins': [], newsletter: [] }, counts = {};
		const note = (kind, took, idle) => { all[kind].push(...took); ratios[kind]?.push(at(took, 0.99) / at(idle, 0.99)); };

		await queueIssue(site);
		await read(site, path, cookie, forAWhile(500));
		for (let round = 0; round < rounds; round++) {
			let answered;
			await answer(others, { socket: site.socket });
			const idle = await read(site, path, cookie, forAWhile(1500));
			note('idle', idle);
			answer(others, { round }).then((m) => { answered = m; });
			note('sign-ins', await read(site, path, cookie, () => answered !== undefined), idle);
			for (const [status, n] of Object.entries(answered)) counts[status] = (counts[status] ?? 0) + n;
			const before = await answer(others, { taken: true });
			worker = new Program('worker', binary, ['--config', site.conf, 'work'], { cwd: site.folder, env: site.env });
			await site.until('mails leave', async () => await answer(others, { taken: true }) > before);
			note('newsletter', await read(site, path, cookie, forAWhile(1500)), idle);
			await worker.stop();
		}
		const rss = /VmHWM:\s*(\d+)/.exec(await fs.readFile(`/proc/${site.daemon.pid}/status`, 'utf8'))[1] / 1024;
		for (const [kind, took] of Object.entries(all)) {
			took.sort((a, b) => a - b);
			console.log(`${kind.padEnd(10)} ${took.length} pages, p50 ${at(took, 0.5).toFixed(2)} ms, p99 ${at(took, 0.99).toFixed(2)} ms`);
		}
		console.log(`answers to ${rounds} times ${parallel} parallel sign-ins: ${JSON.stringify(counts)}; memory at most ${Math.round(rss)} MiB`);
		console.log(`mails meanwhile: ${await answer(others, { taken: true })}`);
		for (const [kind, list] of Object.entries(ratios))
			console.log(`p99 ratio, ${kind}: ${median(list).toFixed(2)} (at most 1.5; rounds ${list.map((r) => r.toFixed(1)).join(' ')})`);
		return Object.values(ratios).some((list) => median(list) > 1.5) ? 1 : 0;
	} finally {
		await worker?.stop().catch(() => {});
		others.kill();
		await site.stop();
	}
}
