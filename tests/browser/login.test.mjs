// A person logs in, or does not.

import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import { test } from './runner.mjs';
import { answer, button, formFields, photograph, seeHeading } from './pages.mjs';

test('the consent page says who asks for what, and Allow ends with her name', async (stage) => {
  const login = await stage.login();
  const page = await stage.page();

  await page.goto(login.url);
  await seeHeading(page, 'OAuth by hand wants to know who you are');
  await page.getByText('See your name, bio and picture').waitFor();
  assert.equal(await page.getByRole('radio').count(), 2);
  await photograph(page, 'consent-page');
  await button(page, 'Allow').click();
  await seeHeading(page, 'Code received');
  await photograph(page, 'code-received');

  assert.equal(await login.ended, 0);
  assert.match(login.output, /^ +name +Ada Winter$/m);
  assert.equal(login.errors, '');
});

test('the second person can log in too', async (stage) => {
  const login = await stage.login();
  const page = await stage.page();

  await page.goto(login.url);
  await page.getByRole('radio', { name: 'Zoë Okoro' }).check();
  await button(page, 'Allow').click();

  assert.equal(await login.ended, 0);
  assert.match(login.output, /^ +name +Zoë Okoro$/m);
});

test('Deny leads to a friendly page and exit code 1, and the terminal says who refused', async (stage) => {
  const login = await stage.login();
  const page = await stage.page();

  await answer(page, login.url, 'Deny');
  await seeHeading(page, 'No login this time');
  await photograph(page, 'denied');

  assert.equal(await login.ended, 1);
  assert.match(login.errors, /the\s+user\s+refused:\s+"access_denied"\s+"the\s+user\s+clicked\s+Deny"/);
  assert.doesNotMatch(login.output, /POST \/token/);
});

test('with the keyboard alone, another person is chosen and Allow pressed', async (stage) => {
  const login = await stage.login();
  const page = await stage.page();

  await page.goto(login.url);
  await tabTo(page, page.getByRole('radio', { name: 'Ada Winter' }));
  await page.keyboard.press('ArrowDown');
  await tabTo(page, button(page, 'Allow'));
  await page.keyboard.press('Enter');

  assert.equal(await login.ended, 0);
  assert.match(login.output, /^ +name +Zoë Okoro$/m);
});

test('with the keyboard alone, Deny is pressed with the space bar', async (stage) => {
  const login = await stage.login();
  const page = await stage.page();

  await page.goto(login.url);
  await tabTo(page, button(page, 'Deny'));
  await page.keyboard.press('Space');
  await seeHeading(page, 'No login this time');

  assert.equal(await login.ended, 1);
});

test('Enter while choosing a person never allows by accident', async (stage) => {
  const login = await stage.login();
  const page = await stage.page();

  await page.goto(login.url);
  await page.getByRole('radio', { name: 'Ada Winter' }).press('Enter');
  await seeHeading(page, 'No login this time');

  assert.equal(await login.ended, 1);
});

test('a taken port is no obstacle: the browser comes back to another one', async (stage) => {
  const taken = await stage.takenPort();
  const login = await stage.login({ settings: { OAUTH_REDIRECT_URI: `http://127.0.0.1:${taken}/callback` } });
  const page = await stage.page();

  await answer(page, login.url, 'Allow');
  await seeHeading(page, 'Code received');

  assert.notEqual(new URL(page.url()).port, String(taken));
  assert.equal(await login.ended, 0);
});

test('the consent page can be reloaded before it is answered', async (stage) => {
  const login = await stage.login();
  const page = await stage.page();

  await page.goto(login.url);
  await page.reload();
  await button(page, 'Allow').click();

  await seeHeading(page, 'Code received');
  assert.equal(await login.ended, 0);
});

test('a second click on Allow, before the answer to the first has come, still logs in', async (stage) => {
  const provider = await stage.provider();
  const login = await stage.login({ provider });
  const page = await stage.page();

  await page.goto(login.url);
  // What a browser does at a double click: it sends the form, forgets it, and sends it again.
  await page.route('**/authorize', async (route) => {
    await route.fetch({ maxRedirects: 0 });
    await route.abort('aborted');
  }, { times: 1 });
  const [forgotten] = await Promise.all([page.waitForEvent('requestfailed'), button(page, 'Allow').click()]);
  await button(page, 'Allow').click();
  await seeHeading(page, 'Code received');

  assert.equal(forgotten.method(), 'POST');
  assert.equal(await login.ended, 0);
  assert.equal(new Set(codesGivenBy(provider)).size, 1);
});

test('the back button after Allow shows the question again and gives no second code', async (stage) => {
  const provider = await stage.provider();
  const login = await stage.login({ provider });
  const page = await stage.page();

  await answer(page, login.url, 'Allow');
  await seeHeading(page, 'Code received');
  await page.goBack();
  await seeHeading(page, 'OAuth by hand wants to know who you are');
  await page.reload();
  await seeHeading(page, 'OAuth by hand wants to know who you are');

  assert.equal(await login.ended, 0);
  assert.equal(codesGivenBy(provider).length, 1);
});

test('a form that was answered already is refused in plain words, as often as it is sent', async (stage) => {
  const provider = await stage.provider();
  const login = await stage.login({ provider });
  const page = await stage.page();

  await page.goto(login.url);
  const answered = { ...(await formFields(page)), decision: 'allow' };
  await button(page, 'Allow').click();
  assert.equal(await login.ended, 0);

  await page.goto(provider.origin);
  await sendForm(page, '/authorize', answered);
  await seeHeading(page, 'This question was answered already');
  await page.reload();
  await seeHeading(page, 'This question was answered already');
  await photograph(page, 'answered-already');

  assert.equal(codesGivenBy(provider).length, 1);
});

test('a reload of the result page disturbs nothing: the login is over and the port is closed', async (stage) => {
  const provider = await stage.provider();
  const login = await stage.login({ provider });
  const page = await stage.page();

  await answer(page, login.url, 'Allow');
  await seeHeading(page, 'Code received');
  assert.equal(await login.ended, 0);

  await assert.rejects(page.reload(), /ERR_CONNECTION_REFUSED/);
  assert.equal(provider.output.match(/^POST \/token /gm).length, 1);
});

/// Presses Tab until `wanted` has the focus, as somebody without a mouse would.
async function tabTo(page, wanted) {
  for (let presses = 0; presses < 20; presses += 1) {
    await page.keyboard.press('Tab');
    if (await wanted.evaluate((element) => element === document.activeElement)) return;
  }
  assert.fail('Tab does not lead there');
}

/// Sends a form from a page of the provider's own.
async function sendForm(page, action, fields) {
  await page.evaluate(([action, fields]) => {
    const form = document.body.appendChild(document.createElement('form'));
    Object.assign(form, { method: 'post', action });
    for (const [name, value] of Object.entries(fields)) {
      form.append(Object.assign(document.createElement('input'), { type: 'hidden', name, value }));
    }
    form.submit();
  }, [action, fields]);
}

/// The codes of all redirects that the provider has on its screen.
function codesGivenBy(provider) {
  return Array.from(provider.output.matchAll(/^location: \S+[?&]code=([^&\s]+)/gm), ([, code]) => code);
}

/// Chromium holds `form-action` against every redirect after a form, also against the client's own.
test('a client that goes on to its front end on another port gets there after Allow', async (stage) => {
  const frontEnd = createServer((_, response) => response.end('<h1>The front end</h1>'));
  const client = createServer((_, response) => {
    response.writeHead(302, { location: `http://127.0.0.1:${frontEnd.address().port}/` }).end();
  });
  for (const server of [frontEnd, client]) {
    await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
    stage.afterwards(() => server.close());
  }
  const login = await stage.login();
  const url = new URL(login.url);
  url.searchParams.set('redirect_uri', `http://127.0.0.1:${client.address().port}/callback`);
  const page = await stage.page();
  await page.goto(url.href);
  await button(page, 'Allow').click();
  await seeHeading(page, 'The front end');
});
