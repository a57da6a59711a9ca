// unreadable.mjs: a table cannot be read: what the page needs of it is neither "not there" nor kept for others (FT5).
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { Site } from './lib/site.mjs';

let site, cookie;
before(async () => {
	site = await Site.start();
	cookie = await site.signIn('member@example.org', { plan: 'integral' });
});
after(() => site?.stop());

// The table is out of reach while act runs, and memory holds nothing that was read from it before.
async function without(table, act) {
	await site.sql(`PRAGMA legacy_alter_table = ON; ALTER TABLE ${table} RENAME TO away`);
	try {
		await site.restart();
		await act();
	} finally {
		await site.sql(`PRAGMA legacy_alter_table = ON; ALTER TABLE away RENAME TO ${table}`);
		await site.restart();
	}
}

const refused = (r) => {
	assert.equal(r.status, 500, r.text);
	assert.match(r.headers['cache-control'], /no-store/);
};

test('FT5_an_old_address_that_cannot_be_looked_up_is_no_404', async () => {
	assert.equal((await site.get('/innovation/il-n-y-en-a-pas')).status, 404);
	await without('slug_history', async () => {
		refused(await site.get('/innovation/il-n-y-en-a-pas-non-plus'));
		refused(await site.get('/il-n-y-en-a-pas'));
	});
});

test('FT5_an_article_whose_plans_cannot_be_read_is_no_404', async () => {
	const given = await site.post('/gift', { article: '/innovation/paye' }, { cookie });
	const gift = new URL(given.headers.location).pathname;

	await site.sql("INSERT INTO article_media (article_id, name, gated) SELECT id, 'cachee.png', 1 FROM article WHERE slug = 'paye'");
	assert.equal((await site.get('/media/cachee.png')).status, 404);
	await without('article_plan', async () => {
		refused(await site.get('/innovation/paye'));
		refused(await site.post(gift, {}));
		refused(await site.post('/free-read', { article: '/innovation/paye' }));
		refused(await site.get('/media/cachee.png', { cookie }));
	});
});
