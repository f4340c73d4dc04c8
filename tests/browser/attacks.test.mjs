// Pages that mean harm, in the same browser and so with the same cookies; and connections that only sit there.

import assert from 'node:assert/strict';
import { test } from './runner.mjs';
import { answer, button, formFields, formThatSendsItself, photograph, seeHeading } from './pages.mjs';

test('a page elsewhere cannot click Allow, even if it has learnt every secret of the form', async (stage) => {
  const provider = await stage.provider();
  const login = await stage.login({ provider });
  const page = await stage.page();
  await page.goto(login.url);
  const stolen = { ...(await formFields(page)), decision: 'allow' };
  const evil = await stage.otherSite(formThatSendsItself(`${provider.origin}/authorize`, stolen));

  const evilPage = await page.context().newPage();
  const response = await resultOf(evilPage, evil, '/authorize');

  assert.equal(response.status(), 403);
  // Other ports are the same site: the cookie came along, and it was not what saved us.
  assert.match((await response.request().allHeaders()).cookie, /practice_session_\d+=/);

  await button(page, 'Allow').click();
  assert.equal(await login.ended, 0);
});

test('a page elsewhere that has learnt nothing cannot click Allow either', async (stage) => {
  const provider = await stage.provider();
  const login = await stage.login({ provider });
  const page = await stage.page();
  await page.goto(login.url);
  const guessed = { transaction: 'guess', consent_token: 'guess', person: 'ada', decision: 'allow' };
  const evil = await stage.otherSite(formThatSendsItself(`${provider.origin}/authorize`, guessed));

  const evilPage = await page.context().newPage();
  const response = await resultOf(evilPage, evil, '/authorize');

  assert.equal(response.status(), 403);
  await button(page, 'Allow').click();
  assert.equal(await login.ended, 0);
});

test('a page elsewhere cannot register an application in her name', async (stage) => {
  const provider = await stage.provider();
  const page = await stage.page();
  await page.goto(`${provider.origin}/register`);
  const { form_token } = await formFields(page);
  const fields = { form_token, name: 'Evil', homepage: 'https://evil.example/', redirect_uri: 'http://127.0.0.1:1/' };
  const evil = await stage.otherSite(formThatSendsItself(`${provider.origin}/register`, fields));

  const evilPage = await page.context().newPage();
  const response = await resultOf(evilPage, evil, '/register');

  assert.equal(response.status(), 403);
  await seeHeading(evilPage, 'This form is too old');
});

test('no page can put the consent page into a frame', async (stage) => {
  const login = await stage.login();
  const page = await stage.page({ expected: /frame-ancestors/ });
  const evil = await stage.otherSite(`<iframe src="${login.url.replaceAll('&', '&amp;')}"></iframe>`);

  await Promise.all([
    page.waitForEvent('console', (message) => /frame-ancestors/.test(message.text())),
    page.goto(evil),
  ]);

  assert.equal(await page.frameLocator('iframe').getByRole('button').count(), 0);
});

test('a page elsewhere cannot bring a code of its own: the wait goes on, and the real login is done', async (stage) => {
  const login = await stage.login();
  const page = await stage.page();
  const forged = `${login.redirectUri}?code=evil&state=evil`;
  const evil = await stage.otherSite(`<script>location = ${JSON.stringify(forged)}</script>`);

  const response = await resultOf(page, evil, '/callback');
  await seeHeading(page, 'Not accepted');
  await photograph(page, 'not-accepted');
  await answer(page, login.url, 'Allow');
  await seeHeading(page, 'Code received');

  assert.equal(response.status(), 400);
  assert.equal(await login.ended, 0);
  assert.match(login.output, /Not accepted:[^.]*\.\s+The\s+wait\s+goes\s+on\./);
});

test('idle and half-spoken connections do not delay the browser', async (stage) => {
  const provider = await stage.provider();
  const login = await stage.login({ provider });
  const page = await stage.page();
  for (const url of [provider.origin, login.redirectUri]) {
    await stage.idleConnections(url, 8);
    await stage.idleConnections(url, 8, 'GET /callb');
  }

  await page.goto(login.url);
  const start = performance.now();
  await button(page, 'Allow').click();
  await seeHeading(page, 'Code received');
  const seen = performance.now() - start;

  assert.ok(seen < 1000, `the browser came back after ${Math.round(seen)} ms`);
  assert.equal(await login.ended, 0);
});

test('more idle connections than the server keeps do not shut the browser out', async (stage) => {
  const login = await stage.login();
  const page = await stage.page();
  await page.goto(login.url);
  await stage.idleConnections(login.redirectUri, 300);

  await button(page, 'Allow').click();
  await seeHeading(page, 'Code received');

  assert.equal(await login.ended, 0);
});

/// Opens a page that goes on by itself, and waits for where it leads.
async function resultOf(page, url, path) {
  const [response] = await Promise.all([
    page.waitForResponse((response) => new URL(response.url()).pathname === path),
    page.goto(url, { waitUntil: 'commit' }),
  ]);
  return response;
}
