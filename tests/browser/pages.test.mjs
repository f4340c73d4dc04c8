// Every page: it fits, it keeps its own policy, and it asks nobody else for anything.

import assert from 'node:assert/strict';
import { test } from './runner.mjs';
import { answer, axeFindings, button, photograph, register, seeHeading } from './pages.mjs';

/// How to get to each page. The pictures of the phone in the dark are named after it.
const PAGES = {
  home: async (stage, page) => page.goto((await stage.provider()).origin),
  register: async (stage, page) => page.goto(`${(await stage.provider()).origin}/register`),
  'register-refused': async (stage, page) => {
    await PAGES.register(stage, page);
    await register(page, { name: 'Bees', redirectUri: 'https://evil.example/callback' });
    await page.getByRole('alert').waitFor();
  },
  registered: async (stage, page) => {
    await PAGES.register(stage, page);
    await register(page, { name: 'Bees', redirectUri: 'http://127.0.0.1:8080/callback' });
    await seeHeading(page, /The provider now knows/);
  },
  'registered with the longest words': async (stage, page) => {
    await PAGES.register(stage, page);
    await register(page, longest);
    await seeHeading(page, /The provider now knows/);
  },
  'consent-page': async (stage, page) => page.goto((await stage.login()).url),
  'consent page with the longest words': async (stage, page) => {
    await PAGES['registered with the longest words'](stage, page);
    const client_id = await page.locator('dd code').first().innerText();
    const { origin } = new URL(page.url());
    await page.goto(`${origin}/authorize?${new URLSearchParams({
      response_type: 'code',
      client_id,
      redirect_uri: longest.redirectUri,
      code_challenge: 'E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM',
      code_challenge_method: 'S256',
    })}`);
    await seeHeading(page, /wants to know who you are/);
  },
  error: async (stage, page) => {
    await page.goto(`${(await stage.provider()).origin}/authorize?client_id=nobody`);
    await seeHeading(page, 'This login cannot go on');
  },
  'not found': async (stage, page) => {
    await page.goto(`${(await stage.provider()).origin}/nowhere`);
    await seeHeading(page, 'Nothing here');
  },
  'code-received': async (stage, page) => {
    await answer(page, (await stage.login()).url, 'Allow');
    await seeHeading(page, 'Code received');
  },
  denied: async (stage, page) => {
    await answer(page, (await stage.login()).url, 'Deny');
    await seeHeading(page, 'No login this time');
  },
  'callback without a login': async (stage, page) => {
    await page.goto((await stage.login()).redirectUri);
    await seeHeading(page, 'Not accepted');
  },
  'nothing at the callback': async (stage, page) => {
    await page.goto(new URL('/', (await stage.login()).redirectUri).href);
    await seeHeading(page, 'Nothing here');
  },
};

const longest = {
  name: 'W'.repeat(60),
  homepage: `https://${'w'.repeat(60)}.example/${'w'.repeat(120)}`,
  redirectUri: `http://127.0.0.1:8080/${'w'.repeat(170)}`,
};

const PICTURES = new Set(['consent-page', 'register', 'registered', 'error', 'code-received']);

for (const [name, open] of Object.entries(PAGES)) {
  test(`the page is accessible and fits on a phone and on a desk, by day and by night: ${name}`, async (stage) => {
    // Without its policy the callback's page lets the browser ask for an icon, at a port that closes meanwhile.
    const page = await stage.page({ bypassCSP: true, expected: /ERR_(CONNECTION_REFUSED|CONNECTION_RESET|EMPTY_RESPONSE).*\/favicon\.ico/ });

    await open(stage, page);
    await page.waitForLoadState();

    for (const width of [360, 1440]) {
      for (const colorScheme of ['light', 'dark']) {
        await page.setViewportSize({ width, height: 740 });
        await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
        assert.deepEqual(await page.evaluate(tooWide), [], `${width} px, ${colorScheme}`);
        assert.deepEqual(await axeFindings(page), [], `${width} px, ${colorScheme}`);
        assert.equal(await page.evaluate(isDark), colorScheme === 'dark', `${width} px, ${colorScheme}`);
        if (PICTURES.has(name) && width === 360 && colorScheme === 'dark') {
          await photograph(page, `${name}-phone-dark`);
        }
      }
    }
  });
}

test('no page breaks its own policy, writes an error, or asks another host', async (stage) => {
  for (const open of Object.values(PAGES)) {
    const page = await stage.page();
    const responses = [];
    page.on('response', (response) => responses.push(response));

    await open(stage, page);
    await page.waitForLoadState();

    const document = responses.findLast((response) => response.request().resourceType() === 'document');
    assert.match(document.headers()['content-security-policy'] ?? '', /^default-src 'none';/, page.url());
    assert.equal(await page.locator('script').count(), 0);
    stage.assertNothingIsAmiss();
  }
});

/// What of the page does not fit into the window, save what scrolls in a box of its own.
export function tooWide() {
  const scrolls = (element) => element.closest('pre') !== null && !element.matches('pre');
  const beyond = Array.from(document.body.querySelectorAll('*')).filter((element) => {
    const { left, right } = element.getBoundingClientRect();
    return !scrolls(element) && (left < 0 || right > innerWidth + 0.5);
  });
  const page = document.documentElement;
  if (page.scrollWidth > page.clientWidth) beyond.push(page);
  return beyond.map((element) => `<${element.localName}> ${element.textContent.trim().slice(0, 60)}`);
}

/// Whether there is light text on a dark ground, which also shows that the style sheet has arrived.
export function isDark() {
  const lightness = (color) => color.match(/\d+/g).slice(0, 3).reduce((sum, part) => sum + Number(part), 0);
  const { backgroundColor, color } = getComputedStyle(document.body);
  return lightness(color) > lightness(backgroundColor);
}
