// The demo web app, as a person meets it: in, around, behind the scenes, and out.

import assert from 'node:assert/strict';
import { test } from './runner.mjs';
import { axeFindings, button, formFields, photograph, seeHeading } from './pages.mjs';
import { isDark, tooWide } from './pages.test.mjs';

/// The web app, running, with its address.
async function webapp(stage, args = []) {
  const program = stage.start('webapp', ['--port', '0', ...args]);
  program.url = await program.prints(/^(http:\/\/\S+\/)$/m);
  return program;
}

const link = (page, name) => page.getByRole('link', { name, exact: true });

async function logIn(page, url, path = '') {
  await page.goto(url + path);
  await link(page, 'Log in with Practice').click();
  await button(page, 'Allow').click();
  await page.waitForURL((at) => at.href.startsWith(url));
}

test('a person logs in, sees her name and picture, looks behind the scenes, and logs out', async (stage) => {
  const { url } = await webapp(stage);
  const page = await stage.page();

  await page.goto(url);
  await photograph(page, 'webapp-home');
  await link(page, 'Log in with Practice').click();
  await seeHeading(page, 'OAuth by hand wants to know who you are');
  await button(page, 'Allow').click();
  await seeHeading(page, 'Ada Winter');
  assert.equal(page.url(), `${url}welcome`);
  await page.getByText('Keeps bees and very tidy notebooks.').waitFor();
  assert.ok(await page.locator('.profile img').evaluate((picture) => picture.complete && picture.naturalWidth > 0));
  await photograph(page, 'webapp-welcome');

  await link(page, 'See how you got in').click();
  await seeHeading(page, 'Your login with Practice, message by message');
  await photograph(page, 'webapp-behind-the-scenes');
  const messages = page.getByRole('listitem');
  assert.equal(await messages.count(), 9);
  await page.locator('summary', { hasText: 'The token request' }).click();
  await page.getByText('POST /token HTTP/1.1').waitFor();
  await page.locator('pre:visible', { hasText: /grant_type=authorization_code&code=[\w-]{43}&/ }).waitFor();

  await button(page, 'Log out').click();
  await seeHeading(page, 'Log in without giving us a password');
  await page.goto(`${url}welcome`);
  await seeHeading(page, 'Please log in first');
});

test('the members’ page asks who is there, and is there afterwards', async (stage) => {
  const { url } = await webapp(stage);
  const page = await stage.page();

  await page.goto(`${url}members`);
  await seeHeading(page, 'Please log in first');
  await photograph(page, 'webapp-members-before');
  await logIn(page, url, 'members');
  assert.equal(page.url(), `${url}members`);
  await seeHeading(page, 'The members’ page, for Ada Winter');
  await photograph(page, 'webapp-members');
});

test('Deny in the web app is a page with another try, and the second try may be a yes', async (stage) => {
  const { url } = await webapp(stage);
  const page = await stage.page();

  await page.goto(`${url}members`);
  await link(page, 'Log in with Practice').click();
  await button(page, 'Deny').click();
  await seeHeading(page, 'No login this time');
  await photograph(page, 'webapp-denied');
  await link(page, 'Try again').click();
  await button(page, 'Allow').click();
  await seeHeading(page, /^The members’ page/);
});

test('the code is not in the history, and the back button after a login does no harm', async (stage) => {
  const { url } = await webapp(stage);
  const page = await stage.page();
  const visited = [];
  page.on('framenavigated', (frame) => visited.push(frame.url()));

  await logIn(page, url);
  await seeHeading(page, 'Ada Winter');
  assert.equal(visited.filter((at) => at.includes('code=')).length, 0, visited.join('\n'));

  await page.goBack();
  await seeHeading(page, /wants to know who you are/);
  await button(page, 'Allow').click();
  await seeHeading(page, 'Ada Winter');
});

test('the back button after logging out does not bring the members’ page back', async (stage) => {
  const { url } = await webapp(stage);
  const page = await stage.page();

  await logIn(page, url, 'members');
  await button(page, 'Log out').click();
  await seeHeading(page, 'Log in without giving us a password');
  await page.goBack();
  await seeHeading(page, 'Please log in first');
});

test('a callback that is loaded again leads to the page behind it, and does nothing a second time', async (stage) => {
  const { url } = await webapp(stage);
  const page = await stage.page();
  const callbacks = callbacksOf(page);

  await page.goto(url);
  await link(page, 'Log in with Practice').click();
  await button(page, 'Deny').click();
  await seeHeading(page, 'No login this time');
  await page.reload();
  await seeHeading(page, 'Please log in first');

  await logIn(page, url);
  await page.goto(callbacks.at(-1));
  await seeHeading(page, 'Ada Winter');
});

test('two tabs log in at once: the first one wins, and the second shows who is logged in', async (stage) => {
  const { url } = await webapp(stage);
  const one = await stage.page();
  const tab = await one.context().newPage();

  for (const page of [one, tab]) {
    await page.goto(url);
    await link(page, 'Log in with Practice').click();
    await seeHeading(page, /wants to know who you are/);
  }
  await tab.getByRole('radio', { name: 'Zoë Okoro' }).check();
  await button(tab, 'Allow').click();
  await seeHeading(tab, 'Zoë Okoro');
  await button(one, 'Allow').click();
  await seeHeading(one, 'Zoë Okoro');
});

test('a second browser with the first one’s callback is refused, and the first one still gets in', async (stage) => {
  const { url } = await webapp(stage);
  const attacker = await stage.page();
  const victim = await stage.page();

  // The attacker allows, does not follow the redirect, and gives it to somebody else.
  await attacker.goto(url);
  await link(attacker, 'Log in with Practice').click();
  await seeHeading(attacker, /wants to know who you are/);
  const { origin } = new URL(attacker.url());
  const redirect = await attacker.context().request.post(`${origin}/authorize`, {
    form: { ...(await formFields(attacker)), decision: 'allow' },
    headers: { origin },
    maxRedirects: 0,
  });
  const callback = redirect.headers().location;

  await victim.goto(callback);
  await seeHeading(victim, 'We do not know this browser');
  await victim.goto(url);
  await link(victim, 'Log in with Practice').click();
  await seeHeading(victim, /wants to know who you are/);
  await victim.goto(callback);
  await seeHeading(victim, 'This login is not yours');
  await photograph(victim, 'webapp-not-yours');
  await victim.goto(`${url}welcome`);
  await seeHeading(victim, 'Please log in first');

  await attacker.goto(callback);
  await seeHeading(attacker, 'Ada Winter');
});

test('a browser that keeps no cookies is told what is missing', async (stage) => {
  const { url } = await webapp(stage);
  const page = await stage.page();
  // The provider keeps its own cookie: only ours is refused.
  page.on('response', () => page.context().clearCookies({ name: /^by_hand_session/ }));
  await page.goto(url);
  await link(page, 'Log in with Practice').click();
  await seeHeading(page, /wants to know who you are/);
  await page.context().clearCookies({ name: /^by_hand_session/ });
  await button(page, 'Allow').click();
  await seeHeading(page, 'We do not know this browser');
  await page.getByText('Perhaps it keeps none').waitFor();
});

test('opened as localhost, the web app leads to its own address, and the login works', async (stage) => {
  const { url } = await webapp(stage);
  const page = await stage.page();

  await page.goto(url.replace('127.0.0.1', 'localhost'));
  assert.equal(page.url(), url);
  await logIn(page, url);
  await seeHeading(page, 'Ada Winter');
});

test('a page of somebody else cannot log a member out', async (stage) => {
  const { url } = await webapp(stage);
  const page = await stage.page();

  await logIn(page, url);
  const form_token = await page.locator('input[name=form_token]').getAttribute('value');
  const evil = await stage.otherSite(
    `<form method="post" action="${url}logout"><input name="form_token" value="${form_token}"></form>` +
      `<script>document.forms[0].submit()</script>`,
  );
  await page.goto(evil);
  await seeHeading(page, 'Still logged in');
});

test('with the keyboard alone: in, a message opened, and out', async (stage) => {
  const { url } = await webapp(stage);
  const page = await stage.page();

  await page.goto(url);
  await tabTo(page, link(page, 'Log in with Practice'));
  await page.keyboard.press('Enter');
  await seeHeading(page, /wants to know who you are/);
  await tabTo(page, button(page, 'Allow'));
  await page.keyboard.press('Enter');
  await seeHeading(page, 'Ada Winter');
  await page.goto(`${url}behind-the-scenes`);
  await tabTo(page, page.locator('summary', { hasText: 'The access token' }));
  await page.keyboard.press('Enter');
  await page.locator('pre:visible', { hasText: '"access_token"' }).waitFor();
  await tabTo(page, button(page, 'Log out'));
  await page.keyboard.press('Space');
  await seeHeading(page, 'Log in without giving us a password');
});

test('each message leads to its chapter of the tutorial', async (stage) => {
  const { url } = await webapp(stage);
  const page = await stage.page();

  await logIn(page, url, 'behind-the-scenes');
  let before = 0;
  for (const chapter of ['Step 1: authorize', 'Step 2: fetch the access token', 'Step 3: get the user’s information']) {
    await page.goto(`${url}behind-the-scenes`);
    await link(page, chapter).first().click();
    await page.waitForFunction((above) => location.pathname === '/tutorial' && scrollY > above, before);
    before = await page.evaluate(() => scrollY);
  }
});

test('the redirect can be copied from its message in one piece, and no line is broken inside an escape', async (stage) => {
  const { url } = await webapp(stage);
  const page = await stage.page({ viewport: { width: 360, height: 740 } });
  const callbacks = callbacksOf(page);

  await logIn(page, url, 'behind-the-scenes');
  await page.locator('summary', { hasText: 'The redirect arrives' }).click();
  const message = page.locator('pre:visible').first();
  const copied = await message.evaluate((pre) => {
    getSelection().selectAllChildren(pre);
    return getSelection().toString();
  });
  assert.equal(copied.split('\n')[0], `GET ${callbacks.at(-1).slice(url.length - 1)} HTTP/1.1`);
  assert.deepEqual(await message.evaluate(brokenEscapes), []);
});

test('on a phone, words never lie on a lifeline, and a member’s header is one row', async (stage) => {
  const { url } = await webapp(stage);
  const page = await stage.page({ viewport: { width: 360, height: 740 } });

  await logIn(page, url, 'behind-the-scenes');
  for (const width of [360, 390, 768, 960, 1280]) {
    await page.setViewportSize({ width, height: 740 });
    const lifeline = await page.locator('.messages').evaluate((list) => {
      const { left, width } = getComputedStyle(list, '::after');
      return list.getBoundingClientRect().left + parseFloat(left) + parseFloat(width);
    });
    for (const words of await page.locator('.messages :is(.who, strong, .notice)').all()) {
      assert.ok((await words.boundingBox()).x > lifeline + 4, `${width} px`);
    }
    const tops = await page.locator('header :is(.brand, .me, button)').evaluateAll((all) =>
      all.map((one) => one.getBoundingClientRect()).map(({ top, bottom }) => (top + bottom) / 2),
    );
    assert.ok(Math.max(...tops) - Math.min(...tops) < 4, `${width} px: ${tops}`);
  }
});

test('on paper, every message is open and nothing is cut off', async (stage) => {
  const { url } = await webapp(stage);
  const page = await stage.page();

  await logIn(page, url, 'behind-the-scenes');
  await page.emulateMedia({ media: 'print' });
  for (const width of [560, 960]) {
    await page.setViewportSize({ width, height: 800 });
    // Eight messages, and the folded headers of the two that a browser sent.
    assert.equal(await page.locator('pre:visible').count(), 10);
    assert.deepEqual(await page.evaluate(tooWide), [], `${width} px`);
  }
});

test('the handout is one page of A4, and every page leads to it', async (stage) => {
  const { url } = await webapp(stage);
  const page = await stage.page();

  await page.goto(url);
  await link(page, 'A handout to print').click();
  await seeHeading(page, 'One login on one page');
  await photograph(page, 'webapp-handout');
  const paper = (await page.pdf({ format: 'A4' })).toString('latin1');
  assert.equal(paper.match(/\/Type\s*\/Page\b/g).length, 1);
});

/// How to get to each page of the web app.
const PAGES = {
  home: async (page, url) => page.goto(url),
  offer: async (page, url) => page.goto(`${url}members`),
  tutorial: async (page, url) => page.goto(`${url}tutorial`),
  handout: async (page, url) => page.goto(`${url}handout`),
  problem: async (page, url) => page.goto(`${url}callback?state=x&code=y`),
  denied: async (page, url) => {
    await page.goto(url);
    await link(page, 'Log in with Practice').click();
    await button(page, 'Deny').click();
  },
  'home of a member': async (page, url) => {
    await logIn(page, url);
    await page.goto(url);
  },
  welcome: (page, url) => logIn(page, url),
  members: (page, url) => logIn(page, url, 'members'),
  'behind the scenes': (page, url) => logIn(page, url, 'behind-the-scenes'),
  'behind the scenes with all messages open': async (page, url) => {
    await logIn(page, url, 'behind-the-scenes');
    for (const summary of await page.locator('summary').all()) await summary.click();
  },
};

for (const [name, open] of Object.entries(PAGES)) {
  test(`the web app is accessible and fits, by day and by night: ${name}`, async (stage) => {
    const { url } = await webapp(stage);
    const page = await stage.page({ bypassCSP: true });

    await open(page, url);
    await page.waitForLoadState();
    for (const width of [360, 1440]) {
      for (const colorScheme of ['light', 'dark']) {
        await page.setViewportSize({ width, height: 740 });
        await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
        assert.deepEqual(await page.evaluate(tooWide), [], `${width} px, ${colorScheme}`);
        assert.equal(await page.evaluate(isDark), colorScheme === 'dark', `${width} px, ${colorScheme}`);
        assert.deepEqual(await axeFindings(page), [], `${width} px, ${colorScheme}`);
        if (width === 360 && colorScheme === 'dark' && name === 'behind the scenes') {
          await photograph(page, 'webapp-behind-the-scenes-phone-dark');
        }
      }
    }
  });
}

test('no page of the web app moves while it loads', async (stage) => {
  const { url } = await webapp(stage);
  const page = await stage.page();

  await logIn(page, url);
  for (const path of ['', 'welcome', 'members', 'behind-the-scenes']) {
    await page.goto(url + path);
    const shift = await page.evaluate(
      () =>
        new Promise((resolve) => {
          let sum = 0;
          const observer = new PerformanceObserver((list) => list.getEntries().forEach(({ value }) => (sum += value)));
          observer.observe({ type: 'layout-shift', buffered: true });
          requestAnimationFrame(() => requestAnimationFrame(() => setTimeout(() => resolve(sum), 100)));
        }),
    );
    assert.equal(shift, 0, path);
  }
});

/// The escapes, such as %2F, that are on two lines.
function brokenEscapes(pre) {
  const broken = [];
  const walker = document.createTreeWalker(pre, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const text = walker.currentNode;
    for (const { index } of text.data.matchAll(/%[0-9A-F]{2}/g)) {
      const range = document.createRange();
      range.setStart(text, index);
      range.setEnd(text, index + 3);
      if (new Set(Array.from(range.getClientRects(), ({ top }) => top)).size > 1) broken.push(range.toString());
    }
  }
  return broken;
}

/// The callback URLs that the browser asks for.
function callbacksOf(page) {
  const callbacks = [];
  page.on('request', (request) => request.url().includes('/callback?') && callbacks.push(request.url()));
  return callbacks;
}

/// Presses Tab until the element has the focus, which must be seen.
async function tabTo(page, element) {
  for (let presses = 0; presses < 40; presses += 1) {
    if (await element.evaluate((node) => node === document.activeElement)) {
      const ring = await element.evaluate((node) => getComputedStyle(node).outlineStyle);
      assert.equal(ring, 'solid');
      return;
    }
    await page.keyboard.press('Tab');
  }
  assert.fail('the Tab key does not get there');
}
