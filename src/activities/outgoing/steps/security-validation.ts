import { senderProblems, type SenderAddress } from '../../../domain/outgoing/sender-right.js';
import { judgeSending } from '../../../domain/outgoing/sending-policy.js';
import type { Attachment, ParsedMessage } from '../../../domain/parsed-message.js';
import { checkHeader } from '../../../engines/outgoing/header-check.js';
import { attachmentBytes } from '../../../engines/mime/attachment-bytes.js';
import { decodeText } from '../../../engines/mime/charset.js';
import { readHtml } from '../../../engines/mime/html-content.js';
import { judgeAntivirus } from '../../../engines/security/antivirus.js';
import { findInAttachments, findInDefects } from '../../../engines/security/attachment-findings.js';
import { FindingList, shown } from '../../../engines/security/finding-list.js';
import type { MailInPreparation, MailsInPreparation } from '../mails-in-preparation.js';
import type { OutgoingContext, OutgoingStepOf } from '../outgoing-context.js';

const DEADLINE_MS = 60_000;
/** Attachments of text that are looked through for secrets. */
const MOST_TEXTS = 10;
const MOST_TEXT_BYTES = 1024 * 1024;
const MOST_TOLD = 10;
const TEXTUAL = /^(?:text\/(?!html|calendar)|application\/(?:json|xml|x-pem-file|x-yaml|toml|x-sh|pgp-keys|pkcs8))/;
const TEXTUAL_NAMES =
  /\.(?:pem|key|env|txt|csv|log|json|ya?ml|xml|conf|cfg|ini|toml|properties|sql|sh|md|asc|ppk|ovpn)$/i;

/** Whether a client may send this, and whether anybody should: its header section, its author, its attachments, secrets in it. */
export function securityValidation(
  mails: MailsInPreparation,
  domainOf: (address: string) => string,
): OutgoingStepOf<'securityValidation'> {
  return {
    name: 'securityValidation',
    engine: { engine: 'outgoing-security', version: '1' },
    deadlineMs: DEADLINE_MS,
    input: () => null,
    async run(context) {
      const mail = await mails.load(context);
      const findings = new FindingList();
      // The API writes header sections itself, encoded.
      checkHeader(mail.bytes, mail.sender.smtpUtf8, findings);
      findInSender(context, mail, domainOf, findings);
      findInFiles(context, mail, findings);
      await findSecrets(mail, findings);
      const all = findings.toArray();
      const { verdict, reasons, confidence } = judgeSending(all, mail.policy);
      return {
        outcome: {
          verdict,
          reasons: toldOf(reasons),
          found: all.map(({ code, severity, score }) => ({ code, severity, score })),
        },
        confidence,
        findings: all,
      };
    },
  };
}

function toldOf(reasons: readonly string[]): string[] {
  const told = [...new Set(reasons)];
  const more = told.length - MOST_TOLD;
  return more > 0 ? [...told.slice(0, MOST_TOLD), `There are ${more} more reasons.`] : told;
}

function findInSender(
  context: OutgoingContext,
  { parsed, sender }: MailInPreparation,
  domainOf: (address: string) => string,
  findings: FindingList,
): void {
  const asSender = ({ address }: { address: string }): SenderAddress => ({ address, domain: domainOf(address) });
  const { mailFrom, submittedBy } = context.facts;
  const problems = senderProblems({
    submittedBy,
    patterns: sender.patterns,
    domains: context.organization.domains,
    from: parsed.from.filter(({ address }) => address !== '').map(asSender),
    sender: parsed.sender.map(asSender),
    mailFrom: mailFrom === '' ? null : asSender({ address: mailFrom }),
  });
  for (const { code, explanation } of problems) findings.add(code, 'high', 1, explanation);
}

function findInFiles({ scans }: OutgoingContext, { parsed }: MailInPreparation, findings: FindingList): void {
  findInAttachments(parsed.attachments, parsed.text, findings);
  findInDefects(
    parsed.defects.filter(({ code }) => /^(?:attachment|archive)\./.test(code)),
    findings,
  );
  const { findings: ofScanner } = judgeAntivirus(scans.clamd ?? null, parsed.defects);
  for (const { code, severity, score, explanation } of ofScanner) {
    // Where nothing is attached, there is nothing that only a scanner could tell.
    if (code === 'malware.unscanned' && parsed.attachments.length === 0) continue;
    findings.add(code, severity, score, explanation);
  }
}

async function findSecrets({ parsed, bytes, isProtected }: MailInPreparation, findings: FindingList): Promise<void> {
  // What its client encrypted cannot be read, and what it signed may not be changed but is looked through all the same.
  if (isProtected && parsed.protection?.encrypted === true) return;
  // The forms of makers' keys take 10 MB, which a worker that sends nothing does without.
  const { findDisclosedSecrets, MOST_LOOKED_THROUGH } = await import('../../../engines/outgoing/disclosed-secrets.js');
  await findDisclosedSecrets(`${parsed.subject}\n${parsed.text}`, 'its text', findings);
  const html = htmlTextOf(parsed, MOST_LOOKED_THROUGH);
  if (html !== '') await findDisclosedSecrets(html, 'its HTML', findings);
  for (const file of parsed.attachments.filter(isTextual).slice(0, MOST_TEXTS)) {
    const content = attachmentBytes(bytes, file);
    if (content === null) continue;
    const { text } = decodeText(content.subarray(0, MOST_LOOKED_THROUGH), undefined);
    await findDisclosedSecrets(text, `the attachment ${shown(file.filename ?? file.part)}`, findings);
  }
}

/** What only readers of the HTML see: of mail with a text part, its HTML may say something else. */
function htmlTextOf({ html, text }: ParsedMessage, most: number): string {
  if (html === null) return '';
  const { text: seen, hiddenText } = readHtml(html.slice(0, most * 2), 0);
  const said = `${seen}\n${hiddenText}`;
  const plain = (of: string) => of.replace(/\s+/g, ' ').trim();
  return plain(said) === plain(text) ? '' : said;
}

function isTextual({ contentType, filename, size }: Attachment): boolean {
  return size <= MOST_TEXT_BYTES && (TEXTUAL.test(contentType) || TEXTUAL_NAMES.test(filename ?? ''));
}
