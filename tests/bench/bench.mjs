// bench.mjs: each subject beside its reference, in turn in the same minutes, then the figures that stand alone.
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { Site, canary, fetchRaw } from './site.mjs';
import { compare, median, residentBytes, run, wrk } from './measure.mjs';
import { readersOfAllKinds, shell } from './mixed.mjs';
import { chart, table } from './report.mjs';
import { scales } from './scale.mjs';

const scale = process.argv.includes('--scale') || process.env.SCALE === '1';
const quick = process.argv.includes('--quick');
const plan = quick ? { rounds: 1, seconds: 1, articles: 2000, mixed: 20000 } : { rounds: 7, seconds: 1, articles: 100000, mixed: 1000000 };
for (const name of ['rounds', 'seconds', 'articles'])
	plan[name] = Number(process.env[name.toUpperCase()] ?? plan[name]);
const only = process.env.ONLY ? process.env.ONLY.split(',') : null; // parts of the names of what is measured
const here = path.dirname(new URL(import.meta.url).pathname);
const out = path.resolve(here, '../..', process.env.BUILD ?? 'build', 'bench');
const long = '/essais/article-1', caches = (32 + 4) * 2 ** 20; // [cache] pages and facts
const began = performance.now();
const rows = [], facts = {};
let site;

function say(text) {
	console.log(`${((performance.now() - began) / 1000).toFixed(0).padStart(4)} s  ${text}`);
}

function must(holds, what) {
	if (!holds)
		throw new Error(what);
}

function wanted(name) {
	return only === null || only.some((part) => name.includes(part));
}

function load(extra, connections = 16) {
	return { connections, ...extra };
}

async function add(name, goal, subject, reference, options = {}) {
	if (!wanted(name))
		return;
	const row = await compare(site, name, goal, subject, reference, { ...plan, ...options });
	rows.push(row);
	say(`${name}: ${row.ratio.toFixed(2)}`);
}

// The answer as it is once the page has been compressed again in the background, so that both sides send the same bytes.
async function settled(url, headers) {
	let answer = await fetchRaw(site.port, url, headers);
	const deadline = performance.now() + 20000; // an idle thread does it: on a busy machine it may not come to it
	while (!/x"$/.test(answer.get('etag')) && performance.now() < deadline)
		answer = await fetchRaw(site.port, url, headers);
	return answer;
}

async function members(cookie) {
	const daemon = () => site.daemon.pid;
	const br = { 'Cookie': cookie, 'Accept-Encoding': 'br' }, plain = { 'Cookie': cookie };
	const packed = await settled(long, br), whole = await fetchRaw(site.port, long, plain);
	must(packed.status === 200 && packed.get('content-encoding') === 'br', 'the subscriber gets no brotli');
	must(whole.status === 200 && whole.body.includes(canary), 'the subscriber gets no full article');
	facts.bytes = { br: packed.body.length, identity: whole.body.length };
	const constants = { br: await site.constant('br', packed), identity: await site.constant('identity', whole) };
	const constant = (name, connections) => ({ pid: () => constants[name].pid,
		load: load({ path: `/constant-${name}`, headers: name === 'br' ? br : plain }, connections) });
	for (const c of [8, 16, 64])
		await add(`subscriber, brotli, ${c} connections`, 1.0, { pid: daemon, load: load({ path: long, headers: br }, c) }, constant('br', c));
	await add('subscriber, identity', 1.0, { pid: daemon, load: load({ path: long, headers: plain }) }, constant('identity', 16));
	await add('subscriber, 304 beside full answers', 1.0,
		{ pid: daemon, load: load({ path: long, headers: { ...br, 'If-None-Match': packed.get('etag') } }) },
		{ pid: daemon, load: load({ path: long, headers: br }) });
}

async function anonymous() {
	const headers = { 'Accept-Encoding': 'br' };
	for (let i = 0; i < 40; i++) // the cached lane asks once a second: these go past it
		await fetchRaw(site.port, long, { ...headers, 'Cookie': '__Host-session=none' });
	const teaser = await settled(long, headers);
	must(teaser.status === 200, 'no teaser');
	site.file_reference(teaser);
	await site.reload();
	const file = await fetchRaw(site.port, '/teaser', headers);
	must(file.body.equals(teaser.body) && file.get('content-encoding') === teaser.get('content-encoding'), 'the file differs from the teaser');
	facts.bytes.teaser = teaser.body.length;
	await add('anonymous teaser, cached lane, beside a file', 0.9, { pid: () => site.daemon.pid, load: load({ path: long, headers }) },
		{ pid: () => site.daemon.pid, load: load({ path: '/teaser', headers }) });
}

async function edits(cookie, sql) {
	const headers = { 'Cookie': cookie, 'Accept-Encoding': 'br' };
	const subject = { pid: () => site.daemon.pid, load: load({ path: long, headers }) };
	let timer, n = 0;
	await add('subscriber, one edit a second', 0.9, subject, subject, { between: async (_, side) => {
		clearInterval(timer);
		if (side === 'subject')
			timer = setInterval(() => sql(`UPDATE article SET label = 'Essai ${n++}' WHERE id = 1`), 1000);
	} });
	clearInterval(timer);
}

async function misses(cookie) {
	const subject = { pid: () => site.daemon.pid, load: load({ script: path.join(here, 'miss.lua'),
		environment: { ARTICLES: String(site.articles) }, headers: { 'Cookie': cookie, 'Accept-Encoding': 'gzip, deflate, br' } }, 2) };
	const seconds = plan.seconds, sides = [];
	for (let i = 0; i < plan.rounds; i++) {
		subject.load.environment.START = String((i + 1) * 7919 * 16001 % site.articles);
		const answer = await run(site, subject, seconds);
		const [rate, p99] = execFileSync(site.file('rows'), [site.file('bench.db'), String(site.articles), String(Math.max(1, seconds >> 1))],
			{ encoding: 'utf8' }).trim().split(' ').map(Number);
		sides.push([answer, { rate, p99 }]);
	}
	const of = (side, key) => median(sides.map((s) => s[side][key]));
	facts.miss = { rate: of(0, 'rate'), p99: of(0, 'p99'), daemon: of(0, 'behind'), bare: { rate: of(1, 'rate'), p99: of(1, 'p99') } };
	say(`cache miss: ${Math.round(facts.miss.rate)} req/s, p99 ${Math.round(facts.miss.p99)} µs (goal 2000), ${Math.round(facts.miss.daemon)} µs of the daemon; bare SELECT `
		+ `${Math.round(facts.miss.bare.rate)} rows/s, p99 ${Math.round(facts.miss.bare.p99)} µs`);
}

async function renders() {
	const text = (await fetchRaw(site.port, '/metrics')).body.toString();
	return Number(/^poterne_renders_total (\d+)/m.exec(text)?.[1] ?? NaN);
}

async function crowd(cookie) {
	const before = await renders();
	const answers = await Promise.all(Array.from({ length: 100 }, () => fetchRaw(site.port, `/essais/article-${site.articles - 1}`, { cookie })));
	must(answers.every((a) => a.status === 200 && a.body.equals(answers[0].body)), '100 first requests got different answers');
	facts.crowd = (await renders()) - before;
	say(`100 parallel first requests: ${facts.crowd} render(s)`);
}

async function everyByte(sql) {
	facts.mixed = await readersOfAllKinds(site, sql, { requests: plan.mixed });
	say(`mixed readers while rights change: ${JSON.stringify(facts.mixed)}`);
}

function write() {
	const machine = `${os.cpus().length} cores, ${os.cpus()[0].model.trim()}, ${plan.rounds} rounds of ${plan.seconds} s`;
	fs.mkdirSync(out, { recursive: true });
	fs.writeFileSync(path.join(out, 'bench.json'), `${JSON.stringify({ machine, rows, facts }, null, '\t')}\n`);
	fs.writeFileSync(path.join(out, 'bench.svg'), chart(rows, machine));
	fs.writeFileSync(path.join(out, 'bench.txt'), `${table(rows)}\n`);
	console.log(`\n${table(rows)}\n\n${machine}; ${path.relative('.', out)}/bench.{json,svg,txt}`);
}

async function main() {
	site = await Site.make({ articles: plan.articles, small: 4000 });
	say(`${plan.articles} articles written`);
	facts.start = await site.serve();
	await site.proxy();
	say(`daemon up in ${Math.round(facts.start)} ms`);
	const cookie = site.session('lecteur1@example.org'), sql = shell(site);
	if (wanted('crowd'))
		await crowd(cookie);
	await members(cookie);
	await anonymous();
	await edits(cookie, sql);
	if (wanted('miss'))
		await misses(cookie);
	facts.resident = residentBytes(site.daemon.pid);
	say(`resident: ${(facts.resident / 1e6).toFixed(1)} MB with caches of ${(caches / 1e6).toFixed(1)} MB (goal ${((40e6 + caches) / 1e6).toFixed(1)})`);
	if (wanted('mixed'))
		await everyByte(sql);
	await site.close();
	site = null;
	if (scale)
		facts.scale = await scales({ ...plan, quick, say, ...(process.env.SIZES ? { sizes: process.env.SIZES.split(',').map(Number) } : {}) });
	write();
	must(!facts.mixed || facts.mixed.leaks === 0, 'a reader got what was not theirs');
}

for (const signal of ['SIGINT', 'SIGTERM'])
	process.on(signal, () => { site?.close().finally(() => process.exit(1)); });
main().then(() => process.exit(0), async (error) => {
	console.error(`bench: ${error.stack ?? error}`);
	await site?.close(process.argv.includes('--keep'));
	process.exit(1);
});
