/** Header section and body of an entity, and the parts of a multipart, split byte by byte as RFC 2046 5.1.1 says it. */
export function entityOf(bytes: Buffer): { header: string; body: Buffer; type: string } {
  const end = bytes.indexOf('\r\n\r\n');
  const header = bytes.toString('latin1', 0, end + 2);
  const type = /^content-type:((?:[^\r]|\r\n[ \t])*)/im.exec(header)?.[1] ?? '';
  return { header, body: bytes.subarray(end + 4), type: type.replace(/\r\n/g, '').trim() };
}

export function partsOf(bytes: Buffer): Buffer[] {
  const { body, type } = entityOf(bytes);
  const delimiter = `--${/boundary="?([^";]+)/.exec(type)![1]!}`;
  const parts: Buffer[] = [];
  let from = body.indexOf(delimiter) + delimiter.length + 2;
  for (;;) {
    const to = body.indexOf(`\r\n${delimiter}`, from);
    if (to === -1) return parts;
    parts.push(body.subarray(from, to));
    from = to + 2 + delimiter.length + 2;
  }
}
