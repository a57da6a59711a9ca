// children.cjs: starts test programs, and ends them and all that they have started, however this one ends.
'use strict';
const { spawn } = require('node:child_process');
const fs = require('node:fs');

const running = new Set();

// What stands below a process: whoever has left its group, as a demo does that has to get Ctrl-C, is found so too.
function descendants(pid) {
	const parents = fs.readdirSync('/proc').filter((name) => /^\d+$/.test(name)).map((name) => {
		try {
			return [Number(name), Number(/\) \S (\d+)/.exec(fs.readFileSync(`/proc/${name}/stat`, 'latin1'))[1])];
		} catch {
			return [0, 0];
		}
	});
	const below = (parent) => parents.filter(([, of]) => of === parent).flatMap(([child]) => [child, ...below(child)]);

	return below(pid);
}

function kill(pid) {
	try {
		process.kill(pid, 'SIGKILL');
	} catch {
		// it is gone already
	}
}

// Runs a program to its end, or to ours after so many seconds: { code, signal, late, seconds, stdout, output (with stderr) }.
function runToEnd([file, ...args], { seconds, ...options }) {
	const began = performance.now();
	const child = spawn(file, args, { ...options, stdio: ['ignore', 'pipe', 'pipe'], detached: true });
	const result = { output: '', stdout: '', late: false };
	const timer = setTimeout(() => {
		result.late = true;
		descendants(child.pid).forEach(kill);
		kill(-child.pid);
	}, seconds * 1000);

	running.add(child.pid);
	child.on('exit', () => { // what it has left behind would hold the pipes open
		kill(-child.pid);
		running.delete(child.pid);
	});
	child.stdout.on('data', (s) => { result.stdout += s; result.output += s; });
	child.stderr.on('data', (s) => { result.output += s; });
	return new Promise((resolve) => {
		const end = (code, signal) => {
			clearTimeout(timer);
			resolve(Object.assign(result, { code, signal, seconds: Math.round((performance.now() - began) / 1000) }));
		};
		child.on('error', (error) => { result.output += `${error.message}\n`; end(127); });
		child.on('close', end);
	});
}

// A signal that ends this program ends all others first; then last() is called.
function endWithUs(last) {
	const end = (signal) => {
		[...running].flatMap((pid) => [-pid, ...descendants(pid)]).forEach(kill);
		last();
		process.removeAllListeners(signal);
		process.kill(process.pid, signal);
	};

	for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => end(signal));
}

module.exports = { runToEnd, endWithUs };
