// seats.mjs: a town hall's seats in a browser without scripts: the contact person invites, the invited accept and read, a work
// address joins by itself; and a pause, from its form to its end.
import assert from 'node:assert/strict';
import fs from 'node:fs/promises';
import { after, before, test } from 'node:test';
import { Site } from '../http/lib/site.mjs';
import { launch, press, shot, visitor as stranger } from './lib/browser.mjs';

const paid = '/innovation/paye', contact = 'contact@valmont.example';
let site, browser;
before(async () => {
	site = await Site.start({ config: { site: { contact: 'bonjour@leperron.example' } } });
	browser = await launch();
	await site.must('institution', 'add', 'Mairie de Valmont', '--siret', '217 500 016 00019');
	await site.must('institution', 'grant', 'mairie-de-valmont', 'integral', '--seats', '3', '--until', '2099-12-31', '--order', 'BC 7');
	await site.must('institution', 'contact', 'mairie-de-valmont', 'add', contact);
	await site.must('institution', 'domain', 'mairie-de-valmont', 'add', 'valmont.example');
});
after(async () => {
	await browser?.close();
	await site?.stop();
});

// The address in the newest mail to somebody, its quoted-printable undone.
async function linkTo(email) {
	await site.must('work', '--once');
	const files = (await fs.readdir(site.in('mail'))).filter((f) => f.endsWith('.eml')).sort().reverse();

	for (const file of files) {
		const text = (await fs.readFile(`${site.in('mail')}/${file}`, 'utf8')).replace(/=\r?\n/g, '').replace(/=3D/g, '=');
		if (new RegExp(`^To: .*${email}`, 'mi').test(text)) return /http:\/\/localhost:\d+\/login[^\s<>"]*/.exec(text)[0];
	}
	throw new Error(`no mail to ${email}`);
}

// From where the page asks for an address to where its link leads.
async function signIn(page, email) {
	await page.locator('#login-email').fill(email);
	await press(page, page.locator('form[action="/login"] button'));
	await page.goto(await linkTo(email));
	await press(page, page.locator('main form button'));
}

const words = (page) => page.locator('main').innerText();
const reads = async (page) => {
	await page.goto(site.url + paid);
	return await page.locator('.body.paywall').count() === 1;
};

test('a_contact_person_invites_and_the_invited_read', async () => {
	const chief = await stranger(browser), marie = await stranger(browser), paul = await stranger(browser);

	await chief.page.goto(`${site.url}/account/institution`);
	await signIn(chief.page, contact);
	assert.equal(new URL(chief.page.url()).pathname, '/account/institution');
	assert.match(await words(chief.page), /Mairie de Valmont/);
	const invite = async (email) => {
		await chief.page.getByLabel('Adresse de la personne à inviter').fill(email);
		await press(chief.page, chief.page.getByRole('button', { name: 'Inviter' }));
	};
	await invite('marie@perso.example');
	assert.match(await words(chief.page), /marie@perso\.example.*invitation envoyée/);
	await shot(chief.page, 'seats-invited');

	// She has no account: the letter leads to the sign-in, which proves her address, and the seat is hers.
	assert.equal(await reads(marie.page), false);
	await marie.page.goto(await linkTo('marie@perso.example'));
	await signIn(marie.page, 'marie@perso.example');
	assert.equal(new URL(marie.page.url()).pathname, '/account/institution');
	await site.until('Marie reads by her seat', () => reads(marie.page));

	// He is signed in already: a button accepts.
	await site.signIn('paul@perso.example');
	await paul.page.goto((await site.must('session', 'issue', '--link', 'paul@perso.example')).trim());
	await press(paul.page, paul.page.locator('main form button'));
	await invite('paul@perso.example');
	assert.match(await words(chief.page), /3 places prises sur 3/);
	assert.equal(await chief.page.getByRole('button', { name: 'Inviter' }).count(), 0);
	assert.equal(await reads(paul.page), false, 'an invitation is no seat');
	await paul.page.goto(`${site.url}/account/institution`);
	assert.match(await words(paul.page), /Mairie de Valmont vous propose une place/);
	await shot(paul.page, 'seats-asked');
	await press(paul.page, paul.page.getByRole('button', { name: 'Accepter la place' }));
	await site.until('Paul reads by his seat', () => reads(paul.page));

	await chief.page.reload();
	await shot(chief.page, 'seats-full');
	await press(chief.page, chief.page.getByRole('button', { name: 'Retirer la place paul@perso.example' }));
	assert.doesNotMatch(await words(chief.page), /paul@perso/);
	await site.until('the seat is over', async () => !await reads(paul.page));
	for (const one of [chief, marie, paul]) await one.context.close();
});

test('a_work_address_joins_by_itself_from_the_wall', async () => {
	const { context, page } = await stranger(browser);

	await page.goto(site.url + paid);
	await press(page, page.locator('.panel-sign-in a'));
	await signIn(page, 'agent@valmont.example');
	assert.equal(new URL(page.url()).pathname, paid);
	assert.equal(await page.locator('.body.paywall').count(), 1);
	assert.equal(await page.locator('section.panel').count(), 0);
	await context.close();
});

test('a_reader_plans_a_pause_takes_it_back_and_takes_one', async () => {
	const { context, page } = await stranger(browser);
	const day = (n) => new Date(Date.now() + n * 86400000).toLocaleDateString('sv-SE', { timeZone: 'Europe/Paris' });
	const pause = async (from, until) => {
		await page.goto(`${site.url}/account/access`);
		await press(page, page.getByRole('link', { name: 'Mettre mon abonnement en pause' }));
		await page.getByLabel('Premier jour de pause').fill(from);
		await page.getByLabel('Dernier jour de pause').fill(until);
		await press(page, page.getByRole('button', { name: 'Mettre en pause' }));
	};

	await site.sql("UPDATE plan SET pause_days = 30 WHERE slug = 'integral'");
	await site.signIn('rea@example.org', { plan: 'integral', until: 'unixepoch() + 300 * 86400' });
	await page.goto((await site.must('session', 'issue', '--link', 'rea@example.org')).trim());
	await press(page, page.locator('main form button'));
	await pause(day(0), day(90));
	assert.match(await words(page), /plus longue que ce que votre formule permet/);
	await shot(page, 'pause-too-long');
	await pause(day(7), day(9));
	assert.match(await words(page), /Pauses à venir/);
	await shot(page, 'pause-planned');
	await press(page, page.getByRole('button', { name: 'Annuler cette pause' }));
	await pause(day(0), day(3));
	assert.match(await words(page), /Votre abonnement est en pause/);
	await shot(page, 'pause-now');
	await site.until('the article to be closed', async () => !await reads(page));
	await press(page, page.getByRole('link', { name: 'Voir mon abonnement' }));
	await press(page, page.getByRole('button', { name: 'Reprendre mon abonnement' }));
	await site.until('the article to be open again', () => reads(page));
	await context.close();
});
