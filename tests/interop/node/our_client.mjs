// Our step3 against authorization servers that others wrote.

import { assertContains, assertEqual, counter } from './cases.mjs';
import { startAuthlib } from './authlib.mjs';
import { startOidcProvider } from './oidc_provider.mjs';
import { between, discovered, freePort, step3 } from './programs.mjs';

const servers = { 'oidc-provider': startOidcProvider, authlib: startAuthlib };
const server = await servers[process.argv[2]]();
const cases = counter(`step3 -> ${server.name}`);

// One run of step3 as the client of that name.
async function logIn(kind, changes = {}, decision = 'allow', program = 'step3') {
  const [id, secret] = server.clients[kind];
  const settings = {
    OAUTH_CLIENT_ID: id,
    OAUTH_CLIENT_SECRET: secret,
    OAUTH_CLIENT_AUTH: kind === 'basic' || kind === 'odd' ? 'basic' : 'post',
    OAUTH_REDIRECT_URI: `http://127.0.0.1:${await freePort()}/callback`,
    OAUTH_SCOPE: server.scope,
    OAUTH_AUTHORIZE_URL: server.authorize,
    OAUTH_TOKEN_URL: server.token,
    OAUTH_USERINFO_URL: server.user,
    OAUTH_ISSUER: server.issuer,
    ...changes,
  };
  let page;
  const run = await step3(settings, async (url) => {
    page = await server.answer(url, decision);
    return page.location;
  }, program);
  return { ...run, page };
}

function assertLoggedIn({ code, printed, errors }) {
  if (code !== 0) throw new Error(`exit code ${code}\n${printed.slice(-1500)}\n${errors}`);
  assertContains(printed, `name ${server.person}`);
}

function assertRefused({ code, errors, printed }, ...phrases) {
  if (code !== 1) throw new Error(`exit code ${code}\n${printed.slice(-1500)}\n${errors}`);
  assertContains(errors, 'Likely cause: ', 'What to do: ', ...phrases);
}

// A login whose message to `which` endpoint is changed on its way.
async function spoiled(which, spoil) {
  const proxy = await between(which === 'OAUTH_TOKEN_URL' ? server.token : server.user, spoil);
  try {
    return await logIn('post', { [which]: proxy.url });
  } finally {
    proxy.close();
  }
}

const replaced = (body, name, value) => {
  const form = new URLSearchParams(body);
  if (!form.has(name)) throw new Error(`no ${name} to replace`);
  form.set(name, value);
  return { body: form.toString() };
};

await cases.case('confidential client, secret in the body', async () => {
  assertLoggedIn(await logIn('post'));
});
await cases.case('confidential client, secret as Basic', async () => {
  assertLoggedIn(await logIn('basic'));
});
await cases.case('public client with PKCE', async () => {
  assertLoggedIn(await logIn('public'));
});
await cases.case('iss is in the redirect and is checked', async () => {
  const { printed } = await logIn('post');
  assertContains(printed, `&iss=${encodeURIComponent(server.issuer)}`);
  const other = `${server.issuer}/`;
  assertRefused(
    await logIn('post', { OAUTH_ISSUER: other }),
    `the redirect comes from "${server.issuer}", but we asked "${other}".`,
  );
});
await cases.case('a redirect URI with a query of its own, which comes back in another spelling', async () => {
  const OAUTH_REDIRECT_URI = `http://127.0.0.1:${await freePort()}/callback?tenant=a%20b`;
  const run = await logIn('post', { OAUTH_REDIRECT_URI });
  assertLoggedIn(run);
  assertContains(run.printed, 'GET /callback?tenant=a+b&code=');
});
await cases.case('Deny', async () => {
  assertRefused(await logIn('post', {}, 'deny'), '"access_denied"', 'the user clicked Deny');
});
await cases.case('wrong secret, in the body and as Basic', async () => {
  for (const kind of ['post', 'basic']) {
    assertRefused(await logIn(kind, { OAUTH_CLIENT_SECRET: 'wrong' }), '"invalid_client"');
  }
});
await cases.case('unknown client: an error page, and nobody is sent back', async () => {
  const { code, page } = await logIn('post', { OAUTH_CLIENT_ID: 'nobody' });
  assertEqual(code, null);
  assertEqual(page.location, null);
  if (page.status < 400 || page.status > 499) throw new Error(`status ${page.status}`);
});
await cases.case('wrong redirect URI: an error page, and nobody is sent back', async () => {
  const OAUTH_REDIRECT_URI = `http://127.0.0.1:${await freePort()}/other`;
  const { code, page } = await logIn('post', { OAUTH_REDIRECT_URI });
  assertEqual(code, null);
  assertEqual(page.location, null);
  assertEqual(page.status, 400);
});
await cases.case('used code', async () => {
  const twice = async (_, send) => {
    await send();
    return send();
  };
  assertRefused(await spoiled('OAUTH_TOKEN_URL', twice), '"invalid_grant"', 'used already');
});
await cases.case('another redirect URI at the token endpoint', async () => {
  const other = ({ body }, send) => send(replaced(body, 'redirect_uri', 'http://127.0.0.1/other'));
  assertRefused(await spoiled('OAUTH_TOKEN_URL', other), '"invalid_grant"', 'another redirect URI');
});
await cases.case('wrong code verifier', async () => {
  const other = ({ body }, send) => send(replaced(body, 'code_verifier', 'x'.repeat(43)));
  assertRefused(await spoiled('OAUTH_TOKEN_URL', other), '"invalid_grant"', 'code verifier');
});
await cases.case('bad access token', async () => {
  const other = ({ headers }, send) => send({ headers: { ...headers, authorization: 'Bearer x' } });
  assertRefused(await spoiled('OAUTH_USERINFO_URL', other), 'HTTP 401', '"invalid_token"');
});

// What these servers do in their own way.
if (server.name === 'oidc-provider') {
  await cases.case('discover, and its lines, pasted into a shell, lead step3 here', async () => {
    const { printed, settings } = await discovered(server.issuer);
    assertContains(printed, 'GET /.well-known/oauth-authorization-server', 'HTTP/1.1 200 OK');
    assertEqual(settings.OAUTH_TOKEN_URL, server.token);
    assertEqual(settings.OAUTH_ISSUER, server.issuer);
    assertEqual(settings.OAUTH_CLIENT_AUTH, 'post');
    // The same names, so that only what was discovered is used.
    assertLoggedIn(await logIn('post', settings));
  });
  await cases.case('refresh: a new access token, and its end when the refresh token is revoked', async () => {
    const { settings } = await discovered(server.issuer);
    const run = await logIn('post', settings, 'allow', 'refresh');
    assertLoggedIn(run);
    assertContains(run.printed, 'access token another one', 'POST /token/revocation', 'HTTP/1.1 401');
    assertContains(run.printed, '401: with the refresh token its access tokens have ended, too.');
  });
  await cases.case('an odd ID and an odd secret as Basic, form-encoded as the RFC says', async () => {
    assertLoggedIn(await logIn('odd'));
  });
  await cases.case('quirk: the secret is read in either place, wherever it was registered', async () => {
    assertLoggedIn(await logIn('post', { OAUTH_CLIENT_AUTH: 'basic' }));
  });
  await cases.case('quirk: an unknown scope is access_denied, without a word of why', async () => {
    const run = await logIn('post', { OAUTH_SCOPE: 'nonsense' });
    assertRefused(run, '"access_denied"', 'If you did not click Deny, look at the scope');
  });
  await cases.case('quirk: an ID token comes along unasked, and is left alone', async () => {
    const { printed } = await logIn('post');
    assertContains(printed, '"id_token"');
  });
} else {
  await cases.case('secret in the place that this client is not registered for', async () => {
    const cause = 'or this provider reads it in another place';
    assertRefused(await logIn('post', { OAUTH_CLIENT_AUTH: 'basic' }), '"invalid_client"', cause);
  });
  await cases.case('an odd secret in the body', async () => {
    assertLoggedIn(await logIn('oddPost'));
  });
  await cases.case('quirk: Basic is percent-decoded, but + stays + and is no space', async () => {
    assertRefused(await logIn('odd'), '"invalid_client"', 'OAUTH_CLIENT_AUTH');
  });
  await cases.case('quirk: an unknown scope is granted away, and the API then answers 403', async () => {
    const run = await logIn('post', { OAUTH_SCOPE: 'nonsense' });
    assertRefused(run, 'HTTP 403', '"insufficient_scope"', 'the token lacks a scope', 'set OAUTH_SCOPE');
  });
  await cases.case('a null bio and a numeric id', async () => {
    assertContains((await logIn('post')).printed, 'bio (none given)', 'id 7');
  });
}
server.stop();
cases.exit();
