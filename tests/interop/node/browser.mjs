// A browser without a screen: it keeps cookies, follows redirects and posts forms.

export class Browser {
  cookies = new Map();

  async request(url, form) {
    const headers = { cookie: [...this.cookies].map(([k, v]) => `${k}=${v}`).join('; ') };
    if (form) headers.origin = new URL(url).origin;
    const response = await fetch(url, {
      method: form ? 'POST' : 'GET',
      headers,
      body: form && new URLSearchParams(form),
      redirect: 'manual',
    });
    for (const cookie of response.headers.getSetCookie()) {
      const [name, value] = cookie.split(';')[0].split(/=(.*)/s);
      this.cookies.set(name, value);
    }
    const location = response.headers.get('location');
    return {
      url,
      status: response.status,
      text: await response.text(),
      location: location && new URL(location, url).href,
    };
  }

  // Follows redirects as long as they stay at the origin of `url`.
  async go(url, form) {
    let page = await this.request(url, form);
    while (page.location && new URL(page.location).origin === new URL(url).origin) {
      page = await this.request(page.location);
    }
    return page;
  }
}

// The value of an attribute, in a page without surprises.
export function attribute(html, before, name) {
  const rest = html.slice(html.indexOf(before));
  const found = rest.match(new RegExp(`${name}="([^"]*)"`));
  if (!found) throw new Error(`no ${name} after ${before} in:\n${html}`);
  return found[1].replaceAll('&amp;', '&');
}
