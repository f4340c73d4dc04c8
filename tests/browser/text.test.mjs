// A text browser sends no Origin, and shows no picture and no style.

import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { test } from './runner.mjs';

/// A command on a terminal of its own (`script` makes one), driven by keys.
function onTerminal(stage, command) {
  const program = spawn('script', ['-qfc', command, '/dev/null'], { env: { ...process.env, TERM: 'xterm' } });
  stage.afterwards(() => program.kill());
  let output = '';
  program.stdout.on('data', (data) => (output += data));
  return {
    press: (keys) => program.stdin.write(keys),
    shows: async (words) => {
      while (!words.test(output)) await new Promise((resolve) => program.stdout.once('data', resolve));
      const shown = output;
      output = '';
      return shown;
    },
  };
}

for (const [decision, tabs, code, words] of [
  ['Allow', 5, 0, /name +Ada Winter/],
  ['Deny', 3, 1, /access_denied/],
]) {
  test(`w3m: ${decision} arrives`, async (stage) => {
    const login = await stage.login();
    const browser = onTerminal(stage, `w3m -cookie '${login.url}'`);
    await browser.shows(/Viewing/);
    browser.press('\t'.repeat(tabs) + '\r');
    assert.equal(await login.ended, code, login.story());
    assert.match(login.output + login.errors, words);
  });
}

// Linux keeps 4,095 bytes of a line (`man 3 termios`). A line of 4,000 is a look-alike that arrives whole.
test('a pasted address that the terminal has cut is not used, and the program says what to do', async (stage) => {
  const terminal = onTerminal(stage, `${process.env.PROGRAMS}/step1 --paste`);
  const opened = await terminal.shows(/\/authorize\?\S+\r?\n[^]*Paste/i);
  const [, state] = /[?&]state=([\w-]+)/.exec(opened);
  const address = (length) => `http://127.0.0.1:8080/callback?state=${state}&code=`.padEnd(length, 'c');

  terminal.press(`${address(4500)}\n`);
  await terminal.shows(/Your\s+terminal\s+cuts\s+lines/);
  terminal.press(`${address(4000)}\n`);
  await terminal.shows(/has\s+no\s+iss/);
});
