// measure.mjs: one run of wrk, and the processor time that the processes behind it took meanwhile.
import { spawn, execFileSync } from 'node:child_process';
import fs from 'node:fs';

const tick = 1e6 / Number(execFileSync('getconf', ['CLK_TCK'], { encoding: 'utf8' }));

export function median(list) {
	const sorted = [...list].sort((a, b) => a - b);
	const half = sorted.length >> 1;
	return sorted.length % 2 ? sorted[half] : (sorted[half - 1] + sorted[half]) / 2;
}

// Microseconds of user and system time of a process.
export function cpuOf(pid) {
	try {
		const fields = fs.readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1].split(' ');
		return (Number(fields[11]) + Number(fields[12])) * tick;
	} catch {
		return 0;
	}
}

function childrenOf(pid) {
	try {
		return fs.readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim().split(' ').filter(Boolean).map(Number);
	} catch {
		return [];
	}
}

export function cpu(pids) {
	return pids.flatMap((pid) => [pid, ...childrenOf(pid)]).reduce((sum, pid) => sum + cpuOf(pid), 0);
}

export function residentBytes(pid) {
	return Number(/VmRSS:\s+(\d+)/.exec(fs.readFileSync(`/proc/${pid}/status`, 'utf8'))[1]) * 1024;
}

const units = { us: 1, ms: 1e3, s: 1e6 };

export async function wrk(port, { path = '/', connections, seconds, headers = {}, script, environment = {} }) {
	const args = ['-t1', `-c${connections}`, `-d${seconds}s`, '--latency'];
	for (const [name, value] of Object.entries(headers))
		args.push('-H', `${name}: ${value}`);
	if (script)
		args.push('-s', script);
	args.push(`http://127.0.0.1:${port}${path}`);
	const child = spawn('wrk', args, { stdio: ['ignore', 'pipe', 'inherit'], env: { ...process.env, ...environment } });
	let out = '';
	child.stdout.on('data', (part) => { out += part; });
	const code = await new Promise((resolve) => child.on('close', resolve));
	const p99 = /99%\s+([\d.]+)(us|ms|s)/.exec(out);
	const count = /(\d+) requests in/.exec(out);
	if (code !== 0 || !count || !p99)
		throw new Error(`wrk: ${out}`);
	const bad = /Non-2xx or 3xx responses: (\d+)/.exec(out);
	const broken = /Socket errors: (.*)/.exec(out);
	if (bad || broken)
		throw new Error(`wrk ${path} ${JSON.stringify(environment)} ${JSON.stringify(headers)}: ${(bad ?? broken)[0]}`);
	return { requests: Number(count[1]), rate: Number(/Requests\/sec:\s+([\d.]+)/.exec(out)[1]), p99: Number(p99[1]) * units[p99[2]] };
}

// One run with the time taken by the two sides: microseconds a request.
export async function run(site, subject, seconds) {
	const behind = subject.pid(), front = site.nginx.pid;
	const before = [cpu([behind]), cpu([front])];
	const result = await wrk(site.port, { ...subject.load, seconds });
	return { ...result, behind: (cpu([behind]) - before[0]) / result.requests, front: (cpu([front]) - before[1]) / result.requests };
}

// Subject and reference in turn, that many rounds; the ratio is the median of the rounds' own ratios.
export async function compare(site, name, goal, subject, reference, { rounds, seconds, between = async () => {} }) {
	const a = [], b = [];
	for (let i = 0; i < rounds; i++) {
		await between(i, 'subject');
		a.push(await run(site, subject, seconds));
		await between(i, 'reference');
		b.push(await run(site, reference, seconds));
	}
	const of = (list, key) => median(list.map((x) => x[key]));
	const side = (list) => ({ rate: of(list, 'rate'), p99: of(list, 'p99'), behind: of(list, 'behind'), front: of(list, 'front') });
	return { name, goal, ratio: median(a.map((x, i) => x.rate / b[i].rate)), subject: side(a), reference: side(b),
		rounds: a.map((x, i) => [x.rate, b[i].rate]) };
}
