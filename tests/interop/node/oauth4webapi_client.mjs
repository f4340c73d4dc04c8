// oauth4webapi, which is strict, as the client of our practice provider.

import * as oauth from 'oauth4webapi';
import { Browser, attribute } from './browser.mjs';
import { assertContains, assertEqual, counter } from './cases.mjs';
import { start } from './programs.mjs';

const provider = await start(
  `${process.env.INTEROP_BIN}/provider`, ['--port', '0'], /practice provider is at (\S+)/,
);
const cases = counter('oauth4webapi -> practice provider');
const issuer = new URL(provider.where);
const http = { [oauth.allowInsecureRequests]: true };
const redirectUri = 'http://127.0.0.1:8080/callback';
const client = { client_id: 'workshop' };

const found = await oauth.discoveryRequest(issuer, { algorithm: 'oauth2', ...http });
const server = await oauth.processDiscoveryResponse(issuer, found);

async function authorize({ client_id = 'workshop', decision = 'allow', change = () => {} } = {}) {
  const verifier = oauth.generateRandomCodeVerifier();
  const state = oauth.generateRandomState();
  const url = new URL(server.authorization_endpoint);
  url.search = new URLSearchParams({
    client_id,
    redirect_uri: redirectUri,
    response_type: 'code',
    scope: 'read:user',
    code_challenge: await oauth.calculatePKCECodeChallenge(verifier),
    code_challenge_method: 'S256',
    state,
  });
  change(url.searchParams);
  const browser = new Browser();
  const page = await browser.request(url.href);
  if (page.status !== 200) return { page, state, verifier };
  const field = (name) => attribute(page.text, `name="${name}"`, 'value');
  const redirect = await browser.request(server.authorization_endpoint, {
    transaction: field('transaction'),
    consent_token: field('consent_token'),
    person: 'ada',
    decision,
  });
  return { page: redirect, redirect: new URL(redirect.location), state, verifier };
}

async function exchange(login, method, { as = client, verifier = login.verifier, uri } = {}) {
  const params = oauth.validateAuthResponse(server, as, login.redirect, login.state);
  const response = await oauth.authorizationCodeGrantRequest(
    server, as, method, params, uri ?? redirectUri, verifier, http,
  );
  return oauth.processAuthorizationCodeResponse(server, as, response);
}

async function user(token) {
  const url = new URL(`${issuer.origin}/user`);
  const response = await oauth.protectedResourceRequest(token, 'GET', url, undefined, null, http);
  return response.json();
}

async function assertRefused(promise, error) {
  const caught = await promise.then(() => undefined, (reason) => reason);
  if (!caught) throw new Error('it was let through');
  assertEqual(caught.error ?? caught.cause?.[0]?.parameters?.error, error);
}

const post = oauth.ClientSecretPost('workshop-secret');

await cases.case('metadata is found and believed (RFC 8414)', async () => {
  assertEqual(server.issuer, provider.where);
  assertEqual(server.authorization_response_iss_parameter_supported, true);
});
for (const [name, method, as] of [
  ['secret in the body', post, client],
  ['secret as Basic', oauth.ClientSecretBasic('workshop-secret'), client],
  ['public client', oauth.None(), { client_id: 'workshop-public' }],
]) {
  await cases.case(`${name}, with PKCE: state and iss are checked, and a user is read`, async () => {
    const login = await authorize(as);
    const token = await exchange(login, method, { as });
    assertEqual(token.token_type, 'bearer');
    assertEqual((await user(token.access_token)).name, 'Ada Winter');
  });
}
await cases.case('a refresh token is exchanged and changes', async () => {
  const token = await exchange(await authorize(), post);
  const response = await oauth.refreshTokenGrantRequest(
    server, client, post, token.refresh_token, http,
  );
  const fresh = await oauth.processRefreshTokenResponse(server, client, response);
  assertEqual((await user(fresh.access_token)).id, 1815);
  assertEqual(fresh.refresh_token === token.refresh_token, false);
});
await cases.case('Deny', async () => {
  const login = await authorize({ decision: 'deny' });
  await assertRefused(exchange(login, post), 'access_denied');
});
await cases.case('used code', async () => {
  const login = await authorize();
  await exchange(login, post);
  await assertRefused(exchange(login, post), 'invalid_grant');
});
await cases.case('wrong redirect URI, at either endpoint', async () => {
  const { page } = await authorize({ change: (q) => q.set('redirect_uri', `${redirectUri}/`) });
  assertEqual(page.status, 400);
  assertEqual(page.location, null);
  const uri = 'http://127.0.0.1:8081/callback';
  await assertRefused(exchange(await authorize(), post, { uri }), 'invalid_grant');
});
await cases.case('wrong code verifier', async () => {
  const verifier = oauth.generateRandomCodeVerifier();
  await assertRefused(exchange(await authorize(), post, { verifier }), 'invalid_grant');
});
await cases.case('wrong secret', async () => {
  const method = oauth.ClientSecretBasic('wrong');
  const caught = await exchange(await authorize(), method).then(() => {}, (error) => error);
  // A 401 with a challenge is an error of its own there.
  assertContains(JSON.stringify(caught.cause), '"scheme":"basic"');
});
await cases.case('bad access token', async () => {
  const caught = await user('no-such-token').then(() => {}, (error) => error);
  assertContains(JSON.stringify(caught.cause), '"error":"invalid_token"');
});
async function revoke(token, method = post, as = client) {
  const options = { ...http, additionalParameters: { token_type_hint: 'refresh_token' } };
  const response = await oauth.revocationRequest(server, as, method, token, options);
  return oauth.processRevocationResponse(response);
}

await cases.case('a revoked refresh token ends the access token, and can be revoked again', async () => {
  const token = await exchange(await authorize(), post);
  await revoke(token.refresh_token);
  const caught = await user(token.access_token).then(() => {}, (error) => error);
  assertContains(JSON.stringify(caught.cause), '"error":"invalid_token"');
  await revoke(token.refresh_token);
});
await cases.case('a token of another client is not revoked', async () => {
  const token = await exchange(await authorize(), post);
  const other = { client_id: 'workshop-public' };
  await assertRefused(revoke(token.refresh_token, oauth.None(), other), 'invalid_grant');
  assertEqual((await user(token.access_token)).id, 1815);
});
provider.stop();
cases.exit();
