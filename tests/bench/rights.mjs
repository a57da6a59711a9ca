// rights.mjs: the subscriber's page where 1,000,000 readers, 10,000 institutions and 100,000 networks are known, by a period of
// one's own, by a seat and from a network, beside the same page where there are forty readers and nothing else. In turn in the
// same minutes; each ratio at most 1.05. With valgrind also in instructions, which no busy machine blurs; exit 1 above 1.05.
// rights.mjs [--quick]: a hundredth of the tables. ROUNDS, SECONDS.
import { spawnSync, execFileSync } from 'node:child_process';
import fs from 'node:fs';
import http from 'node:http';
import path from 'node:path';
import { Site, canary, fetchRaw } from './site.mjs';
import { median, run } from './measure.mjs';

const here = path.dirname(new URL(import.meta.url).pathname);
const quick = process.argv.includes('--quick');
const [readers, institutions, networks] = quick ? [10000, 100, 1000] : [1000000, 10000, 100000];
const rounds = Number(process.env.ROUNDS ?? (quick ? 3 : 7)), seconds = Number(process.env.SECONDS ?? 1);
const page = '/essais/article-1', goal = 1.05, batch = 1000;
const sites = [];

async function make(options) {
	const site = await Site.make({ articles: 20, small: 4000, ...options });

	sites.push(site);
	site.uncached = true; // everybody in the lane in which the address counts
	return site;
}

// Until the page comes whole, or as a teaser.
async function shows(site, cookie, whole) {
	const deadline = performance.now() + 60000;

	while ((await fetchRaw(site.port, page, cookie ? { Cookie: cookie } : {})).body.includes(canary) !== whole)
		if (performance.now() > deadline) throw new Error(`the page does not become ${whole ? 'whole' : 'a teaser'}`);
}

function subject(site, cookie) {
	return { pid: () => site.daemon.pid, load: { path: page, connections: 16, headers: { 'Accept-Encoding': 'br', ...(cookie ? { Cookie: cookie } : {}) } } };
}

// Median of the rounds' own ratios of requests a second, and of processor time a request the other way round.
async function compare(name, one, other) {
	const rate = [], time = [];

	for (let i = 0; i < rounds; i++) {
		const a = await run(one.site, subject(one.site, one.cookie), seconds), b = await run(other.site, subject(other.site, other.cookie), seconds);
		rate.push(b.rate / a.rate);
		time.push(a.behind / b.behind);
	}
	return { name, rate: median(rate), time: median(time) };
}

// Instructions from reading one of these requests to its answer, all found in memory.
async function instructions(site, cookie) {
	const total = site.file('callgrind.out');

	await site.stop(site.daemon);
	await site.serve(['valgrind', '--tool=callgrind', '-q', '--fair-sched=yes', '--toggle-collect=FCGX_Accept_r', '--toggle-collect=router_handle',
		`--callgrind-out-file=${total}`]);
	const agent = new http.Agent({ keepAlive: true, maxSockets: 1 }), headers = { 'Host': 'localhost', 'Accept-Encoding': 'br', ...(cookie ? { Cookie: cookie } : {}) };
	const one = () => new Promise((resolve, reject) => {
		http.request({ port: site.port, host: '127.0.0.1', path: page, headers, agent }, (res) => res.resume().on('end', resolve)).on('error', reject).end();
	});
	const ask = async () => { for (let i = 0; i < batch; i++) await one(); };
	const renders = async () => Number(/^poterne_renders_total (\d+)/m.exec((await fetchRaw(site.port, '/metrics')).body.toString())[1]);
	const control = (flag) => execFileSync('callgrind_control', [flag, String(site.daemon.pid)], { stdio: 'ignore' });
	const found = [];

	await shows(site, cookie, true);
	await ask();
	for (let i = 1; found.length < 3 && i < 10; i++) {
		const before = await renders();
		control('-z');
		await ask();
		control('-d');
		if (await renders() === before) // no page was made meanwhile
			found.push(Number(/^(?:totals|summary): (\d+)/m.exec(fs.readFileSync(`${total}.${i}`, 'utf8'))[1]) / batch);
	}
	agent.destroy();
	if (found.length < 3) throw new Error('pages are made again and again');
	return Math.min(...found);
}

async function cover(large, on) {
	large.sql(on ? "INSERT INTO institution_network (institution_id, network) VALUES (1, '127.0.0.0/16')"
		: "UPDATE institution_network SET ended_at = unixepoch() WHERE network = '127.0.0.0/16' AND ended_at IS NULL");
	await shows(large, undefined, on);
}

async function main() {
	const small = await make({}), large = await make({ readers });
	const began = performance.now();

	large.sql(fs.readFileSync(path.join(here, 'rights.sql'), 'utf8').replaceAll('@INSTITUTIONS@', String(institutions)).replaceAll('@NETWORKS@', String(networks)));
	console.log(`${readers} readers, ${institutions} institutions, ${networks} networks written in ${Math.round((performance.now() - began) / 1000)} s`);
	const one = { site: small, cookie: small.session('abonne7@example.org') };
	const cases = [['a period of one\'s own', large.session(`abonne${readers - 7}@example.org`)], ['a seat', large.session(`place${institutions - 7}@example.org`)], ['a network', undefined]];

	for (const site of sites) {
		const start = await site.serve();
		await site.proxy();
		console.log(`${site === small ? 'small' : 'large'}: up in ${Math.round(start)} ms`);
	}
	await shows(small, one.cookie, true);
	for (const [name, cookie] of cases) {
		if (!cookie) await cover(large, true);
		await shows(large, cookie, true);
		const r = await compare(name, { site: large, cookie }, one);
		console.log(`${name}: ${r.rate.toFixed(3)} of the subscriber's time by requests a second, ${r.time.toFixed(3)} by the daemon's processor time`);
	}
	if (spawnSync('valgrind', ['--version']).status !== 0)
		return;
	const base = await instructions(small, one.cookie);
	let worst = 0;
	for (const [name, cookie] of cases) {
		if (cookie) await large.sql("UPDATE institution_network SET ended_at = unixepoch() WHERE network = '127.0.0.0/16' AND ended_at IS NULL");
		else await large.sql("INSERT INTO institution_network (institution_id, network) VALUES (1, '127.0.0.0/16')");
		const n = await instructions(large, cookie);
		worst = Math.max(worst, n / base);
		console.log(`${name}: ${Math.round(n)} instructions a request, the subscriber ${Math.round(base)}: ${(n / base).toFixed(3)}`);
	}
	if (worst > goal)
		throw new Error(`${worst.toFixed(3)} of the subscriber's instructions; ${goal} at most`);
}

const close = async () => { for (const site of sites) await site.close(); };
for (const signal of ['SIGINT', 'SIGTERM'])
	process.on(signal, () => { close().finally(() => process.exit(1)); });
main().then(async () => { await close(); process.exit(0); }, async (error) => {
	console.error(`rights: ${error.stack ?? error}`);
	await close();
	process.exit(1);
});
