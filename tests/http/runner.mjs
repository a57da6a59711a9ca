// runner.mjs: tests/run leaves nothing behind, however it or a test file ends.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import fs from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { root } from './lib/site.mjs';
import { until } from './lib/until.mjs';

let folder;
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
	return spawn(process.execPath, [path.join(folder, 'tests/run'), 'http'], { stdio: 'ignore', env: { ...process.env, ONLY: '' } });
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
		await until('the end of all', () => !pids.some(alive), 5000);
	} finally {
		for (const pid of pids) if (alive(pid)) process.kill(pid, 'SIGKILL');
	}
}

before(async () => {
	folder = await fs.mkdtemp(path.join(os.tmpdir(), 'poterne-test.'));
	await fs.mkdir(path.join(folder, 'tests/http'), { recursive: true });
	await fs.copyFile(path.join(root, 'tests/run'), path.join(folder, 'tests/run'));
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
