// An application is registered, and a program in a shell becomes it.

import assert from 'node:assert/strict';
import { test } from './runner.mjs';
import { redirectUri } from './stage.mjs';
import { answer, button, linesToPaste, photograph, register, seeHeading } from './pages.mjs';

const NAME = 'Bees & Radios <Club>';

test('a registered application logs in, with the lines of the page pasted into a shell', async (stage) => {
  const provider = await stage.provider();
  const page = await stage.page();

  await page.goto(provider.origin);
  await photograph(page, 'home');
  await page.getByRole('link', { name: 'Register an application' }).click();
  await register(page, { name: NAME, redirectUri: await redirectUri() });
  await seeHeading(page, `The provider now knows ${NAME}`);
  await photograph(page, 'registered');
  const login = await stage.waiting(stage.shell(`${await linesToPaste(page)}\nstep3 --no-browser`));

  await page.goto(login.url);
  await seeHeading(page, `${NAME} wants to know who you are`);
  await button(page, 'Allow').click();
  await seeHeading(page, 'Code received');

  assert.equal(await login.ended, 0);
  assert.match(login.output, /^ +name +Ada Winter$/m);
});

test('a redirect URI on localhost works in the browser, and the terminal says what is safer', async (stage) => {
  const provider = await stage.provider();
  const page = await stage.page();

  await page.goto(`${provider.origin}/register`);
  await register(page, { name: NAME, redirectUri: await redirectUri('localhost') });
  const login = await stage.waiting(stage.shell(`${await linesToPaste(page)}\nstep3 --no-browser`));
  await answer(page, login.url, 'Allow');
  await seeHeading(page, 'Code received');

  assert.equal(new URL(page.url()).hostname, 'localhost');
  assert.equal(await login.ended, 0);
  assert.match(login.output, /127\.0\.0\.1\s+is\s+the\s+safer\s+redirect\s+URI/);
});

test('a redirect URI with a query of its own passes through the shell and comes back whole', async (stage) => {
  const provider = await stage.provider();
  const page = await stage.page();

  await page.goto(`${provider.origin}/register`);
  await register(page, { name: NAME, redirectUri: `${await redirectUri()}?shop=bees&home=$HOME` });
  const login = await stage.waiting(stage.shell(`${await linesToPaste(page)}\nstep3 --no-browser`));
  await answer(page, login.url, 'Allow');
  await seeHeading(page, 'Code received');

  assert.match(page.url(), /\/callback\?shop=bees&home=\$HOME&code=/);
  assert.equal(await login.ended, 0);
});

test('a bad redirect URI is explained, and nothing that was typed is lost', async (stage) => {
  const provider = await stage.provider();
  const page = await stage.page();

  await page.goto(`${provider.origin}/register`);
  await photograph(page, 'register');
  await register(page, { name: NAME, redirectUri: 'https://evil.example/callback' });
  await page.getByRole('alert').filter({ hasText: 'http://127.0.0.1:8080/callback' }).waitFor();
  await photograph(page, 'register-refused');

  const wrong = page.locator('[aria-invalid=true]');
  assert.equal(await wrong.getAttribute('id'), 'redirect_uri');
  assert.ok(await wrong.evaluate((field) => field === document.activeElement));
  assert.equal(await page.getByLabel('Application name').inputValue(), NAME);
  assert.equal(await page.getByLabel('Home page').inputValue(), 'https://example.org/');
  assert.equal(await page.getByLabel('Redirect URI').inputValue(), 'https://evil.example/callback');

  await page.getByLabel('Redirect URI').fill('http://127.0.0.1:8080/callback');
  await button(page, 'Register').click();
  await seeHeading(page, `The provider now knows ${NAME}`);
});

test('a home page that runs a script is refused', async (stage) => {
  const provider = await stage.provider();
  const page = await stage.page();

  await page.goto(`${provider.origin}/register`);
  await register(page, { name: NAME, homepage: 'javascript:alert(1)', redirectUri: 'http://127.0.0.1:8080/callback' });

  await page.getByRole('alert').filter({ hasText: 'https:// or http://' }).waitFor();
});
