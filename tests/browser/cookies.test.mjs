// What cookies do between programs on one machine: ports do not part them (RFC 6265 §8.5).

import assert from 'node:assert/strict';
import { test } from './runner.mjs';
import { answer, button, formFields, seeHeading } from './pages.mjs';

const link = (page, name) => page.getByRole('link', { name, exact: true });

/// A web app, running, whose own practice provider listens on another port.
async function webapp(stage) {
  const program = stage.start('webapp', ['--port', '0']);
  return program.prints(/^(http:\/\/\S+\/)$/m);
}

test('a question in one tab and a login at the web app in another do not end each other', async (stage) => {
  const login = await stage.login();
  const url = await webapp(stage);
  const page = await stage.page();
  const tab = await page.context().newPage();

  await page.goto(login.url);
  await tab.goto(url);
  await link(tab, 'Log in with Practice').click();
  await button(tab, 'Allow').click();
  await seeHeading(tab, 'Ada Winter');

  await button(page, 'Allow').click();
  assert.equal(await login.ended, 0);
  await tab.reload();
  await seeHeading(tab, 'Ada Winter');
});

test('two web apps on one machine keep their members, also after one of them is left', async (stage) => {
  const [one, other] = [await webapp(stage), await webapp(stage)];
  const page = await stage.page();

  for (const url of [one, other]) {
    await page.goto(url);
    await link(page, 'Log in with Practice').click();
    await button(page, 'Allow').click();
    await seeHeading(page, 'Ada Winter');
  }
  await button(page, 'Log out').click();
  await page.goto(`${one}welcome`);
  await seeHeading(page, 'Ada Winter');
  await page.goto(`${other}welcome`);
  await seeHeading(page, 'Please log in first');
});

test('each reason why a click on Allow does not count has its own words', async (stage) => {
  const provider = await stage.provider();
  const login = await stage.login({ provider });
  const page = await stage.page();
  const context = page.context();
  const refused = async (words) => {
    await button(page, 'Allow').click();
    await page.getByText(words).waitFor();
  };

  await page.goto(login.url);
  await context.clearCookies();
  await refused('Your browser sent no cookie.');

  await page.goto(login.url);
  const [cookie] = (await context.cookies(provider.origin)).filter(({ name }) => name.startsWith('practice_session_'));
  await context.addCookies([{ ...cookie, value: 'of-another-browser' }]);
  await refused('The question was asked in another browser.');

  await page.goto(login.url);
  await page.locator('input[name=consent_token]').evaluate((field) => (field.value = 'guessed'));
  await refused('The form is not the one of the question.');

  await page.goto(login.url);
  await page.locator('input[name=transaction]').evaluate((field) => (field.value = 'of-long-ago'));
  await refused('The question is older than ten minutes');

  // A request of a program, which sends no Origin, counts (RFC 6454 §7.3 lets it be left out).
  await page.goto(login.url);
  const form = { ...(await formFields(page)), decision: 'allow' };
  const redirect = await context.request.post(`${provider.origin}/authorize`, { form, maxRedirects: 0 });
  assert.equal(redirect.status(), 303);
  await page.goto(redirect.headers().location);
  assert.equal(await login.ended, 0);
});

test('a cookie of another program that is no ASCII stands in nobody’s way', async (stage) => {
  const login = await stage.login();
  const url = await webapp(stage);
  const page = await stage.page();
  const elsewhere = await stage.otherSite('<script>document.cookie = "city=M\u00fcnchen \u2603"</script>');

  await page.goto(elsewhere);
  await page.goto(url);
  await link(page, 'Log in with Practice').click();
  await button(page, 'Allow').click();
  await seeHeading(page, 'Ada Winter');
  await answer(page, login.url, 'Allow');
  await seeHeading(page, 'Code received');
  assert.equal(await login.ended, 0);
});

// The second click may come when the code is used already: then the provider says so. Or the page behind it is there
// already, and gets the click.
test('a double click on Allow logs in, whatever the time between the two', async (stage) => {
  const url = await webapp(stage);
  for (const delay of [0, 20, 40, 60, 80, 100]) {
    const page = await stage.page();
    await page.goto(url);
    await link(page, 'Log in with Practice').click();
    await button(page, 'Allow').dblclick({ delay });
    await seeHeading(page, /(Ada Winter|This question was answered already)$/);
    await page.goto(`${url}welcome`);
    await seeHeading(page, 'Ada Winter');
  }
});
