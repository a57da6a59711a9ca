// signin.mjs: whether readers feel it when many sign in: latencies of warm article pages, idle and during 200 parallel
// sign-ins (half by password, half asking for a link), taking turns in one run. Usage: node tests/bench/signin.mjs [ROUNDS];
// exit 1 when the p99 is over 1.5 times the idle one. Readers open `rate` pages a second whether or not the last ones have
// come. The crowd is a process of its own (this file again), of lowest priority: it stands for other people's machines.
import { fork } from 'node:child_process';
import fs from 'node:fs/promises';
import http from 'node:http';
import os from 'node:os';
import { Connection } from '../http/lib/fastcgi.mjs';
import { Site } from '../http/lib/site.mjs';

const rate = 150, parallel = 200;

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
	os.setPriority(19);
	let connections;
	process.on('message', async ({ socket, round }) => {
		if (socket === undefined) return process.send(await crowd(connections, round));
		connections = await Promise.all(Array.from({ length: parallel }, () => Connection.open(socket)));
		return process.send('ready');
	});
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
	return took;
}

function figures(took) {
	took.sort((a, b) => a - b);
	return { n: took.length, p50: took[took.length >> 1], p99: took[Math.floor(took.length * 0.99)],
		text: `${took.length} pages, p50 ${took[took.length >> 1].toFixed(2)} ms, p99 ${took[Math.floor(took.length * 0.99)].toFixed(2)} ms` };
}

async function measure(rounds) {
	const site = await Site.start({ demo: true });
	const others = fork(new URL(import.meta.url).pathname);

	try {
		const cookie = await site.signIn('abonnee@exemple.fr', { plan: 'integral' });
		const path = JSON.parse(await site.must('--json', 'article', 'list')).find((a) => a.access === 'subscriber').path;
		const forAWhile = (ms) => { const end = performance.now() + ms; return () => performance.now() > end; };
		const idle = [], busy = [], counts = {};

		await read(site, path, cookie, forAWhile(500));
		for (let round = 0; round < rounds; round++) {
			let answered;
			await new Promise((go) => { others.once('message', go); others.send({ socket: site.socket }); });
			idle.push(...await read(site, path, cookie, forAWhile(1000)));
			others.once('message', (m) => { answered = m; });
			others.send({ round });
			busy.push(...await read(site, path, cookie, () => answered !== undefined));
			for (const [status, n] of Object.entries(answered)) counts[status] = (counts[status] ?? 0) + n;
		}
		const calm = figures(idle), full = figures(busy);
		const rss = /VmHWM:\s*(\d+)/.exec(await fs.readFile(`/proc/${site.daemon.pid}/status`, 'utf8'))[1] / 1024;
		console.log(`idle:     ${calm.text}\nsign-ins: ${full.text}`);
		console.log(`answers to ${rounds} times ${parallel} parallel sign-ins: ${JSON.stringify(counts)}; memory at most ${Math.round(rss)} MiB`);
		console.log(`p99 ratio ${(full.p99 / calm.p99).toFixed(2)} (at most 1.5)`);
		return full.p99 > 1.5 * calm.p99 ? 1 : 0;
	} finally {
		others.kill();
		await site.stop();
	}
}
