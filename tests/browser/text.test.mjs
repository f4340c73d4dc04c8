// A text browser sends no Origin, and shows no picture and no style.

import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { test } from './runner.mjs';

/// w3m on a terminal of its own (`script` makes one), driven by keys.
function w3m(stage, url) {
  const browser = spawn('script', ['-qfc', `w3m -cookie '${url}'`, '/dev/null'], {
    env: { ...process.env, TERM: 'xterm' },
  });
  stage.afterwards(() => browser.kill());
  let output = '';
  browser.stdout.on('data', (data) => (output += data));
  return {
    press: (keys) => browser.stdin.write(keys),
    shows: async (words) => {
      while (!words.test(output)) await new Promise((resolve) => browser.stdout.once('data', resolve));
      output = '';
    },
  };
}

for (const [decision, tabs, code, words] of [
  ['Allow', 5, 0, /name +Ada Winter/],
  ['Deny', 3, 1, /access_denied/],
]) {
  test(`w3m: ${decision} arrives`, async (stage) => {
    const login = await stage.login();
    const browser = w3m(stage, login.url);
    await browser.shows(/Viewing/);
    browser.press('\t'.repeat(tabs) + '\r');
    assert.equal(await login.ended, code, login.story());
    assert.match(login.output + login.errors, words);
  });
}
