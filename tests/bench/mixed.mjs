// mixed.mjs: mixed.c's readers, and meanwhile an admin who edits articles, gives and takes subscriptions, ends sessions.
import fs from 'node:fs';
import { canary } from './site.mjs';

// A long-lived shell on the database, as an admin would have one; resolves when the statement is committed.
export function shell(site) {
	const child = site.start('sqlite3', 'sqlite3', ['-batch', site.file('bench.db')]);
	let waiting = [];
	child.stdout.on('data', (part) => { for (const _ of String(part).matchAll(/done/g)) waiting.shift()?.(); });
	return (sql) => new Promise((resolve) => { waiting.push(resolve); child.stdin.write(`.timeout 20000\n${sql};\n.print done\n`); });
}

// Two statements a change: give or take the reader's access, tell mixed.c before and after.
function turn(id, on) {
	return on ? `UPDATE subscription SET ended_at = unixepoch(), ended_reason = 'essai' WHERE subscriber_id = ${id} AND ended_at IS NULL`
		: `INSERT INTO subscription (subscriber_id, plan_id, starts_at, ends_at) VALUES (${id}, 1, unixepoch() - 10, 4000000000)`;
}

// Sixteen kinds of cookie by hand: none of them may ever be more than a stranger's.
function garbage(good) {
	const value = good.slice(good.indexOf('=') + 1);
	return ['', 'x', 'v4.local.', 'v4.local.AAAA', `${value}x`, value.slice(0, -1), value.replace('v4.local', 'v4.public'), `"${value}`,
		`${value};__Host-session=${value}`, value.toUpperCase()].map((v) => `expired __Host-session=${v}`).filter((line) => !/\s\S*\s/.test(line));
}

// Counts as mixed.c prints them, with the number of changes made meanwhile. reload: SIGHUP now and then too.
export async function readersOfAllKinds(site, sql, { requests, threads = 8, reload = false }) {
	const line = (kind, email) => `${kind} ${site.session(email)}`;
	const readers = ['anonymous -', 'anonymous -', line('expired', 'lecteur11@example.org'), line('expired', 'lecteur12@example.org'),
		line('member', 'lecteur1@example.org'), line('member', 'lecteur2@example.org'), line('member', 'lecteur3@example.org'),
		...garbage(site.session('lecteur4@example.org'))];
	const first = readers.length, ids = [15, 16, 17, 18, 19, 20], has = new Set();
	for (const id of ids)
		readers.push(line('moving', `lecteur${id}@example.org`));
	fs.writeFileSync(site.file('readers'), `${readers.join('\n')}\n`);
	fs.writeFileSync(site.file('paths'), Array.from({ length: 400 }, (_, i) => `/essais/article-${i + 2}\n`).join(''));
	const child = site.start('mixed', site.file('mixed'),
		[String(site.port), String(threads), String(requests), canary, site.file('readers'), site.file('paths')]);
	let counts = '', changes = 0;
	child.stdout.on('data', (part) => { counts += part; });
	const tell = (text) => { if (!child.gone) child.stdin.write(`${text}\n`); };
	while (!child.gone) {
		const i = changes % ids.length, on = has.has(i);
		tell(`moving ${first + i}`);
		await sql(turn(ids[i], on));
		tell(`${on ? 'lost' : 'won'} ${first + i}`);
		if (on) has.delete(i); else has.add(i);
		await sql(`UPDATE article SET label = 'Essai ${changes}' WHERE id = ${2 + (changes * 7) % 400}`);
		if (reload && changes % 5 === 4)
			site.daemon.kill('SIGHUP');
		changes++;
		await Promise.race([child.exited, new Promise((resolve) => setTimeout(resolve, 400))]);
	}
	// A change that was not made is no leak of what it would have taken.
	const unsaid = fs.readFileSync(site.file('sqlite3.log'), 'utf8');
	if (unsaid)
		throw new Error(`mixed: the changes were not all made: ${unsaid.slice(0, 400)}`);
	if (!counts)
		throw new Error(`mixed: ${fs.readFileSync(site.file('mixed.log'), 'utf8')}`);
	return { ...JSON.parse(counts), changes, heard: fs.readFileSync(site.file('mixed.log'), 'utf8').slice(0, 2000) };
}
