import type { Attachment, Defect } from '../../domain/parsed-message.js';
import type { Severity } from '../../domain/findings.js';
import { hasDirectionOverride, hidesExtension, mismatch, nameIs } from './file-kinds.js';
import { type FindingList, shown } from './finding-list.js';

export function findInAttachments(attachments: readonly Attachment[], text: string, findings: FindingList): void {
  for (const attachment of attachments) {
    const name = attachment.filename ?? '';
    const label = name === '' ? `the attachment in part ${attachment.part}` : `the attachment ${shown(name)}`;
    findByName(name, label, findings);
    findByType(attachment, name, label, findings);
    findInArchive(attachment, label, text, findings);
    if (attachment.macros) {
      findings.add('attachment.macros', 'high', 0.6, `There are macros in ${label}.`);
    }
  }
}

function findByName(name: string, label: string, findings: FindingList): void {
  if (hidesExtension(name)) {
    findings.add(
      'attachment.doubleExtension',
      'critical',
      0.95,
      `The name of ${label} hides what it is behind a harmless extension.`,
    );
  } else if (nameIs('executable', name)) {
    findings.add('attachment.executable', 'high', 0.85, `Opening ${label} runs a program.`);
  } else if (nameIs('container', name)) {
    findings.add(
      'attachment.container',
      'medium',
      0.45,
      `A disk image or unusual container, ${label}, can hide a program.`,
    );
  } else if (nameIs('macro', name)) {
    findings.add('attachment.macroFormat', 'medium', 0.4, `The format of ${label} is made for macros.`);
  }
  if (hasDirectionOverride(name)) {
    findings.add(
      'attachment.bidi',
      'critical',
      0.95,
      `The name of ${label} holds characters that turn its reading direction.`,
    );
  }
}

function findByType(attachment: Attachment, name: string, label: string, findings: FindingList): void {
  const different = mismatch(name, attachment.contentType, attachment.sniffedType);
  if (different !== null) {
    const runs = different.real === 'executable' || different.real === 'script';
    const active = runs || different.real === 'html';
    const severity: Severity = runs ? 'critical' : active ? 'high' : 'low';
    const score = runs ? 0.95 : active ? 0.6 : 0.15;
    const what = `${label} claims to be ${different.claimed} but is ${different.real} (${attachment.sniffedType ?? ''})`;
    findings.add('attachment.typeMismatch', severity, score, `By its bytes ${what}.`);
  } else if (/x-msdownload|x-elf|x-ms-shortcut/.test(attachment.sniffedType ?? '') && !nameIs('executable', name)) {
    findings.add('attachment.executable', 'high', 0.85, `By its bytes ${label} is a program.`);
  }
}

const PASSWORD =
  /\b(?:passwor[dt]|passcode|kennwort|mot de passe|contraseña|pwd|pw)\b\s{0,3}(?:is|ist|est|es|lautet)?\s{0,3}[:=]?\s{0,3}\S/iu;

function findInArchive(attachment: Attachment, label: string, text: string, findings: FindingList): void {
  const inside = attachment.entries?.find((entry) => nameIs('executable', entry) || hidesExtension(entry));
  // Office files name parts like `app.xml`; the executable list never matches those.
  if (inside !== undefined && attachment.sniffedType !== 'application/java-archive') {
    findings.add('archive.executable', 'high', 0.8, `The archive that is ${label} holds a program: ${shown(inside)}.`);
  }
  if (!attachment.encrypted) return;
  if (PASSWORD.test(text.slice(0, 64 * 1024))) {
    findings.add(
      'archive.passwordInText',
      'high',
      0.7,
      `The text gives the password of ${label}, which no scanner can open.`,
    );
  } else {
    findings.add('archive.encrypted', 'medium', 0.35, `As it is encrypted, ${label} cannot be looked into.`);
  }
}

/** Defects of the parser that speak of an attack rather than of a careless sender. */
const DEFECTS: Readonly<Record<string, { severity: Severity; score: number }>> = {
  'attachment.eicar': { severity: 'critical', score: 1 },
  'attachment.smuggling': { severity: 'high', score: 0.75 },
  'attachment.script': { severity: 'medium', score: 0.4 },
  'attachment.form': { severity: 'medium', score: 0.45 },
  'attachment.path': { severity: 'medium', score: 0.5 },
  'archive.bomb': { severity: 'high', score: 0.85 },
  'archive.path': { severity: 'high', score: 0.7 },
  'html.depth': { severity: 'medium', score: 0.3 },
  'mime.ambiguous': { severity: 'medium', score: 0.3 },
  'mime.depth': { severity: 'medium', score: 0.4 },
  'mime.parts': { severity: 'medium', score: 0.3 },
  'tnef.ambiguous': { severity: 'medium', score: 0.3 },
  'tnef.depth': { severity: 'medium', score: 0.4 },
  'tnef.parts': { severity: 'medium', score: 0.3 },
  'tnef.reference': { severity: 'high', score: 0.6 },
  'header.size': { severity: 'medium', score: 0.3 },
  'message.nul': { severity: 'low', score: 0.2 },
  'message.bareCr': { severity: 'low', score: 0.15 },
  'header.from.missing': { severity: 'low', score: 0.2 },
};

export function findInDefects(defects: readonly Defect[], findings: FindingList): void {
  for (const { code, explanation } of defects) {
    const weight = DEFECTS[code];
    if (weight !== undefined) findings.add(code, weight.severity, weight.score, explanation);
    if (code === 'header.duplicated' && /\bfield From\b/i.test(explanation)) {
      findings.add('header.from.duplicated', 'high', 0.7, explanation);
    }
  }
}
