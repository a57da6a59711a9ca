// runner.mjs: tests/run leaves nothing behind, however it or a test file ends; and what it does with what failed.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import fs from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { run } from './lib/program.mjs';
import { root } from './lib/site.mjs';
import { until } from './lib/until.mjs';

let folder;
const env = { ONLY: '', JOBS: '2', NODE_TEST_CONTEXT: undefined }; // node would have a test file below this one report to us
const note = () => path.join(folder, 'pids');

// A test file that starts a program, notes both process ids, and then does as it is told.
const file = (then) => `
	import { spawn } from 'node:child_process';
	import fs from 'node:fs';
	const child = spawn('sleep', ['600'], { stdio: 'ignore' });
	fs.writeFileSync(${JSON.stringify(note())}, process.pid + ' ' + child.pid);
	${then}
`;

async function runner(then) {
	await fs.rm(note(), { force: true });
	await fs.writeFile(path.join(folder, 'tests/http/one.mjs'), file(then));
	return spawn(process.execPath, [path.join(folder, 'tests/run'), 'http'], { stdio: 'ignore', env: { ...process.env, ...env } });
}

async function started() {
	let pids = [];

	await until('two process ids', async () => {
		pids = (await fs.readFile(note(), 'utf8').catch(() => '')).split(' ').map(Number);
		return pids.length === 2;
	});
	return pids;
}

async function gone(pids) {
	const alive = (pid) => {
		try { return process.kill(pid, 0); } catch { return false; }
	};

	try {
		await until('the end of all', () => !pids.some(alive));
	} finally {
		for (const pid of pids) if (alive(pid)) process.kill(pid, 'SIGKILL');
	}
}

before(async () => {
	folder = await fs.mkdtemp(path.join(os.tmpdir(), 'poterne-test.'));
	await fs.mkdir(path.join(folder, 'tests/http'), { recursive: true });
	await fs.cp(path.join(root, 'tests/run'), path.join(folder, 'tests/run'));
	await fs.cp(path.join(root, 'tests/lib'), path.join(folder, 'tests/lib'), { recursive: true });
});
after(() => fs.rm(folder, { recursive: true, force: true }));

for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'])
	test(`a_runner_ended_by_${signal}_takes_all_along`, async () => {
		const child = await runner('setInterval(() => {}, 1000);');
		const ended = new Promise((resolve) => child.on('exit', (code, by) => resolve(by ?? code)));
		const pids = await started();

		child.kill(signal);
		assert.equal(await ended, signal);
		await gone(pids);
	});

test('what_a_test_file_leaves_behind_ends_with_it', async () => {
	const child = await runner('child.unref(); process.exit(3);');
	const ended = new Promise((resolve) => child.on('exit', resolve));
	const pids = await started();

	assert.equal(await ended, 1);
	await gone(pids);
});

// Runs these files, { 'http/name': text }, and gives what the runner prints, line by line, and its exit status. Each notes
// in the file `order` when it begins and ends.
async function runFiles(files) {
	await Promise.all(['http', 'quality'].map((suite) => fs.rm(path.join(folder, 'tests', suite), { recursive: true, force: true })));
	await fs.rm(path.join(folder, 'order'), { force: true });
	for (const [name, text] of Object.entries(files)) {
		const file = path.join(folder, 'tests', `${name}.mjs`);
		await fs.mkdir(path.dirname(file), { recursive: true });
		await fs.writeFile(file, `import assert from 'node:assert'; import fs from 'node:fs'; import { test } from 'node:test';
			const say = (what) => fs.appendFileSync(${JSON.stringify(path.join(folder, 'order'))}, what + ' ${name}\\n');
			say('begins'); process.on('exit', () => say('ends'));
			const tries = fs.readFileSync(${JSON.stringify(path.join(folder, 'order'))}, 'utf8').split('begins ${name}').length - 1;
			${text}\n`);
	}
	const r = await run(process.execPath, [path.join(folder, 'tests/run'), 'http', 'quality'], { env });
	assert.equal(r.stderr, '');
	return { code: r.code, lines: r.stdout.trim().split('\n'), order: (await fs.readFile(path.join(folder, 'order'), 'utf8')).trim().split('\n') };
}

const good = "test('good', () => {});", bad = "test('bad', () => { throw new Error('not today'); });";

test('what_fails_among_others_and_passes_alone_is_told_of', async () => {
	const { code, lines, order } = await runFiles({ 'http/moody': `${good} test('late', () => { assert.ok(tries > 1, 'too late'); });`,
		'http/other': good, 'http/slow': "test('slow', async () => { await new Promise((go) => setTimeout(go, 500)); });" });

	assert.equal(code, 0);
	assert.deepEqual(lines.slice(-2), ['again: http/moody passed when it ran alone; first: late (too late)', '4 passed, 0 failed']);
	assert.ok(lines.some((line) => /^FAILED http\/moody +1 +\d+ s$/.test(line)));
	assert.ok(lines.some((line) => / {2}\| .*too late/.test(line)), 'its output stands where it failed');
	assert.ok(lines.some((line) => /^ok {5}http\/other +1 +\d+ s$/.test(line)));
	assert.deepEqual(order.slice(-2), ['begins http/moody', 'ends http/moody'], 'after all others');
});

test('what_fails_twice_is_named_at_the_end', async () => {
	const { code, lines, order } = await runFiles({ 'http/one': good + bad, 'http/two': `${bad} process.on('exit', () => { process.exitCode = 1; });` });

	assert.equal(code, 1);
	assert.deepEqual(lines.slice(-3).sort(), ['1 passed, 2 failed', 'failed: http/one: bad (not today)', 'failed: http/two: bad (not today)']);
	assert.equal(lines.at(-1), '1 passed, 2 failed');
	assert.equal(order.filter((line) => line === 'begins http/one').length, 2);
});

const speaks = (text) => `test('reports', () => { console.log(${JSON.stringify(text)}); throw new Error('no'); });`;

test('what_a_sanitizer_found_and_what_crashed_is_never_tried_again', async () => {
	const { code, lines, order } = await runFiles({ 'http/asan': speaks('==7==ERROR: AddressSanitizer: heap-use-after-free'), 'http/leak': speaks('==7==ERROR: LeakSanitizer: detected memory leaks'),
		'http/tsan': speaks('WARNING: ThreadSanitizer: data race'), 'http/ubsan': speaks('x.c:1:2: runtime error: signed integer overflow'),
		'http/daemon': speaks('the daemon ended with SIGSEGV'), 'http/status': 'process.exit(99);', 'http/abort': 'process.abort();', 'http/plain': bad });

	assert.equal(code, 1);
	for (const name of ['asan', 'leak', 'tsan', 'ubsan', 'daemon', 'status', 'abort'])
		assert.equal(order.filter((line) => line === `begins http/${name}`).length, 1, name);
	assert.equal(order.filter((line) => line === 'begins http/plain').length, 2);
	assert.equal(lines.filter((line) => line.startsWith('failed: ')).length, 8, lines.join('\n'));
});

test('what_measures_runs_alone_after_the_others_and_before_second_tries', async () => {
	const { code, order } = await runFiles({ 'http/a': good, 'http/b': good, 'http/moody': "test('late', () => { assert.ok(tries > 1); });",
		'quality/lighthouse': good, 'quality/z': good });

	assert.equal(code, 0);
	assert.deepEqual(order.slice(-4), ['begins quality/lighthouse', 'ends quality/lighthouse', 'begins http/moody', 'ends http/moody']);
});
