import type { Authentication } from '../../domain/outcomes.js';
import type { Finding } from '../../domain/findings.js';
import type { ParsedMessage } from '../../domain/parsed-message.js';

export interface RuleInput {
  parsed: ParsedMessage;
  authentication: Authentication;
  findings: readonly Finding[];
  /** Subject and new text, lower case, bounded. */
  text: string;
}

export interface Rule {
  code: string;
  /** Logits: above 0 towards spam. */
  weight: number;
  explanation: string;
  holds(input: RuleInput): boolean;
}

const says =
  (pattern: RegExp) =>
  (input: RuleInput): boolean =>
    pattern.test(input.text);
const found =
  (...codes: string[]) =>
  (input: RuleInput): boolean =>
    input.findings.some(({ code }) => codes.includes(code));
const header = (parsed: ParsedMessage, name: string): boolean =>
  parsed.headers.some((field) => field.name.toLowerCase() === name);
const answers = (parsed: ParsedMessage): boolean => parsed.inReplyTo.length + parsed.references.length > 0;

/** What the statistical model cannot know: authentication, the findings of the scan, and lures of languages and years that its corpus lacks. */
export const RULES: readonly Rule[] = [
  {
    code: 'spam.auth.dmarcFail',
    weight: 1.5,
    explanation: 'The mail is not authenticated for its sender (DMARC).',
    holds: ({ authentication }) => authentication.dmarc.result === 'fail',
  },
  {
    code: 'spam.auth.spfFail',
    weight: 0.8,
    explanation: 'The sending server is not permitted by the sender (SPF).',
    holds: ({ authentication }) => authentication.spf.result === 'fail',
  },
  {
    code: 'spam.auth.pass',
    weight: -0.8,
    explanation: 'The mail is authenticated for its sender (DMARC).',
    holds: ({ authentication }) => authentication.dmarc.result === 'pass',
  },
  {
    code: 'spam.attachment.program',
    weight: 2.5,
    explanation: 'An attachment is a program or hides one.',
    holds: found(
      'attachment.executable',
      'attachment.doubleExtension',
      'attachment.bidi',
      'archive.executable',
      'attachment.smuggling',
    ),
  },
  {
    code: 'spam.link.deceiving',
    weight: 1.6,
    explanation: 'A link shows another host than it leads to.',
    holds: found('link.confusable', 'link.lookalike', 'link.mismatch'),
  },
  {
    code: 'spam.link.odd',
    weight: 0.9,
    explanation: 'A link leads to a bare address or hides its host.',
    holds: found('link.ipAddress', 'link.credentials', 'link.data', 'link.script'),
  },
  { code: 'spam.link.shortened', weight: 0.5, explanation: 'A link is shortened.', holds: found('link.shortener') },
  {
    code: 'spam.sender.imitates',
    weight: 2,
    explanation: 'The sender imitates somebody else.',
    holds: found(
      'sender.lookalike',
      'sender.confusable',
      'sender.brand',
      'sender.nameIsAddress',
      'header.from.duplicated',
    ),
  },
  {
    code: 'spam.sender.replyElsewhere',
    weight: 0.7,
    explanation: 'Answers go to a free mail address instead of the sender.',
    holds: ({ findings }) =>
      findings.some(({ code, severity }) => code === 'sender.replyElsewhere' && severity === 'medium'),
  },
  {
    code: 'spam.client.blockListed',
    weight: 1.5,
    explanation: 'A DNS block list names the client that delivered it.',
    holds: found('client.blockListed'),
  },
  {
    code: 'spam.client.unusualRate',
    weight: 0.7,
    explanation: 'Its source sends far more than usual.',
    holds: found('client.unusualRate'),
  },
  {
    code: 'spam.sender.allowed',
    weight: -6,
    explanation: 'The allow list has its sender or client.',
    holds: found('sender.allowed'),
  },
  {
    code: 'spam.text.hidden',
    weight: 0.8,
    explanation: 'Much of the text is invisible to readers.',
    holds: ({ findings }) => findings.some(({ code, severity }) => code === 'content.hidden' && severity === 'medium'),
  },
  {
    code: 'spam.text.invisible',
    weight: 0.9,
    explanation: 'Invisible characters break up the words.',
    holds: found('content.invisibleCharacters'),
  },
  {
    code: 'spam.text.account',
    weight: 1.2,
    explanation: 'The text threatens an account and asks to confirm it by a link.',
    holds: ({ parsed, text }) =>
      parsed.links.length > 0 &&
      /\b(?:verify|confirm|update|validate|restore|unlock|reactivate|bestätigen|verifizieren|aktualisieren|entsperren|vérifi\w{1,4}|confirm\w{0,4}|verific\w{1,4}|actualiz\w{1,4})\b[^.\n]{0,60}\b(?:account|identity|password|wallet|mailbox|payment|billing|konto|identität|passwort|postfach|zahlung\w{0,4}|compte|identité|cuenta|conta|contraseña|senha)\b/u.test(
        text,
      ) &&
      /\b(?:suspend\w{0,3}|limited|locked|expire\w{0,2}|unusual|unauthori[sz]ed|within \d{1,2} hours|gesperrt|eingeschränkt|abläuft|innerhalb von \d{1,2} stunden|ungewöhnlich\w{0,2}|suspendu|bloqu\w{1,4}|vencid\w)\b/u.test(
        text,
      ),
  },
  {
    code: 'spam.text.inheritance',
    weight: 1.8,
    explanation: "The text promises a share of somebody else's money.",
    holds: says(
      /\b(?:next of kin|inheritance fund|beneficiary of|unclaimed (?:fund|inheritance)|million (?:us |united states )?dollars|atm card worth|donation of \W?\d|erbschaft von|millionen (?:euro|dollar) (?:auf|an|von)|héritage de|millions d'euros|herencia de)/u,
    ),
  },
  {
    code: 'spam.text.lottery',
    weight: 1.5,
    explanation: 'The text says that its reader has won.',
    holds: says(
      /\b(?:you(?:'ve| have) (?:been selected|won)|lottery winn|winning notification|claim your (?:prize|reward|gift)|sie haben gewonnen|herzlichen glückwunsch[^.\n]{0,40}(?:gewonnen|ausgewählt)|gewinnbenachrichtigung|vous avez gagné|ha ganado|você ganhou)/u,
    ),
  },
  {
    code: 'spam.text.extortion',
    weight: 2.2,
    explanation: 'The text threatens to publish recordings unless bitcoin is paid.',
    holds: says(
      /(?:bitcoin|btc)[^]{0,2000}(?:recorded you|your webcam|masturbat|deine kamera|ihre kamera|your device was|malware)|(?:recorded you|your webcam|masturbat|malware on your)[^]{0,2000}(?:bitcoin|btc)/u,
    ),
  },
  {
    code: 'spam.text.pills',
    weight: 1.8,
    explanation: 'The text offers medicines as spam does.',
    holds: says(
      /\b(?:viagra|cialis|levitra|v[i1!|]agr[a@]|online pharmacy|without (?:a )?prescription|no prescription|ohne rezept|sans ordonnance|sin receta|potenzmittel|penis enlarge|male enhancement|weight loss (?:gummies|pill)|keto gummies)\b/u,
    ),
  },
  {
    code: 'spam.text.gambling',
    weight: 1.4,
    explanation: 'The text advertises gambling.',
    holds: says(
      /\b(?:online casino|free spins|casino bonus|willkommensbonus|freispiele|no deposit bonus|tours gratuits|tiradas gratis)\b/u,
    ),
  },
  {
    code: 'spam.text.credit',
    weight: 1.3,
    explanation: 'The text offers quick credit.',
    holds: says(
      /\b(?:kredit ohne schufa|sofortkredit|loan offer at|instant loan|prêt entre particuliers|offre de prêt|lower your mortgage|debt consolidation)\b/u,
    ),
  },
  {
    code: 'spam.text.seo',
    weight: 0.9,
    explanation: 'The text offers search engine ranking or guest posts to strangers.',
    holds: says(
      /\b(?:first page of google|rank(?:ing)? (?:on|in) google|seo (?:services|proposal|audit)|guest post(?:ing)?|backlinks? (?:from|for|package)|bulk email list)\b/u,
    ),
  },
  {
    code: 'spam.text.trading',
    weight: 1.2,
    explanation: 'The text promises gains from trading or crypto currencies.',
    holds: says(
      /\b(?:guaranteed (?:profit|return|income)|crypto (?:giveaway|airdrop|investment)|claim your (?:tokens|airdrop)|double your (?:bitcoin|money)|passives einkommen|bitcoin (?:revolution|profit|era)|forex signals)\b/u,
    ),
  },
  {
    code: 'spam.headers.noDate',
    weight: 0.5,
    explanation: 'Mail programs always write a Date; this mail has none.',
    holds: ({ parsed }) => parsed.date === null,
  },
  {
    code: 'spam.headers.noMessageId',
    weight: 0.5,
    explanation: 'Mail programs always write a Message-ID; this mail has none.',
    holds: ({ parsed }) => parsed.messageId === null,
  },
  {
    code: 'spam.reply',
    weight: -0.8,
    explanation: 'The mail is part of a conversation.',
    holds: ({ parsed }) => answers(parsed) && /^(?:re|aw|sv|antw|ré)\s?:/i.test(parsed.subject),
  },
  {
    code: 'spam.unsubscribe.oneClick',
    weight: -0.5,
    explanation: 'The mail can be unsubscribed from as RFC 8058 says, and is authenticated.',
    holds: ({ parsed, authentication }) =>
      header(parsed, 'list-unsubscribe-post') && authentication.dmarc.result === 'pass',
  },
];

/** Generic Test for Unsolicited Bulk Email, split so that no filter stops at this source file. */
const GTUBE = ['XJS*C4JDBQADN1.NSBN3*2IDNEN', '*GTUBE-STANDARD-ANTI-UBE-TEST-EMAIL*C.34X'].join('');

export function isTestSpam(parsed: ParsedMessage): boolean {
  return parsed.text.includes(GTUBE) || parsed.subject.includes(GTUBE);
}
