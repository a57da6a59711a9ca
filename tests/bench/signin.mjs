// signin.mjs: whether readers feel it when many sign in, or when a newsletter leaves: latencies of warm article pages through nginx
// (paced.c) in phases, one after the other in every round: idle; beside a loop of the lowest priority (SCHED_IDLE) that does nothing:
// what that costs, the machine and its scheduler take of whoever has a processor to wake up on, whatever the program does; during
// waves of 200 parallel sign-ins by password (LINKS=1: every other one asks for a link); while the worker writes to 100,000 readers;
// and both at once. In the end a newsletter as a whole.
// Usage: node tests/bench/signin.mjs [ROUNDS] [--short] [--elsewhere]. --short: phases of 3 seconds, no whole newsletter. --elsewhere:
// the readers have a machine of their own, which is to say that paced.c gets a processor at once (README.md). RATE= pages a second,
// SECONDS= of a phase, READERS= of the newsletter. Exit 1 when the p99 is over 1.5 times the idle one: the median of the rounds' own
// ratios, of those that nothing else on the machine disturbed if there are any.
// The crowd and the mail server are a process of their own (this file again) that runs when the processors have nothing else to do
// (SCHED_IDLE): they stand for other people's machines.
import { execFileSync, fork, spawn } from 'node:child_process';
import fs from 'node:fs/promises';
import readline from 'node:readline';
import { Connection } from '../http/lib/fastcgi.mjs';
import { Program } from '../http/lib/program.mjs';
import { Site, binary, root } from '../http/lib/site.mjs';
import { cpuOf, median } from './measure.mjs';
import { openSink } from './sink.mjs';

const flags = process.argv.slice(2).filter((a) => a.startsWith('-'));
const short = flags.includes('--short'), elsewhere = flags.includes('--elsewhere');
const parallel = 200, readers = Number(process.env.READERS ?? 100000);
const rate = Number(process.env.RATE ?? 1000), seconds = Number(process.env.SECONDS ?? (short ? 3 : 8));
// One in eight knows no password: more, and the site's budget for those would be what is measured.
const kinds = process.env.LINKS ? ['member', 'mail', 'member', 'mail', 'member', 'mail', 'nobody', 'mail'] : [...Array(7).fill('member'), 'nobody'];
const mailsAPhase = seconds * 6000; // more than can leave
const foreignMost = 0.15; // of one processor
const loaded = ['a loop', 'sign-ins', 'newsletter', 'both'];
const password = 'quatre mots sans rapport';
const hash = '$argon2id$v=19$m=19456,t=2,p=1$H3setrZ5d10VeQoDtXg7oQ$XyaBEFPvdg0Hk1ZjJ04V5muFdC9eOtDDMquOE7/K0nk';

const answer = (others, message) => new Promise((go) => { others.once('message', go); if (message) others.send(message); });

// A sign-in each, all at once, from as many networks: most of them of accounts that there are. The connections are there already, as
// those of the web server in front are. Gives the answers counted by status.
async function wave(connections, n, counts) {
	const form = { CONTENT_TYPE: 'application/x-www-form-urlencoded', HTTP_SEC_FETCH_SITE: 'same-origin', REQUEST_METHOD: 'POST' };

	await Promise.all(connections.map(async (c, i) => {
		const kind = kinds[i % kinds.length];
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

// Milliseconds of processor time that other programs took so far, as the kernel counts for each, and that the host took. (What
// /proc/stat says of the whole machine is sampled, and on some hosts off by half.)
async function foreign(ours) {
	const known = new Set([process.pid, ...ours].map(Number)), steal = Number((await fs.readFile('/proc/stat', 'utf8')).split(/\s+/)[8]);
	const others = (await fs.readdir('/proc')).map(Number).filter((pid) => pid > 2 && !known.has(pid));

	return steal * 10 + others.reduce((sum, pid) => sum + cpuOf(pid), 0) / 1000;
}

// paced.c at work: phase(name, done) gives what it says of the time until done resolves.
async function openReaders(site, path, cookie, programs) {
	const program = site.in('paced'), args = [site.port, rate, path, cookie];
	execFileSync(process.env.CC ?? 'gcc', ['-O2', '-std=c17', '-D_GNU_SOURCE', '-o', program, `${root}/tests/bench/paced.c`]);
	const command = elsewhere ? ['chrt', '-r', '1', program] : [program];
	const child = spawn(command[0], [...command.slice(1), ...args], { stdio: ['pipe', 'pipe', 'inherit'] });
	const ended = new Promise((go) => child.once('exit', go));
	const lines = readline.createInterface({ input: child.stdout })[Symbol.asyncIterator]();
	return {
		async phase(name, done) {
			const ours = [child.pid, ...programs()], before = await foreign(ours), began = performance.now();
			child.stdin.write(`${name}\n`);
			await done;
			child.stdin.write('\n');
			const took = { foreign: await foreign(ours) - before, seconds: (performance.now() - began) / 1000 };
			const { value } = await lines.next();
			if (!value) throw new Error(`paced: ended with ${await ended}`);
			return { ...JSON.parse(value), ...took };
		},
		async stop() { child.stdin.end(); await ended; },
	};
}

// The crowd's accounts, and many who want letters.
async function fill(site) {
	await site.sql(`WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ${readers})
		INSERT INTO newsletter_subscription (newsletter_id, email, state, confirmed_at) SELECT 1, 'reader' || i || '@example.org', 'active', unixepoch() FROM n;
		WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i + 1 < ${parallel}) INSERT INTO subscriber (email) SELECT 'm' || i || '@exemple.fr' FROM n;
		INSERT INTO subscriber_password (subscriber_id, hash) SELECT id, '${hash}' FROM subscriber WHERE email LIKE 'm%@exemple.fr';`);
}

async function mailsLeft(site) {
	return (await site.sql("SELECT count(*) AS n FROM outbox WHERE state <> 'sent'"))[0].n;
}

let issues = 0;

// So many mails wait at least: another issue for every reader, until they do.
async function queue(site, least) {
	while (await mailsLeft(site) < least) {
		const issue = site.in(`issue${++issues}.md`);
		await fs.writeFile(issue, `---\ntitle: Numéro de mesure ${issues}\n---\n${'Une phrase de la lettre.\n\n'.repeat(20)}`);
		await site.must('newsletter', 'send', issue, '--list', 'perron', { timeout: 300000 });
		await pause(1);
	}
}

const ms = (us) => (us / 1000).toFixed(2);
const show = (p) => `${p.phase.padEnd(10)} ${String(p.pages).padStart(6)} pages, ms p50 ${ms(p.whole.p50)} p99 ${ms(p.whole.p99)} p99.9 ${ms(p.whole.p999)}`
	+ `; nginx and daemon alone: p50 ${ms(p.server.p50)} p99 ${ms(p.server.p99)} p99.9 ${ms(p.server.p999)}; others ${p.foreign.toFixed(0)} ms`;
const pause = (s) => new Promise((go) => setTimeout(go, s * 1000));

// What may go on during a phase: each starts it and gives what ends it, once the phase has lasted as long as it should.
function loads(site, others, counts) {
	const running = { pids: () => [running.loop?.pid, running.worker?.pid] };

	return Object.assign(running, {
		async 'a loop'() {
			running.loop = spawn('chrt', ['-i', '0', 'sh', '-c', 'while :; do :; done'], { stdio: 'ignore' });
			return { done: () => pause(seconds), end: () => new Promise((go) => running.loop.once('exit', go).kill()).then(() => { running.loop = undefined; }) };
		},
		async 'sign-ins'() {
			const waves = answer(others, { ms: seconds * 1000 });
			const count = async () => { for (const [what, n] of Object.entries(await waves)) counts[what] = (counts[what] ?? 0) + n; };
			return { done: () => waves, end: count };
		},
		async newsletter() {
			const taken = () => answer(others, { taken: true }), before = await taken();
			running.worker = new Program('worker', binary, ['--config', site.conf, 'work'], { cwd: site.folder, env: site.env });
			await site.until('mails leave', async () => await taken() > before);
			return { done: () => pause(seconds), end: () => running.worker.stop().then(() => { running.worker = undefined; }) };
		},
		async both() {
			const letters = await running.newsletter(), crowd = await running['sign-ins']();
			return { done: crowd.done, end: async () => { await crowd.end(); await letters.end(); } };
		},
		async idle() { return { done: () => pause(seconds), end: async () => {} }; },
		async stop() {
			await running.worker?.stop().catch(() => {});
			running.loop?.kill();
		},
	});
}

async function measure(wanted) {
	const others = fork(new URL(import.meta.url).pathname);
	const smtp = await answer(others);
	const site = await Site.start({ demo: true, config: { mail: { transport: 'smtp', smtp_url: smtp, tls: 'no', pace: 100000, connections: 1 } } });
	const taken = () => answer(others, { taken: true });
	const counts = {}, rounds = [], load = loads(site, others, counts);
	let pages;

	const phase = async (name) => {
		const { done, end } = await load[name]();
		const p = await pages.phase(name, done());
		await end();
		return p;
	};
	// What each phase was like. They begin with another one every time, so that none always comes after the same.
	const round = async (n) => {
		const r = {};
		await queue(site, 2 * mailsAPhase);
		for (const name of ['idle', ...loaded.map((_, i) => loaded[(i + n) % loaded.length])])
			r[name] = await phase(name);
		const disturbed = Object.values(r).some((p) => p.foreign > foreignMost * p.seconds * 1000);
		for (const name of ['idle', ...loaded]) console.log(show(r[name]));
		if (disturbed) console.log('  (disturbed: the machine had other things to do)');
		return { ...r, disturbed };
	};
	const whole = async () => {
		await queue(site, readers);
		const idle = await phase('idle');
		const all = await taken() + await mailsLeft(site), { end } = await load.newsletter();
		const left = site.until('all have left', async () => { await pause(0.5); return await taken() >= all; }, 600000);
		const r = { idle, 'whole newsletter': { ...await pages.phase('newsletter', left), phase: 'all of it' } };
		await end();
		for (const p of Object.values(r)) console.log(show(p));
		return { ...r, disturbed: Object.values(r).some((p) => p.foreign > foreignMost * p.seconds * 1000) };
	};
	try {
		const cookie = await site.signIn('abonnee@exemple.fr', { plan: 'integral' });
		const path = JSON.parse(await site.must('--json', 'article', 'list')).find((a) => a.access === 'subscriber').path;

		await fill(site);
		await answer(others, { socket: site.socket });
		const front = (await fs.readFile(`/proc/${site.nginx.pid}/task/${site.nginx.pid}/children`, 'utf8')).trim().split(' ');
		pages = await openReaders(site, path, cookie, () => [others.pid, site.daemon.pid, ...front, ...load.pids()]);
		await pages.phase('warm', pause(1));
		for (let n = 0; n < wanted; n++)
			rounds.push(await round(n));
		if (!short) rounds.push(await whole());
		const rss = /VmHWM:\s*(\d+)/.exec(await fs.readFile(`/proc/${site.daemon.pid}/status`, 'utf8'))[1] / 1024;
		console.log(`answers to ${parallel} parallel sign-ins: ${JSON.stringify(counts)}; memory of the daemon at most ${Math.round(rss)} MiB; ${await taken()} mails have left`);
		const held = Object.keys(counts).filter((what) => /429|503/.test(what));
		if (held.length > 0) console.log(`some of the crowd were told to come again: ${held.join(', ')}; the figures are of fewer sign-ins`);
		return Math.max(judge(rounds), held.length > 0 ? 1 : 0);
	} finally {
		await pages?.stop();
		await load.stop();
		others.kill();
		await site.stop();
	}
}

// The median of the rounds' own ratios to what stands for nothing.
function ratio(rounds, phase, reference, part) {
	return rounds.map((r) => r[phase][part].p99 / r[reference][part].p99);
}

function say(name, those, phase) {
	const all = ratio(those, phase, 'idle', 'whole'), p99 = (of) => ms(median(those.map((r) => r[of].whole.p99)));
	const beside = phase !== 'a loop' && those[0]['a loop'] ? `; to the loop ${median(ratio(those, phase, 'a loop', 'whole')).toFixed(2)}` : '';

	console.log(`p99 ratio, ${phase}, ${name}: ${median(all).toFixed(2)} (at most 1.5; rounds ${all.map((x) => x.toFixed(2)).join(' ')});`
		+ ` nginx and daemon alone ${median(ratio(those, phase, 'idle', 'server')).toFixed(2)}; p99 ${p99('idle')} and ${p99(phase)} ms${beside}`);
	return median(all);
}

function judge(rounds) {
	let code = 0;

	for (const phase of [...loaded, 'whole newsletter']) {
		const all = rounds.filter((r) => r[phase]), quiet = all.filter((r) => !r.disturbed);
		if (all.length === 0) continue;
		let got = say(`all ${all.length}`, all, phase);
		if (quiet.length > 0) got = say(`undisturbed ${quiet.length}`, quiet, phase);
		if (phase !== 'a loop' && got > 1.5) code = 1;
	}
	return code;
}

if (process.send) await beOthers();
else process.exitCode = await measure(Number(process.argv.slice(2).find((a) => !a.startsWith('-')) ?? 5));
