// mail.mjs: what it costs to render a newsletter for MAILS readers (default 100000) and hand it to a mail server on this machine.
// Usage: node tests/bench/mail.mjs [MAILS]. Prints the worker's processor time and memory; reference: 100,000 in 120 s of one core.
import fs from 'node:fs/promises';
import { Program } from '../http/lib/program.mjs';
import { Site, binary } from '../http/lib/site.mjs';
import { openSink } from './sink.mjs';

const total = Number(process.argv[2] ?? 100000);
const text = `---\ntitle: Numéro de mesure\n---\n${'Une phrase de la lettre, avec ses accents : été, garçon, cœur.\n\n'.repeat(20)}{{article: paye}}\n\n{{article: libre}}\n`;

const sink = await openSink();
const site = await Site.start({ serve: false, config: { mail: { transport: 'smtp', smtp_url: sink.url, tls: 'no', pace: 100000, connections: 1 } } });
try {
	await site.signIn('payeuse@example.org', { plan: 'integral' });
	await site.sql(`WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ${total})
		INSERT INTO newsletter_subscription (newsletter_id, email, state, confirmed_at) SELECT 1, 'reader' || i || '@example.org', 'active', unixepoch() FROM n;
		UPDATE newsletter_subscription SET email = 'payeuse@example.org' WHERE id = 1;`);
	await fs.writeFile(site.in('issue.md'), text);
	let began = performance.now();
	await site.must('newsletter', 'send', site.in('issue.md'), '--list', 'perron', { timeout: 300000 });
	console.log(`queued      ${total} rows in ${((performance.now() - began) / 1000).toFixed(1)} s`);
	began = performance.now();
	const worker = new Program('worker', binary, ['--config', site.conf, 'work'], { cwd: site.folder, env: site.env });
	const stat = async () => {
		const [, rest] = (await fs.readFile(`/proc/${worker.pid}/stat`, 'latin1')).split(') ');
		const rss = Number(/VmRSS:\s+(\d+)/.exec(await fs.readFile(`/proc/${worker.pid}/status`, 'latin1'))[1]);
		const f = rest.split(' ');
		return { cpu: (Number(f[11]) + Number(f[12])) / 100, rss };
	};
	const marks = [];
	for (let next = 0.1; next <= 1.0001; next += 0.1) {
		await site.until('mails', () => sink.taken >= Math.floor(total * next) || !worker.running, 600000);
		marks.push((await stat()).rss);
	}
	const { cpu } = await stat(), wall = (performance.now() - began) / 1000;
	await worker.stop();
	const [left] = await site.sql("SELECT count(*) AS n FROM outbox WHERE state <> 'sent'");
	console.log(`sent        ${sink.taken} mails of ${(sink.bytes / sink.taken / 1024).toFixed(1)} KiB in ${wall.toFixed(1)} s, ${left.n} left`);
	console.log(`processor   ${cpu.toFixed(1)} s, ${(cpu / sink.taken * 1e5).toFixed(1)} s for 100,000 (reference: 120 s)`);
	console.log(`memory KiB  ${marks.join(' ')}`);
} finally {
	await site.stop();
	sink.server.close();
}
