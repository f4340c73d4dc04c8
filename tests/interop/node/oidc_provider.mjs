// The certified `oidc-provider` of npm as the other side: three clients, one account, its own pages.

import { createServer } from 'node:http';
import { once } from 'node:events';
import { Provider } from 'oidc-provider';
import { Browser, attribute } from './browser.mjs';

// RFC 6749 Appendix A.2 allows no letters outside ASCII in a secret, and this server holds to that.
const ODD_SECRET = 'odd secret: +%&=/~';

export async function startOidcProvider() {
  // It warns on standard error that its pages are for development; that is what they are used for.
  console.warn = console.info = () => {};
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const issuer = `http://127.0.0.1:${server.address().port}`;

  const client = (client_id, client_secret, token_endpoint_auth_method) => ({
    client_id,
    client_secret,
    token_endpoint_auth_method,
    application_type: 'native',
    grant_types: ['authorization_code', 'refresh_token'],
    redirect_uris: ['http://127.0.0.1/callback', 'http://127.0.0.1/callback?tenant=a%20b'],
  });
  const provider = new Provider(issuer, {
    clients: [
      client('with-post', 'the-secret-of-post', 'client_secret_post'),
      client('with-basic', 'the-secret-of-basic', 'client_secret_basic'),
      client('odd:client', ODD_SECRET, 'client_secret_basic'),
      client('without', undefined, 'none'),
    ],
    features: { revocation: { enabled: true } },
    // Left to itself, it gives one only for the scope offline_access.
    issueRefreshToken: () => true,
    claims: { openid: ['sub'], profile: ['name', 'picture'] },
    cookies: { keys: ['only for this run'] },
    findAccount: (_, id) => ({
      accountId: id,
      claims: () => ({ sub: id, name: 'Grace Hopper', picture: 'https://example.com/grace.png' }),
    }),
  });
  server.on('request', provider.callback());

  return {
    name: 'oidc-provider',
    issuer,
    authorize: `${issuer}/auth`,
    token: `${issuer}/token`,
    user: `${issuer}/me`,
    scope: 'openid profile',
    clients: {
      post: ['with-post', 'the-secret-of-post'],
      basic: ['with-basic', 'the-secret-of-basic'],
      public: ['without', ''],
      odd: ['odd:client', ODD_SECRET],
    },
    person: 'Grace Hopper',
    answer,
    stop: () => server.close(),
  };
}

// Signs in and answers on the pages of the server's own; gives the redirect to the client.
async function answer(url, decision) {
  const browser = new Browser();
  const login = await browser.go(url);
  if (login.location || login.status !== 200) return login;
  if (decision === 'deny') return browser.go(login.text.match(/href="([^"]*\/abort)"/)[1]);
  const form = { prompt: 'login', login: 'grace', password: 'x' };
  const consent = await browser.go(attribute(login.text, '<form', 'action'), form);
  return browser.go(attribute(consent.text, '<form', 'action'), { prompt: 'consent' });
}
