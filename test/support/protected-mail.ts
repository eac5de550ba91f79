/** Fields of a message in front of an entity that openssl or OpenPGP.js made. */
export function protectedMail(
  entity: string | Buffer,
  fields: { from?: string; to?: string; subject?: string; date?: string; id?: string } = {},
): Buffer {
  const head = [
    `From: ${fields.from ?? 'Ada <ada@sender.example>'}`,
    `To: ${fields.to ?? 'team@example.org'}`,
    `Subject: ${fields.subject ?? 'Quarterly figures'}`,
    `Date: ${fields.date ?? new Date().toUTCString()}`,
    `Message-ID: <${fields.id ?? 'protected'}@sender.example>`,
  ];
  const text = entity.toString('latin1');
  if (!/^MIME-Version:/im.test(text.slice(0, 500))) head.push('MIME-Version: 1.0');
  return Buffer.from(`${head.join('\r\n')}\r\n${text}`, 'latin1');
}

/** An entity of text, as it is before it is protected. */
export function textEntity(text: string, fields: string[] = []): string {
  return ['Content-Type: text/plain; charset=utf-8', ...fields, '', `${text}\r\n`].join('\r\n');
}

export const encryptedOpenPgp = (armored: string) =>
  [
    'Content-Type: multipart/encrypted; protocol="application/pgp-encrypted"; boundary=enc',
    '',
    '--enc',
    'Content-Type: application/pgp-encrypted',
    '',
    'Version: 1',
    '',
    '--enc',
    'Content-Type: application/octet-stream; name=encrypted.asc',
    '',
    armored.replace(/\r?\n/g, '\r\n'),
    '--enc--',
    '',
  ].join('\r\n');

/** @param content the entity that was signed */
export const signedOpenPgp = (content: string, signature: string) =>
  [
    'Content-Type: multipart/signed; micalg=pgp-sha256; protocol="application/pgp-signature"; boundary=sig',
    '',
    '--sig',
    content,
    '--sig',
    'Content-Type: application/pgp-signature; name=signature.asc',
    '',
    signature.replace(/\r?\n/g, '\r\n'),
    '--sig--',
    '',
  ].join('\r\n');
