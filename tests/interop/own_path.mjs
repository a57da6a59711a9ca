// own_path.mjs: LG11: what url_own_path lets through, the WHATWG parser of browsers resolves to this origin and that very path.
import { execFileSync } from 'node:child_process';

const targets = execFileSync(process.argv[2], { encoding: 'latin1', maxBuffer: 1 << 26 }).split('\0').filter(Boolean);
const plain = (text) => text.replaceAll("'", '%27'); // the one byte that a query spells otherwise
const wrong = targets.filter((target) => {
	const url = new URL(target, 'https://site.example/here/now');
	return url.origin !== 'https://site.example' || url.username || url.hash
		|| plain(url.href.slice('https://site.example'.length)) !== plain(target);
});

for (const target of wrong.slice(0, 5))
	console.log(`not ok: ${JSON.stringify(target)} leads to ${new URL(target, 'https://site.example/here/now')}`);
if (targets.length < 1000 || wrong.length > 0)
	process.exit(1);
console.log(`LG11_own_paths_agree_with_whatwg: ${targets.length} targets, 0 elsewhere`);
