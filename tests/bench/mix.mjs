// mix.mjs: readers of all kinds, edits, changes of rights, evictions, reloads, on whatever build BUILD names: for the
// thread sanitizer above all. mix.mjs [REQUESTS]; exit 1 when a byte went astray or the daemon said a word about itself.
import fs from 'node:fs';
import { Site } from './site.mjs';
import { readersOfAllKinds, shell } from './mixed.mjs';

const requests = Number(process.argv[2] ?? 20000);
let site;

async function main() {
	site = await Site.make({ articles: 500, small: 4000, cache: '1MiB', disk: '16MiB' });
	await site.serve();
	await site.proxy();
	const counts = await readersOfAllKinds(site, shell(site), { requests, reload: true });
	await site.stop(site.daemon);
	const log = fs.readFileSync(site.file('daemon.log'), 'utf8');
	const complaint = /WARNING: ThreadSanitizer|ERROR: (Address|Leak)Sanitizer|runtime error:/.exec(log);
	console.log(JSON.stringify(counts));
	if (complaint)
		throw new Error(log.slice(complaint.index, complaint.index + 6000));
	if (site.daemon.gone !== '0')
		throw new Error(`the daemon ended with ${site.daemon.gone}: ${log.slice(-2000)}`);
	if (counts.leaks + counts.refused + counts.failed > 0)
		throw new Error(counts.heard);
}

main().then(() => site.close().then(() => process.exit(0)), async (error) => {
	console.error(`mix: ${error.message}`);
	await site?.close();
	process.exit(1);
});
