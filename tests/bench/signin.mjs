// signin.mjs: whether readers feel it when many sign in, or when a newsletter leaves: latencies of warm article pages through nginx
// (paced.c), idle, during waves of 200 parallel sign-ins (half by password, half asking for a link) and while the worker writes to
// 100,000 readers, taking turns; in the end the whole newsletter. Beside them a loop of the lowest priority (SCHED_IDLE) that does
// nothing: what it costs, the machine and its scheduler take of whoever has a processor to wake up on, whatever the program does.
// Usage: node tests/bench/signin.mjs [ROUNDS] [--short]; --short leaves the whole newsletter out. RATE= pages a second, SECONDS= of a
// phase. Exit 1 when the p99 is over 1.5 times the idle one: the median of the rounds' own ratios.
// The crowd and the mail server are a process of their own (this file again) that runs when the processors have nothing else to do
// (SCHED_IDLE): they stand for other people's machines. Readers are not: they compete with nginx and the daemon.
import { execFileSync, fork, spawn } from 'node:child_process';
import fs from 'node:fs/promises';
import readline from 'node:readline';
import { Connection } from '../http/lib/fastcgi.mjs';
import { Program } from '../http/lib/program.mjs';
import { Site, binary, root } from '../http/lib/site.mjs';
import { cpuOf, median } from './measure.mjs';
import { openSink } from './sink.mjs';

const parallel = 200, readers = 100000, rate = Number(process.env.RATE ?? 1000), seconds = Number(process.env.SECONDS ?? 3);
const elsewhereMost = 0.15; // of one processor
const password = 'quatre mots sans rapport';
const hash = '$argon2id$v=19$m=19456,t=2,p=1$H3setrZ5d10VeQoDtXg7oQ$XyaBEFPvdg0Hk1ZjJ04V5muFdC9eOtDDMquOE7/K0nk';

const answer = (others, message) => new Promise((go) => { others.once('message', go); if (message) others.send(message); });

// A sign-in each, all at once, from as many networks: one in four by password, one by the password of nobody, two by mail. The
// connections are there already, as those of the web server in front are. Gives the answers counted by status.
async function wave(connections, n, counts) {
	const form = { CONTENT_TYPE: 'application/x-www-form-urlencoded', HTTP_SEC_FETCH_SITE: 'same-origin', REQUEST_METHOD: 'POST' };

	await Promise.all(connections.map(async (c, i) => {
		const kind = ['member', 'mail', 'nobody', 'mail'][i % 4];
		const email = kind === 'member' ? `m${i}@exemple.fr` : `${kind}${n}.${i}@exemple.fr`;
		const body = new URLSearchParams(kind === 'mail' ? { email } : { email, password });
		const r = await c.request({ ...form, REMOTE_ADDR: `10.${n}.${i}.1`, REQUEST_URI: kind === 'mail' ? '/login' : '/login/password' },
			body.toString(), { ms: 60000 });
		counts[`${kind} ${r.status}`] = (counts[`${kind} ${r.status}`] ?? 0) + 1;
	}));
}

async function beOthers() {
	execFileSync('chrt', ['-a', '-i', '-p', '0', String(process.pid)]);
	const sink = await openSink();
	let connections, waves = 0;

	process.on('message', async ({ socket, ms, taken }) => {
		if (taken) return process.send(sink.taken);
		if (socket) {
			connections = await Promise.all(Array.from({ length: parallel }, () => Connection.open(socket)));
			return process.send('ready');
		}
		const counts = { waves: 0 };
		for (const end = performance.now() + ms; performance.now() < end; counts.waves++)
			await wave(connections, ++waves, counts);
		return process.send(counts);
	});
	process.send(sink.url);
}

// Milliseconds of processor time that this machine gave to what is not ours, or that its host took. What has ended counts too.
async function elsewhere(ours) {
	const [user, nice, system, , , irq, softirq, steal] = (await fs.readFile('/proc/stat', 'utf8')).split(/\s+/).slice(1, 9).map(Number);
	const ended = (await fs.readFile('/proc/self/stat', 'utf8')).split(') ')[1].split(' ').slice(13, 15).map(Number);

	return (user + nice + system + irq + softirq + steal - ended[0] - ended[1]) * 10 - [process.pid, ...ours].reduce((sum, pid) => sum + cpuOf(pid), 0) / 1000;
}

// paced.c at work: phase(name, done) gives what it says of the time until done resolves.
async function openReaders(site, path, cookie, programs) {
	const program = site.in('paced');
	execFileSync(process.env.CC ?? 'gcc', ['-O2', '-std=c17', '-D_GNU_SOURCE', '-o', program, `${root}/tests/bench/paced.c`]);
	const child = spawn(program, [site.port, rate, path, cookie], { stdio: ['pipe', 'pipe', 'inherit'] });
	const ended = new Promise((go) => child.once('exit', go));
	const lines = readline.createInterface({ input: child.stdout })[Symbol.asyncIterator]();
	return {
		async phase(name, done) {
			const ours = [child.pid, ...programs()], before = await elsewhere(ours), began = performance.now();
			child.stdin.write(`${name}\n`);
			await done;
			child.stdin.write('\n');
			const took = { elsewhere: await elsewhere(ours) - before, seconds: (performance.now() - began) / 1000 };
			const { value } = await lines.next();
			if (!value) throw new Error(`paced: ended with ${await ended}`);
			return { ...JSON.parse(value), ...took };
		},
		async stop() { child.stdin.end(); await ended; },
	};
}

// Half of the crowd's accounts, and a newsletter to many, queued.
async function fill(site) {
	await site.sql(`WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ${readers})
		INSERT INTO newsletter_subscription (newsletter_id, email, state, confirmed_at) SELECT 1, 'reader' || i || '@example.org', 'active', unixepoch() FROM n;
		WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 4 FROM n WHERE i + 4 < ${parallel}) INSERT INTO subscriber (email) SELECT 'm' || i || '@exemple.fr' FROM n;
		INSERT INTO subscriber_password (subscriber_id, hash) SELECT id, '${hash}' FROM subscriber WHERE email LIKE 'm%@exemple.fr';`);
	await fs.writeFile(site.in('issue.md'), `---\ntitle: Numéro de mesure\n---\n${'Une phrase de la lettre.\n\n'.repeat(20)}`);
	await site.must('newsletter', 'send', site.in('issue.md'), '--list', 'perron', { timeout: 300000 });
}

const ms = (us) => (us / 1000).toFixed(2);
const show = (p) => `${p.phase.padEnd(10)} ${String(p.pages).padStart(6)} pages, ms p50 ${ms(p.whole.p50)} p99 ${ms(p.whole.p99)} p99.9 ${ms(p.whole.p999)}`
	+ `; nginx and daemon alone: p50 ${ms(p.server.p50)} p99 ${ms(p.server.p99)} p99.9 ${ms(p.server.p999)}; elsewhere ${p.elsewhere.toFixed(0)} ms`;
const pause = (s) => new Promise((go) => setTimeout(go, s * 1000));

async function measure(wanted, short) {
	const others = fork(new URL(import.meta.url).pathname);
	const smtp = await answer(others);
	const site = await Site.start({ demo: true, config: { mail: { transport: 'smtp', smtp_url: smtp, tls: 'no', pace: 100000, connections: 1 } } });
	const taken = () => answer(others, { taken: true });
	const counts = {}, rounds = [];
	let worker, loop, pages, disturbed = 0;

	const startWorker = async () => {
		const before = await taken();
		worker = new Program('worker', binary, ['--config', site.conf, 'work'], { cwd: site.folder, env: site.env });
		await site.until('mails leave', async () => await taken() > before);
	};
	// What each kind of phase was like; undefined when the machine had other things to do.
	const round = async () => {
		const r = { idle: await pages.phase('idle', pause(seconds)) };
		loop = spawn('chrt', ['-i', '0', 'sh', '-c', 'while :; do :; done'], { stdio: 'ignore' });
		r['a loop'] = await pages.phase('a loop', pause(seconds));
		await new Promise((go) => loop.once('exit', go).kill());
		loop = undefined;
		const waves = answer(others, { ms: seconds * 1000 });
		r['sign-ins'] = await pages.phase('sign-ins', waves);
		for (const [what, n] of Object.entries(await waves)) counts[what] = (counts[what] ?? 0) + n;
		await startWorker();
		r.newsletter = await pages.phase('newsletter', pause(seconds));
		await worker.stop();
		worker = undefined;
		for (const p of Object.values(r)) console.log(show(p));
		if (Object.values(r).every((p) => p.elsewhere < elsewhereMost * p.seconds * 1000)) return r;
		console.log('  (the machine had other things to do: left out)');
		disturbed++;
		return undefined;
	};
	const whole = async () => {
		const idle = await pages.phase('idle', pause(seconds));
		const [{ n }] = await site.sql("SELECT count(*) AS n FROM outbox WHERE state <> 'sent'");
		const all = await taken() + n;
		await startWorker();
		const left = site.until('all have left', async () => { await pause(0.5); return await taken() >= all; }, 600000);
		const r = { idle, 'whole newsletter': { ...await pages.phase('newsletter', left), phase: 'all of it' } };
		await worker.stop();
		worker = undefined;
		for (const p of Object.values(r)) console.log(show(p));
		return r;
	};
	try {
		const cookie = await site.signIn('abonnee@exemple.fr', { plan: 'integral' });
		const path = JSON.parse(await site.must('--json', 'article', 'list')).find((a) => a.access === 'subscriber').path;

		await fill(site);
		await answer(others, { socket: site.socket });
		const front = (await fs.readFile(`/proc/${site.nginx.pid}/task/${site.nginx.pid}/children`, 'utf8')).trim().split(' ');
		pages = await openReaders(site, path, cookie, () => [others.pid, site.daemon.pid, ...front, loop?.pid, worker?.pid]);
		await pages.phase('warm', pause(1));
		while (rounds.length < wanted && disturbed <= wanted) {
			const r = await round();
			if (r) rounds.push(r);
		}
		if (!short) rounds.push(await whole());
		const rss = /VmHWM:\s*(\d+)/.exec(await fs.readFile(`/proc/${site.daemon.pid}/status`, 'utf8'))[1] / 1024;
		console.log(`answers to ${parallel} parallel sign-ins: ${JSON.stringify(counts)}; memory of the daemon at most ${Math.round(rss)} MiB; ${await taken()} mails have left`);
		return judge(rounds, disturbed);
	} finally {
		await pages?.stop();
		await worker?.stop().catch(() => {});
		loop?.kill();
		others.kill();
		await site.stop();
	}
}

function judge(rounds, disturbed) {
	let code = 0;

	for (const phase of ['a loop', 'sign-ins', 'newsletter', 'whole newsletter']) {
		const those = rounds.filter((r) => r[phase]);
		if (those.length === 0) continue;
		const beside = those.filter((r) => r['a loop'] && phase !== 'a loop').map((r) => r[phase].whole.p99 / r['a loop'].whole.p99);
		const [all, server] = ['whole', 'server'].map((part) => those.map((r) => r[phase][part].p99 / r.idle[part].p99));
		console.log(`p99 ratio, ${phase}: ${median(all).toFixed(2)} (at most 1.5; rounds ${all.map((x) => x.toFixed(2)).join(' ')});`
			+ ` nginx and daemon alone ${median(server).toFixed(2)}; p99 ${ms(median(those.map((r) => r.idle.whole.p99)))} and ${ms(median(those.map((r) => r[phase].whole.p99)))} ms`
			+ (beside.length > 0 ? `; to the loop ${median(beside).toFixed(2)}` : ''));
		if (phase !== 'a loop' && median(all) > 1.5) code = 1;
	}
	if (disturbed > 0) console.log(`${disturbed} rounds were disturbed and left out`);
	return rounds.length > 0 ? code : 1;
}

if (process.send) await beOthers();
else process.exitCode = await measure(Number(process.argv.slice(2).find((a) => !a.startsWith('-')) ?? 5), process.argv.includes('--short'));
