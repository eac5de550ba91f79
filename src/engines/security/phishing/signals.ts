import { parse as parseHost } from 'tldts';
import { BRANDS } from '../brands.js';
import { FREE_MAIL, mailHost, pageHost, registrable, SHORTENERS } from '../hosting.js';
import { disguise } from '../plain-text.js';
import { skeleton } from '../skeleton.js';
import { hostOfAddress } from '../sender-findings.js';
import { looksGenerated, looksGeneratedHost, looksGeneratedLocalPart } from './generated-name.js';
import type { PhishingMail } from './phishing-mail.js';

/** Who the mail pretends to be (`sender`), where it leads (`link`), or how it is made to pass filters (`form`). */
export type SignalGroup = 'sender' | 'link' | 'form';

export interface Signal {
  code: string;
  group: SignalGroup;
  /** Logits towards phishing. */
  weight: number;
  explanation: string;
  holds: (mail: PhishingMail) => boolean;
}

const signal = (
  group: SignalGroup,
  code: string,
  weight: number,
  explanation: string,
  holds: (mail: PhishingMail) => boolean,
): Signal => ({ group, code: `${group}.${code}`, weight, explanation, holds });

/** Names inside one machine or network, which the public suffix list does not know and need not. */
const LOCAL = /^(?:localhost|[\w-]+)$|\.(?:local|localdomain|lan|internal|intranet|corp|home|test|example|invalid)$/;
const ODD_ADDRESS = /[\s,;%()<>[\]'"{}]|[^\x21-\x7e]|\.\.|^[^@]*$|__@__|\.$/;
const NAMED_DOMAIN =
  /(?:^|[\s"'(<])((?:[a-z\d][a-z\d-]{1,40}\.){1,3}(?:com|net|org|io|co|de|fr|nl|uk|br|info|app))\b(?!@)/;
const FILLED_IN =
  /\{\{[^}\n]{1,60}\}\}|\[(?:user ?name|first_?name|name|email|e-mail)\]|%%[\w ]{1,30}%%|<%=?[^>\n]{1,40}%>/i;

const DECORATED = /^[^\p{L}\p{N}"'(<[«„“@.#]|[^\p{L}\p{N}"')>\]»”.!?®™]$|\p{Extended_Pictographic}/u;
/** Endings that registrars give away or sell for a dollar, first among those that abuse reports name. */
const CHEAP_ENDING =
  /\.(?:beauty|best|bid|bond|buzz|cam|cf|cfd|click|cloud|club|cyou|date|digital|download|fit|fun|ga|gq|guru|homes|host|icu|info|life|link|live|loan|lol|men|ml|mom|monster|one|online|pics|pro|pw|quest|rest|rocks|sbs|shop|site|skin|space|store|stream|support|surf|tech|tk|today|top|trade|vip|wang|webcam|website|win|work|world|xyz|yachts|zip|sa\.com|za\.com|ru\.com|us\.com|eu\.com|co\.ua)$/;
const AMOUNT = /[$€£] ?\d|\d ?(?:[$€£]|eur(?:os?)?\b|usd\b|dollars?\b|btc\b|millions?\b)|\br\$/;

export const SIGNALS: readonly Signal[] = [
  signal('sender', 'brand', 2.4, "its sender's name is a brand that does not own the address", (mail) => {
    const brand = brandIn(mail.name);
    return brand !== null && !brand.domains.includes(mail.authorDomain);
  }),
  signal('sender', 'brandDisguised', 2.6, "its sender's name spells a brand with other letters", disguisedBrand),
  signal('sender', 'namesDomain', 1.3, "its sender's name is a host that is not the address's", (mail) => {
    const named = NAMED_DOMAIN.exec(mail.name)?.[1];
    return named !== undefined && registrable(named) !== mail.authorDomain;
  }),
  signal('sender', 'noDomain', 1.5, "its sender's host cannot be on the internet", (mail) => {
    if (mail.authorHost === '') return false;
    return parseHost(mail.authorHost).isIcann !== true && !LOCAL.test(mail.authorHost);
  }),
  signal('sender', 'bareHost', 1, "its sender's host is a single word", (mail) =>
    /^(?!localhost$)[a-z\d-]{3,}$/.test(mail.authorHost),
  ),
  signal('sender', 'malformed', 1.5, "its sender's address is none that mail can be sent to", (mail) => {
    const author = mail.parsed.from[0];
    const fields = mail.parsed.headers.some(({ name }) => name.toLowerCase() === 'from');
    return author === undefined ? fields : ODD_ADDRESS.test(author.address);
  }),
  signal(
    'sender',
    'rentedHost',
    1.8,
    'its address belongs to whoever rents a name there',
    (mail) => mailHost(mail.authorHost) !== null,
  ),
  signal('sender', 'generated', 1.2, "its sender's address looks drawn by a machine", (mail) => {
    const local = mail.parsed.from[0]?.address.split('@')[0] ?? '';
    const name = mail.authorDomain.split('.')[0] ?? '';
    return looksGenerated(name) || looksGeneratedLocalPart(local) || looksGeneratedHost(mail.authorHost);
  }),
  signal('sender', 'replyToStranger', 1.2, 'answers go to a free mail address that is not the sender', (mail) => {
    const reply = mail.parsed.replyTo[0];
    if (reply === undefined || mail.parsed.listId !== null) return false;
    const host = registrable(hostOfAddress(reply.address));
    return FREE_MAIL.has(host) && reply.address.toLowerCase() !== mail.parsed.from[0]?.address.toLowerCase();
  }),
  signal('sender', 'replyElsewhere', 0.6, 'answers go to another domain than it comes from', (mail) => {
    const reply = mail.parsed.replyTo[0];
    if (reply === undefined || mail.parsed.listId !== null) return false;
    const host = registrable(hostOfAddress(reply.address));
    return !FREE_MAIL.has(host) && host !== mail.authorDomain;
  }),

  signal(
    'sender',
    'freeMailBrand',
    1.8,
    'it writes as a company from a free mail address',
    (mail) => FREE_MAIL.has(mail.authorDomain) && (brandIn(mail.subject) ?? brandIn(mail.body.slice(0, 120))) !== null,
  ),

  signal(
    'sender',
    'unrelatedName',
    0.6,
    "nothing of its sender's name is in the address",
    (mail) => mail.page && unrelatedName(mail),
  ),
  signal('sender', 'decoratedName', 0.8, "its sender's name is dressed up with signs", (mail) =>
    DECORATED.test((mail.parsed.from[0]?.name ?? '').trim()),
  ),
  signal('sender', 'cheapEnding', 0.6, "its sender's domain ends in one that costs next to nothing", (mail) =>
    CHEAP_ENDING.test(mail.authorHost),
  ),

  signal('link', 'rentedPage', 1.5, 'it leads to a page that anybody can put up for nothing', (mail) =>
    mail.links.some(({ host }) => pageHost(host) !== null && registrable(host) !== mail.authorDomain),
  ),
  signal('link', 'address', 1.8, 'it leads to a bare address instead of a name', (mail) =>
    mail.links.some(({ host }) => isAddress(host)),
  ),
  signal('link', 'generatedHost', 1, 'it leads to a host that looks drawn by a machine', (mail) =>
    mail.links.some(
      ({ host }) => !isAddress(host) && registrable(host) !== mail.authorDomain && looksGeneratedHost(host),
    ),
  ),
  signal(
    'link',
    'shortened',
    1,
    'a page hides its target behind a shortener',
    (mail) =>
      mail.page && mail.links.some(({ host, text }) => SHORTENERS.has(registrable(host)) && !text.includes(host)),
  ),
  signal('link', 'redirected', 0.7, 'it goes through a redirector of somebody else', (mail) =>
    mail.links.some(
      ({ through, host }) =>
        through.length > 0 &&
        through.every((step) => registrable(step) !== mail.authorDomain) &&
        registrable(host) !== mail.authorDomain,
    ),
  ),
  signal(
    'link',
    'elsewhere',
    1.3,
    "no link leads to its sender's domain",
    (mail) =>
      mail.page &&
      mail.links.length > 0 &&
      mail.authorDomain !== '' &&
      mail.links.every(({ host }) => registrable(host) !== mail.authorDomain),
  ),
  signal(
    'link',
    'oneWay',
    0.4,
    'whatever is clicked leads to the same host',
    (mail) => mail.page && mail.links.length >= 1 && new Set(mail.links.map(({ host }) => host)).size === 1,
  ),

  signal('link', 'cheapEnding', 0.6, 'it leads to a domain whose ending costs next to nothing', (mail) =>
    mail.links.some(({ host }) => CHEAP_ENDING.test(host) && registrable(host) !== mail.authorDomain),
  ),
  signal('link', 'carriesAddress', 0.8, 'a link carries the address of its reader', (mail) =>
    mail.links.some(({ url }) => /#[^#]{0,100}?[\w.+-]{1,64}(?:@|%40)[\w-]{1,63}\.[a-z]{2,12}/i.test(url)),
  ),

  signal('form', 'amountInSubject', 0.5, 'its subject names an amount of money', (mail) => AMOUNT.test(mail.subject)),
  signal('form', 'numberInSubject', 0.4, 'its subject carries a number as of a case or an order', (mail) =>
    /\d{6,}|\b[a-z]{2,5}-\d{5,}/.test(mail.subject),
  ),
  signal('form', 'disguisedWords', 1.6, 'it writes words with letters that filters do not read', (mail) => {
    const { subject, from } = mail.parsed;
    return (disguise(subject) ?? disguise(from[0]?.name ?? '')) !== null;
  }),
  signal(
    'form',
    'picture',
    0.9,
    'it shows a linked picture instead of text',
    (mail) =>
      mail.page &&
      mail.links.length > 0 &&
      (mail.seen < 160 || mail.links.every(({ text }) => text === '')) &&
      /<img\b/i.test(mail.parsed.html ?? ''),
  ),
  signal(
    'form',
    'hiddenText',
    1,
    'more of its text is hidden than shown',
    (mail) => mail.parsed.hiddenText.length > 250 && mail.parsed.hiddenText.length > mail.seen,
  ),
  signal(
    'form',
    'filler',
    1.2,
    'it is filled up with words that mean nothing',
    (mail) => fillerCharacters(mail.parsed.text) >= 90,
  ),
  signal(
    'form',
    'answerElsewhere',
    0.9,
    'its text asks to answer to a free mail address that is not the sender',
    answersElsewhere,
  ),
  signal('form', 'unfilled', 0.8, 'the gaps of its template are not filled in', (mail) =>
    FILLED_IN.test(`${mail.parsed.subject}\n${mail.body}`),
  ),
  signal('form', 'namesBrand', 1, 'it speaks of a brand in whose name others write', (mail) => {
    const brand = brandIn(mail.subject) ?? brandIn(mail.body.slice(0, 400));
    if (brand === null || brand.domains.includes(mail.authorDomain)) return false;
    return (
      mail.page && mail.links.length > 0 && !mail.links.some(({ host }) => brand.domains.includes(registrable(host)))
    );
  }),
];

function brandIn(text: string) {
  return text === '' ? null : (BRANDS.find(({ name }) => name.test(text)) ?? null);
}

function disguisedBrand({ name, authorDomain }: PhishingMail): boolean {
  if (brandIn(name) !== null) return false;
  const words = name.split(/[\s,.:;|_()-]+/).filter((word) => word.length >= 5);
  return BRANDS.some(({ label, domains }) => {
    const wanted = skeleton(label.replace(/[\s.']/g, ''));
    if (wanted.length < 5 || domains.includes(authorDomain)) return false;
    return words.some((word) => skeleton(word) === wanted);
  });
}

function isAddress(host: string): boolean {
  return host.startsWith('[') || /^(?:\d{1,3}\.){3}\d{1,3}$/.test(host);
}

/** Characters in words of mixed letters and digits that stand for nothing. */
function fillerCharacters(text: string): number {
  if (/-----BEGIN /.test(text)) return 0;
  const words = text.slice(0, 16 * 1024).match(/(?<![\w/=&?.@%+:-])[a-z\d]{6,200}(?![\w/=&?@%+:-])/gi) ?? [];
  const empty = words.filter((word) => /\d/.test(word) && /[a-z]/i.test(word) && looksGenerated(word.slice(0, 60)));
  return empty.reduce((sum, { length }) => sum + length, 0);
}

/** A name of which no word, nor its initials, is in the address. */
function unrelatedName({ name, parsed, authorDomain }: PhishingMail): boolean {
  const address = skeleton(parsed.from[0]?.address ?? '');
  const words = name.split(/[^a-z\d]+/).filter((word) => word.length >= 3 && !ROLES.test(word));
  if (words.length === 0 || authorDomain === '') return false;
  const initials = words.map((word) => word.charAt(0)).join('');
  return (
    !words.some((word) => address.includes(skeleton(word).slice(0, 5))) &&
    !(initials.length >= 2 && address.includes(initials))
  );
}
const ROLES = /^(?:the|and|for|von|der|die|das|team|support|service|info|news|newsletter|no-?reply|mail|customer|via)$/;

/** A free mail address in the text, next to words that ask for an answer. */
function answersElsewhere({ body, parsed }: PhishingMail): boolean {
  const author = parsed.from[0]?.address.toLowerCase();
  for (const match of body.matchAll(/[\w.+-]{2,64}@([a-z\d-]{1,63}(?:\.[a-z]{2,12}){1,2})/g)) {
    if (!FREE_MAIL.has(match[1] ?? '') || match[0] === author) continue;
    const before = body.slice(Math.max(0, match.index - 80), match.index);
    if (
      /\b(?:reply|respond|contact|write|e-?mail|answer|forward|antwort\w{0,3}|kontakt\w{0,6}|contact\w{0,4}|respon\w{1,4})\b/.test(
        before,
      )
    )
      return true;
  }
  return false;
}
