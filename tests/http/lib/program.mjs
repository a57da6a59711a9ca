// program.mjs: starting programs, keeping what they print, ending them by their own process id.
import { spawn } from 'node:child_process';
import { HANG, within } from './until.mjs';

export class Program {
	// options: cwd, env (added to ours), stdio (as of spawn; stdin is empty unless given), detached (own process group).
	constructor(name, file, args, { env = {}, ...options } = {}) {
		this.name = name;
		this.stdout = this.stderr = '';
		this.child = spawn(file, args, { stdio: ['ignore', 'pipe', 'pipe'], ...options, env: { ...process.env, ...env } });
		this.child.stdout?.setEncoding('utf8').on('data', (s) => { this.stdout += s; });
		this.child.stderr?.setEncoding('utf8').on('data', (s) => { this.stderr += s; });
		this.ended = new Promise((resolve) => {
			this.child.on('error', (e) => { this.stderr += `${e.message}\n`; this.end = { code: 127 }; resolve(this.end); });
			this.child.on('close', (code, signal) => { this.end = { code, signal }; resolve(this.end); });
		});
	}

	get pid() { return this.child.pid; }
	get running() { return this.end === undefined && this.child.exitCode === null && this.child.signalCode === null; }
	get output() { return `${this.name}:\n${this.stdout}${this.stderr}`; }

	kill(signal = 'SIGTERM') {
		if (this.running) this.child.kill(signal);
	}

	// Resolves to { code, signal }; SIGKILL follows when the program does not end in time, and an error is thrown.
	async stop(signal = 'SIGTERM', ms = HANG) {
		this.kill(signal);
		try {
			return await within(`end of ${this.name} after ${signal}`, ms, this.ended);
		} catch (error) {
			this.child.kill('SIGKILL');
			await this.ended;
			throw new Error(`${error.message}\n${this.output}`);
		}
	}
}

// Runs a program to its end: { code, signal, stdout, stderr }. options.input goes to its standard input.
export async function run(file, args, { input, timeout = HANG, ...options } = {}) {
	const p = new Program(file, file, args, { ...options, stdio: [input === undefined ? 'ignore' : 'pipe', 'pipe', 'pipe'] });

	if (input !== undefined) {
		p.child.stdin.on('error', () => {});
		p.child.stdin.end(input);
	}
	try {
		await within(`${file} ${args.join(' ')}`, timeout, p.ended);
	} catch (error) {
		p.kill('SIGKILL');
		await p.ended;
		throw error;
	}
	return { ...p.end, stdout: p.stdout, stderr: p.stderr };
}

const trouble = /AddressSanitizer|LeakSanitizer|ThreadSanitizer|MemorySanitizer|runtime error:/;

// Throws when a sanitizer has spoken.
export function checkSanitizers(p) {
	if (trouble.test(p.stderr)) throw new Error(`sanitizer report of ${p.output}`);
}
