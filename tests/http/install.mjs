// install.mjs: `make install` into a folder: all that a package needs, working from there, and gone after uninstall.
import assert from 'node:assert/strict';
import { mkdtemp, readFile, readdir, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { run } from './lib/program.mjs';
import { build, root } from './lib/site.mjs';

const skip = process.env.SANITIZED ? 'nothing of it depends on the build' : false;
let folder;
const make = async (target) => {
	const r = await run('make', ['-s', '-C', root, target, `BUILD=${path.relative(root, build)}`, `DESTDIR=${folder}`, 'PREFIX=/usr'], { env: { MAKEFLAGS: '' } });
	assert.equal(r.code, 0, r.stderr);
};
before(async () => { folder = await mkdtemp(path.join(os.tmpdir(), 'poterne-install.')); });
after(() => rm(folder, { recursive: true, force: true }));

test('install_puts_everything_below_DESTDIR', { skip }, async () => {
	await make('install');
	for (const file of ['bin/poterne', 'share/poterne/templates/article.mustache', 'share/poterne/templates/locales/fr.json',
		'share/poterne/static/poterne.css', 'share/poterne/static/error/502.html', 'share/poterne/sql/002_publication.sql',
		'share/poterne/sql/examples/publish_article.sql', 'share/poterne/nginx/poterne.conf', 'share/poterne/nginx/snippets/poterne-site.conf',
		'share/man/man1/poterne.1', 'share/man/man5/poterne.conf.5', 'lib/systemd/system/poterne.socket', 'lib/systemd/system/poterne.service',
		'lib/systemd/system/poterne-worker.service', 'lib/sysusers.d/poterne.conf', 'lib/tmpfiles.d/poterne.conf'])
		assert.ok((await readFile(`${folder}/usr/${file}`)).length > 0, file);
	const all = await readdir(folder, { recursive: true });
	assert.ok(!all.some((name) => /demo|\.git|tests/.test(name)), 'no demo and no tests');
	const unit = await readFile(`${folder}/usr/lib/systemd/system/poterne.service`, 'utf8');
	assert.match(unit, /^ExecStart=\/usr\/bin\/poterne --config \/etc\/poterne\/poterne\.conf serve$/m);
});

test('install_keeps_settings_that_are_there', { skip }, async () => {
	const conf = `${folder}/etc/poterne/poterne.conf`;
	assert.match(await readFile(conf, 'utf8'), /^database = \/var\/lib\/poterne\/poterne\.db$/m);
	await run('sh', ['-c', `echo '; mine' >> '${conf}'`]);
	await make('install');
	assert.match(await readFile(conf, 'utf8'), /^; mine$/m);
});

test('installed_settings_are_good', { skip }, async () => {
	const set = (key, value) => ['--set', `${key}=${value}`];
	const at = ['--config', `${folder}/etc/poterne/poterne.conf`, ...set('paths.keys', `${folder}/keys`), ...set('paths.database', `${folder}/p.db`),
		...['templates', 'static', 'sql'].flatMap((name) => set(`paths.${name}`, `${folder}/usr/share/poterne/${name}`)),
		...set('paths.passwords', `${folder}/usr/share/poterne/common-passwords.txt`)];
	const poterne = (...args) => run(`${folder}/usr/bin/poterne`, [...at, ...args]);
	for (const args of [['key', 'new'], ['migrate'], ['serve', '--check-config'], ['check']]) {
		const r = await poterne(...args);
		assert.equal(r.code, 0, `${args}: ${r.stderr}`);
	}
});

test('uninstall_leaves_settings_only', { skip }, async () => {
	await make('uninstall');
	const left = (await readdir(folder, { recursive: true, withFileTypes: true })).filter((e) => !e.isDirectory()).map((e) => e.name);
	assert.deepEqual(left.filter((name) => !/\.key$|\.secret$|^lasting|^p\.db/.test(name)), ['poterne.conf']);
});
