// The server of ../python/authlib_server.py as the other side.

import { Browser } from './browser.mjs';
import { start } from './programs.mjs';

const ODD_SECRET = 'odd secret: +%&=/ü';

export async function startAuthlib() {
  const script = new URL('../python/authlib_server.py', import.meta.url).pathname;
  // Authlib, too, wants to be told that http is meant.
  const env = { AUTHLIB_INSECURE_TRANSPORT: '1' };
  const { where: issuer, stop } = await start(
    process.env.INTEROP_PYTHON, [script], /listening at (\S+)/, env,
  );
  return {
    name: 'Authlib server',
    issuer,
    authorize: `${issuer}/oauth/authorize`,
    token: `${issuer}/oauth/token`,
    user: `${issuer}/api/me`,
    scope: 'profile',
    clients: {
      post: ['with-post', 'the-secret-of-post'],
      basic: ['with-basic', 'the-secret-of-basic'],
      public: ['without', ''],
      odd: ['odd-client', ODD_SECRET],
      oddPost: ['odd-client-post', ODD_SECRET],
    },
    person: 'Grace Hopper',
    answer,
    stop,
  };
}

async function answer(url, decision) {
  const browser = new Browser();
  const question = await browser.go(url);
  if (question.location || question.status !== 200) return question;
  return browser.go(url, { confirm: decision === 'allow' ? 'yes' : 'no' });
}
