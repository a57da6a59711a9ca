// status.mjs: the site answers at all.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { Site } from './lib/site.mjs';

let site;
before(async () => { site = await Site.start({ articles: [] }); });
after(() => site?.stop());

test('healthz_answers_ok', async () => {
	const r = await site.get('/healthz');
	assert.equal(r.status, 200);
	assert.equal(r.text, 'ok\n');
});
