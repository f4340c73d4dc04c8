// The whole login in another browser: what Chromium does need not be what Firefox does.

import assert from 'node:assert/strict';
import { test } from './runner.mjs';
import puppeteer from 'puppeteer-core';

/// A page of a Firefox of its own, without a profile.
async function firefox(stage) {
  const browser = await puppeteer.launch({
    browser: 'firefox',
    executablePath: process.env.FIREFOX,
    headless: true,
    // No update, no telemetry, no portal detection: it finds no way to the world outside.
    extraPrefsFirefox: {
      'network.proxy.type': 1,
      'network.proxy.http': '127.0.0.1',
      'network.proxy.http_port': 9,
      'network.proxy.ssl': '127.0.0.1',
      'network.proxy.ssl_port': 9,
      'network.proxy.no_proxies_on': '127.0.0.1, localhost',
    },
  });
  stage.afterwards(() => browser.close());
  return browser.newPage();
}

/// Clicks what has this text, and waits for the page that follows.
async function click(page, selector, text) {
  const handle = await page.waitForSelector(`${selector}::-p-text(${text})`);
  await Promise.all([page.waitForNavigation(), handle.click()]);
}

const heading = (page) => page.$eval('h1, h2', (element) => element.innerText);
const shown = (page) => page.$eval('body', (element) => element.innerText);

test('Firefox: Allow logs a person in', async (stage) => {
  const login = await stage.login();
  const page = await firefox(stage);
  await page.goto(login.url);
  await click(page, 'button', 'Allow');
  assert.equal(await heading(page), 'Code received');
  assert.equal(await login.ended, 0, login.story());
  assert.match(login.output, /name +Ada Winter/);
});

test('Firefox: Deny ends the login, and no name is told', async (stage) => {
  const login = await stage.login();
  const page = await firefox(stage);
  await page.goto(login.url);
  await click(page, 'button', 'Deny');
  assert.equal(await heading(page), 'No login this time');
  assert.equal(await login.ended, 1, login.story());
  assert.doesNotMatch(login.output + login.errors, /\bada\b/i);
});

test('Firefox: in the web app a person logs in, goes back, reloads, and logs out', async (stage) => {
  const program = stage.start('webapp', ['--port', '0']);
  const url = await program.prints(/^(http:\/\/\S+\/)$/m);
  const page = await firefox(stage);
  await page.goto(url);
  await click(page, 'a', 'Log in with Practice');
  await click(page, 'button', 'Allow');
  assert.equal(page.url(), `${url}welcome`);
  assert.equal(await heading(page), 'Ada Winter');

  await page.goBack();
  await page.goto(`${url}members`);
  assert.match(await heading(page), /The members’ page, for Ada Winter/);
  await page.reload();
  assert.match(await heading(page), /The members’ page, for Ada Winter/);

  await click(page, 'button', 'Log out');
  await page.goto(`${url}members`);
  assert.match(await shown(page), /Please log in first/);
});
