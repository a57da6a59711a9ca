// instructions.mjs: instructions from reading a request of a fixed list to its answer, against what was recorded: a figure
// that no busy machine blurs. What other threads do meanwhile is left out. instructions.mjs [--record]; exit 1 when it has grown by more than 10 %.
import { execFileSync, spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { Site, canary, fetchRaw } from './site.mjs';

const record = path.join(path.dirname(new URL(import.meta.url).pathname), 'instructions.json');
const batch = 2000, misses = 300;
let site;

function ask() {
	const mixed = spawnSync(site.file('mixed'), [String(site.port), '1', String(batch), canary, site.file('readers'), site.file('paths')],
		{ encoding: 'utf8', input: '' });
	if (mixed.status !== 0)
		throw new Error(`mixed: ${mixed.stdout}${mixed.stderr}`);
}

async function renders() {
	return Number(/^poterne_renders_total (\d+)/m.exec((await fetchRaw(site.port, '/metrics')).body.toString())[1]);
}

async function serve() {
	const total = site.file('callgrind.out');
	fs.rmSync(total, { force: true });
	await site.serve(['valgrind', '--tool=callgrind', '-q', '--fair-sched=yes', '--toggle-collect=FCGX_Accept_r',
		'--toggle-collect=router_handle', `--callgrind-out-file=${total}`]);
	let dumps = 0;
	return async (requests) => {
		execFileSync('callgrind_control', ['-z', String(site.daemon.pid)], { stdio: 'ignore' });
		await requests();
		execFileSync('callgrind_control', ['-d', String(site.daemon.pid)], { stdio: 'ignore' });
		return Number(/^(?:totals|summary): (\d+)/m.exec(fs.readFileSync(`${total}.${++dumps}`, 'utf8'))[1]);
	};
}

// Instructions of the daemon for one batch in which every page was found in the cache; every batch is the same.
async function found() {
	const count = await serve();
	for (let i = 0; i < 10; i++) {
		const before = await renders(), sum = await count(ask);
		if (await renders() === before)
			return sum / batch;
		await new Promise((resolve) => setTimeout(resolve, 1000));
	}
	throw new Error('pages are made again and again');
}

// And for a page that is made anew: article after article, in a cache that holds hardly any.
async function missed() {
	const member = site.session('lecteur1@example.org');
	const article = async (n) => fetchRaw(site.port, `/essais/article-${n}`, { 'Cookie': member, 'Accept-Encoding': 'gzip, br' });
	await site.stop(site.daemon);
	site.config(1, '64KiB');
	const count = await serve();
	for (let i = 0; i < 20; i++)
		await article(2 + i);
	const before = await renders(), sum = await count(async () => {
		for (let i = 0; i < misses; i++)
			await article(100 + i);
	});
	if (await renders() - before < misses)
		throw new Error('a page was found that should not be there');
	return sum / misses;
}

async function main() {
	site = await Site.make({ articles: 100 + misses, small: 4000, threads: 1 });
	fs.writeFileSync(site.file('readers'), `anonymous -\nexpired ${site.session('lecteur11@example.org')}\n`
		+ `member ${site.session('lecteur1@example.org')}\nmember ${site.session('lecteur2@example.org')}\n`);
	fs.writeFileSync(site.file('paths'), Array.from({ length: 10 }, (_, i) => `/essais/article-${i + 1}\n`).join(''));
	site.uncached = true;
	await site.proxy();
	const now = { instructions_per_request: Math.round(await found()), instructions_per_miss: Math.round(await missed()) };
	await site.close();
	if (process.argv.includes('--record')) {
		fs.writeFileSync(record, `${JSON.stringify(now)}\n`);
		console.log(`recorded ${JSON.stringify(now)}`);
		return;
	}
	const before = JSON.parse(fs.readFileSync(record, 'utf8'));
	for (const [name, n] of Object.entries(now))
		console.log(`${n} ${name.replaceAll('_', ' ')}, ${before[name]} recorded (${((n / before[name] - 1) * 100).toFixed(1)} %)`);
	if (Object.entries(now).some(([name, n]) => n > before[name] * 1.1))
		throw new Error('grown by more than 10 %: find out why, or record the new figures with --record and say why in the commit');
}

main().then(() => process.exit(0), async (error) => {
	console.error(`instructions: ${error.message}`);
	await site?.close();
	process.exit(1);
});
