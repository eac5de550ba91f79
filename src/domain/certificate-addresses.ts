const MAX_ADDRESSES = 50;
/** RFC 5321 4.5.3.1: 64 octets, @, 255 octets. */
const ADDRESS = /^[^\s@<>"(),;:\\[\]]{1,64}@[^\s@<>"(),;:\\[\]]{1,255}$/;

/**
 * The mail addresses of a certificate, lower case: rfc822Names of its subjectAltName, else the emailAddress of its
 * subject (RFC 8550 3). Both as Node's X509Certificate writes them.
 */
export function certificateAddresses(subjectAltName: string | undefined, subject: string | undefined): string[] {
  // Names with a comma or a quote are written as JSON strings: nothing inside one is a name of its own.
  const names = [...(subjectAltName ?? '').matchAll(/(?:^|, )email:("(?:[^"\\]|\\.)*"|[^,]*)/g)].map(
    ([, name]) => name ?? '',
  );
  const fallback = [...(subject ?? '').matchAll(/^emailAddress=(.*)$/gm)].map(([, name]) => name ?? '');
  return mailAddresses(names.length > 0 ? names : fallback);
}

/** The addresses of OpenPGP user ids, `Name (comment) <address>` or an address alone, lower case. */
export function userIdAddresses(userIds: readonly string[]): string[] {
  return mailAddresses(userIds.map((id) => /<([^<>]*)>[^<>]*$/.exec(id)?.[1] ?? id));
}

function mailAddresses(candidates: readonly string[]): string[] {
  const addresses = candidates.map((text) => text.trim().toLowerCase()).filter((text) => ADDRESS.test(text));
  return [...new Set(addresses)].slice(0, MAX_ADDRESSES);
}
