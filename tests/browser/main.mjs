// Runs every test, one after the other, in one browser.

import { chromium } from 'playwright-core';
import { run } from './runner.mjs';
import { Stage } from './stage.mjs';

import './login.test.mjs';
import './registration.test.mjs';
import './attacks.test.mjs';
import './cookies.test.mjs';
import './pages.test.mjs';
import './webapp.test.mjs';
import './firefox.test.mjs';
import './text.test.mjs';

const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM,
  headless: true,
  args: [
    '--no-sandbox',
    '--disable-gpu',
    '--disable-quic',
    '--no-first-run',
    '--disable-background-networking',
    '--disable-component-update',
    '--disable-sync',
    // Whatever the browser wants of the world outside, it finds no way there.
    '--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1, EXCLUDE localhost',
  ],
});
const failed = await run(() => new Stage(browser), process.argv.slice(2).join(' '));
await browser.close();
process.exit(failed === 0 ? 0 : 1);
