// sign_in.mjs: from an article to its full text by a mailed link, as a reader does it, with scripts and without; the account
// in between.
import assert from 'node:assert/strict';
import fs from 'node:fs/promises';
import { after, before, test } from 'node:test';
import { Site } from '../http/lib/site.mjs';
import { launch, press, shot } from './lib/browser.mjs';

let site, browser;
before(async () => {
	site = await Site.start({ config: { mail: { folder: 'mail' }, site: { contact: 'bonjour@leperron.example' } } });
	browser = await launch();
});
after(async () => {
	await browser?.close();
	await site?.stop();
});

const paid = '/innovation/paye';

// The newest mail to an address, as it lies in the mail folder, its quoted-printable undone.
async function mailTo(email) {
	await site.must('work', '--once');
	const files = (await fs.readdir(site.in('mail'))).filter((f) => f.endsWith('.eml')).sort().reverse();

	for (const file of files) {
		const text = await fs.readFile(`${site.in('mail')}/${file}`, 'utf8');
		if (new RegExp(`^To: .*${email}`, 'mi').test(text))
			return text.replace(/=\r?\n/g, '').replace(/=([0-9A-F]{2})/g, (_, h) => String.fromCharCode(Number.parseInt(h, 16)));
	}
	throw new Error(`no mail to ${email}`);
}

for (const javaScriptEnabled of [false, true]) {
	test(`from_article_to_sign_in_to_the_same_article_${javaScriptEnabled ? 'with' : 'without'}_scripts`, async () => {
		const email = `lectrice.${javaScriptEnabled}@exemple.fr`;
		await site.signIn(email, { plan: 'integral' });
		const context = await browser.newContext({ javaScriptEnabled, viewport: { width: 390, height: 844 }, locale: 'fr-FR' });
		const page = await context.newPage();

		await page.goto(site.url + paid);
		assert.equal(await page.locator('section.panel').count(), 1);
		await press(page, page.locator('.panel-sign-in a'));
		await shot(page, `login-${javaScriptEnabled}`);
		await page.locator('#login-email').fill(email);
		await press(page, page.locator('form[action="/login"] button'));
		assert.equal(new URL(page.url()).pathname, '/login/code');
		await shot(page, `login-code-${javaScriptEnabled}`);
		const mail = await mailTo(email);
		const link = /http:\/\/localhost:\d+\/login\/[\w-]{43}/.exec(mail)[0], code = /(\d{4} \d{4})/.exec(mail)[1];
		if (javaScriptEnabled) {
			await page.locator('#code').fill(code);
			await press(page, page.locator('form[action="/login/code"] button'));
		} else {
			const other = await (await browser.newContext({ javaScriptEnabled, viewport: { width: 390, height: 844 } })).newPage();
			await other.goto(link);
			await shot(other, 'login-other');
			await other.locator('main form button').click(); // the browser asks for the tick first
			assert.equal(other.url(), link);
			assert.equal((await other.context().cookies()).length, 0);
			await page.goto(link);
			await shot(page, 'login-link');
			await press(page, page.locator('main form button'));
		}
		assert.equal(new URL(page.url()).pathname, paid);
		assert.equal(await page.locator('section.panel').count(), 0);
		assert.match(await page.locator('main').textContent(), /CANARI/i);
		await context.close();
	});
}

test('the_account_in_two_clicks_without_scripts', async () => {
	const email = 'compte@exemple.fr', context = await browser.newContext({ javaScriptEnabled: false, viewport: { width: 390, height: 844 } });
	const page = await context.newPage();

	await site.signIn(email, { plan: 'integral' });
	await page.goto((await site.must('session', 'issue', '--link', email)).trim());
	await press(page, page.locator('main form button'));
	await press(page, page.locator('nav.tools a[href="/account"]'));
	await shot(page, 'account');
	for (const name of ['devices', 'email', 'password', 'newsletters', 'data']) {
		await press(page, page.locator(`nav.tabs a[href="/account/${name}"]`));
		assert.equal(await page.locator('nav.tabs a[aria-current]').getAttribute('href'), `/account/${name}`);
		await shot(page, `account-${name}`);
	}
	await press(page, page.locator('a[href="/account/erase"]'));
	await shot(page, 'account-erase');
	await page.locator('#erase-email').fill(email);
	await press(page, page.locator('form[action="/account/erase"] button'));
	assert.equal(new URL(page.url()).pathname, '/account/erased');
	await shot(page, 'account-erased');
	assert.match(await mailTo(email), /effac/);
	await context.close();
});
