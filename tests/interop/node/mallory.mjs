// oauth4webapi at a provider that cheats: what it did. That is printed and fails nothing; the case is that every
// trick was played.

import { readFile } from 'node:fs/promises';
import * as oauth from 'oauth4webapi';
import { Browser, attribute } from './browser.mjs';
import { start } from './programs.mjs';

const provider = await start(
  `${process.env.INTEROP_BIN}/provider`,
  ['--like', 'mallory', '--port', '0'],
  /practice provider is at (\S+)/,
);
const about = await readFile(new URL('node_modules/oauth4webapi/package.json', import.meta.url));
const name = `oauth4webapi ${JSON.parse(about).version} at a provider that cheats`;
const issuer = new URL(provider.where);
const http = { [oauth.allowInsecureRequests]: true };
const redirectUri = 'http://127.0.0.1:8080/callback';
const client = { client_id: 'workshop' };
const found = await oauth.discoveryRequest(issuer, { algorithm: 'oauth2', ...http });
const server = await oauth.processDiscoveryResponse(issuer, found);

// The browser and the person: the redirects to open, the false one first.
async function redirects(url) {
  const browser = new Browser();
  const page = await browser.request(url);
  const field = (field) => attribute(page.text, `name="${field}"`, 'value');
  const answer = await browser.request(server.authorization_endpoint, {
    transaction: field('transaction'),
    consent_token: field('consent_token'),
    person: 'ada',
    decision: 'allow',
  });
  if (!answer.location.startsWith(`${provider.where}/mallory/answers`)) return [answer.location];
  const links = (await browser.request(answer.location)).text.matchAll(/href="([^"]*)"/g);
  return [...links].map(([, link]) => link.replaceAll('&amp;', '&'));
}

async function logIn() {
  const verifier = oauth.generateRandomCodeVerifier();
  const state = oauth.generateRandomState();
  const url = new URL(server.authorization_endpoint);
  url.search = new URLSearchParams({
    client_id: client.client_id,
    redirect_uri: redirectUri,
    response_type: 'code',
    scope: 'read:user',
    code_challenge: await oauth.calculatePKCECodeChallenge(verifier),
    code_challenge_method: 'S256',
    state,
  });
  for (const redirect of await redirects(url.href)) {
    try {
      const params = oauth.validateAuthResponse(server, client, new URL(redirect), state);
      const response = await oauth.authorizationCodeGrantRequest(
        server, client, oauth.ClientSecretPost('workshop-secret'), params, redirectUri, verifier, http,
      );
      const token = await oauth.processAuthorizationCodeResponse(server, client, response);
      const user = new URL(`${issuer.origin}/user`);
      await oauth.protectedResourceRequest(token.access_token, 'GET', user, undefined, null, http);
      return;
    } catch {
      // It refused this redirect or what came of it, and waits for the next one, if there is one.
    }
  }
}

for (let number = 0; number < 12; number += 1) await logIn();
const report = await fetch(`${provider.where}/mallory`).then((page) => page.text());
const outcomes = [...report.matchAll(/^([a-z]\S*) +(.*)$/gm)];
for (const [, trick, outcome] of outcomes) console.log(`info    ${name}: ${trick}: ${outcome}`);
const played = outcomes.length === 12 && outcomes.every(([, , what]) => what !== 'not played yet');
console.log(`${played ? 'ok     ' : 'not ok '} ${name}: every trick was played`);
provider.stop();
process.exit(played ? 0 : 1);
