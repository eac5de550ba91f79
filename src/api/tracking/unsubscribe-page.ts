/** The page behind "unsubscribe": plain HTML, no script, nothing from elsewhere. */
export function unsubscribePage(
  state: 'asks' | 'unsubscribed' | 'notTracked' | 'unknown',
  about: { address: string; token: string },
): string {
  const { title, body } = PAGES[state](masked(about.address), about.token);
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<meta name="robots" content="noindex"><title>${title}</title>
<style>body{font:1rem/1.5 sans-serif;max-width:32rem;margin:3rem auto;padding:0 1rem}button{font:inherit;padding:.5rem 1rem}</style>
</head><body><h1>${title}</h1>${body}</body></html>
`;
}

const noTracking = (token: string) =>
  `<form method="post" action="../n/${token}"><p>You may also ask that it is not seen whether you open mail and follow its links.</p>
<p><button type="submit">Do not track me</button></p></form>`;

const PAGES = {
  asks: (address: string, token: string) => ({
    title: 'Unsubscribe',
    body: `<form method="post" action="../u/${token}"><p>Shall nothing of this kind be sent to ${address} any more?</p>
<p><button type="submit">Unsubscribe</button></p></form>${noTracking(token)}`,
  }),
  unsubscribed: (address: string, token: string) => ({
    title: 'You are unsubscribed',
    body: `<p>Nothing of this kind is sent to ${address} any more.</p>${noTracking(token)}`,
  }),
  notTracked: (address: string) => ({
    title: 'You are not tracked',
    body: `<p>Mail to ${address} does not tell any more whether it is opened and which links are followed.</p>`,
  }),
  unknown: () => ({
    title: 'This link is not valid',
    body: '<p>It is incomplete, or the message that it was in was deleted. Copy all of it from the message.</p>',
  }),
};

/** Who is given the link by somebody else does not learn the whole address. */
function masked(address: string): string {
  const at = address.lastIndexOf('@');
  const shown = `${address.slice(0, 1)}…${address.slice(at)}`;
  return shown.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&quot;');
}
