// What a person sees and does on the pages, and how the tests look at them.

import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';

const axe = createRequire(import.meta.url).resolve('axe-core/axe.min.js');

export const button = (page, name) => page.getByRole('button', { name, exact: true });

/// Waits for the page with this head line.
export function seeHeading(page, words) {
  return page.getByRole('heading', { level: 1, name: words }).waitFor();
}

/// Opens the consent page and clicks Allow or Deny.
export async function answer(page, url, decision) {
  await page.goto(url);
  await button(page, decision).click();
}

/// Fills in the registration form and sends it.
export async function register(page, { name, homepage = 'https://example.org/', redirectUri }) {
  await page.getByLabel('Application name').fill(name);
  await page.getByLabel('Home page').fill(homepage);
  await page.getByLabel('Redirect URI').fill(redirectUri);
  await button(page, 'Register').click();
}

/// The lines that the page gives to paste into a shell.
export function linesToPaste(page) {
  return page.getByRole('region', { name: 'Linux, macOS' }).innerText();
}

/// Everything that the form would send, also what is hidden in it.
export function formFields(page) {
  return page.locator('form').evaluate((form) => Object.fromEntries(new FormData(form)));
}

/// A form that sends itself, for a page that means harm.
export function formThatSendsItself(action, fields) {
  const inputs = Object.entries(fields).map(([name, value]) => `<input type="hidden" name="${name}" value="${value}">`);
  return `<form method="post" action="${action}">${inputs.join('')}</form><script>document.forms[0].submit()</script>`;
}

/// What axe finds wrong for people who see, hear or move otherwise. axe is a script, and our policy lets none in, so
/// the page has to be one that passes over it (`bypassCSP`).
export async function axeFindings(page) {
  if (!(await page.evaluate(() => 'axe' in globalThis))) await page.addScriptTag({ path: axe });
  const { violations } = await page.evaluate(() => globalThis.axe.run());
  return violations.map(({ id, impact, nodes }) => `${impact} ${id}: ${nodes.map(({ html }) => html)}`);
}

/// Takes a picture. It becomes the committed one only with SCREENSHOTS=write; otherwise it has to be about as large.
export async function photograph(page, name) {
  await page.waitForLoadState();
  const file = new URL(`screenshots/${name}.png`, import.meta.url);
  const picture = await page.screenshot({ fullPage: true, animations: 'disabled' });
  if (process.env.SCREENSHOTS === 'write') {
    // A quarter of the size, and hardly another picture.
    await writeFile(file, execFileSync('pngquant', ['64', '-'], { input: picture }));
    return;
  }

  const [now, committed] = [size(picture), size(await readFile(file))];
  assert.equal(now.width, committed.width, `${name}.png: width`);
  // Other machines have other fonts, and lines break elsewhere.
  const ratio = now.height / committed.height;
  assert.ok(ratio > 0.75 && ratio < 1.34, `${name}.png: height ${now.height}, committed ${committed.height}`);
}

/// Width and height stand at a fixed place in a PNG's head.
function size(png) {
  return { width: png.readUInt32BE(16), height: png.readUInt32BE(20) };
}
