/** Where the returned message begins below a report for people. */
const RETURNED =
  /^[ \t>]*(?:-+ ?(?:original message|this is a copy|the header of|below this line|enclosed (?:is|are)|unsent message|original mail|returned message|message header|your original|the original message|header of)|(?:message headers? follow|original (?:message|mail) (?:follows|as follows|headers)|original message headers|below is a copy of|included is a copy|here is a copy|your original message|the original message follows|message text follows|content-type: message\/rfc822|(?:return-path|received|delivered-to|x-received): ))/im;

const MOST_CHARACTERS = 20_000;
const MOST_RECIPIENTS = 100;

/** What a report says before the message that it returns. */
export function reportProse(text: string): string {
  const part = text.slice(0, MOST_CHARACTERS).replaceAll('\r', '');
  const at = part.search(RETURNED);
  return at > 0 ? part.slice(0, at) : part;
}

const ADDRESS = /[^\s<>"'()[\]:;,|]{1,64}@[A-Za-z0-9.-]{1,253}[A-Za-z0-9]/;
/** `<ada@example.com>: host mx said`, `ada@example.com:`, `<ada@example.com>... User unknown`. */
const WITH_REASON = new RegExp(
  String.raw`^[ \t]*["'<(]*(${ADDRESS.source})["'>)]*(?:[ \t]*\([^)]*\))?[ \t]*(?:\.{3}|:(?!\/)| invalid address)`,
  'i',
);
const ALONE = new RegExp(
  String.raw`^[ \t]*(?:(?:to|recipient address|final-recipient|original-recipient|could not be delivered to|delivered to)[:=] ?(?:rfc822;)? ?)?["'<(]*(${ADDRESS.source})["'>)]*(?:[ \t]*\([^)]*\))?[ \t]*(?:\[|$|,| on |;)`,
  'i',
);

/** `550 5.1.1 <ada@example.com>... User unknown`: Sendmail ends with it what its transcript tells of a recipient. */
const TRANSCRIPT = new RegExp(String.raw`^\d{3} (?:\d\.\d\.\d )?<?(${ADDRESS.source})>?\.{3}`);

function recipientsInTranscript(lines: readonly string[]): RecipientProse[] {
  const found: RecipientProse[] = [];
  let pending: string[] = [];
  for (const line of lines) {
    pending.push(line);
    const address = TRANSCRIPT.exec(line)?.[1]?.toLowerCase();
    if (address === undefined || found.length >= MOST_RECIPIENTS) continue;
    const known = found.find((one) => one.address === address);
    if (known === undefined) found.push({ address, text: pending.join('\n') });
    pending = [];
  }
  return found;
}

export interface RecipientProse {
  address: string | null;
  text: string;
}

/**
 * The recipients that a report for people names at the beginnings of lines, each with the lines up to the next one; one
 * without an address where it names none.
 */
export function recipientsInProse(prose: string): RecipientProse[] {
  const lines = prose.split('\n');
  if (lines.some((line) => TRANSCRIPT.test(line))) return recipientsInTranscript(lines);
  const pattern = lines.some((line) => WITH_REASON.test(line)) ? WITH_REASON : ALONE;
  const found: RecipientProse[] = [];
  for (const line of lines) {
    const address = pattern.exec(line)?.[1]?.toLowerCase() ?? null;
    const last = found.at(-1);
    const known = address === null ? undefined : found.find((one) => one.address === address);
    if (known !== undefined) known.text += `\n${line}`;
    else if (address !== null && found.length < MOST_RECIPIENTS) found.push({ address, text: line });
    else if (last !== undefined) last.text += `\n${line}`;
  }
  if (found.length > 0) return found;
  const anywhere = new RegExp(`<(${ADDRESS.source})>`).exec(prose)?.[1] ?? new RegExp(ADDRESS.source).exec(prose)?.[0];
  return [{ address: anywhere?.toLowerCase() ?? null, text: prose }];
}
