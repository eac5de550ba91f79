import { feedbackTypeOf, isPermanent, type MachineReport } from '../../domain/bounce.js';
import { classifyReason } from './classify-reason.js';
import { replyIn, statusIn } from './smtp-words.js';

/**
 * A notification that Amazon SES sends through SNS by mail: a line of JSON (Amazon SES Developer Guide, "Notification
 * contents"). Null for anything else, broken JSON too.
 */
export function readSesNotification(text: string): MachineReport | null {
  const start = text.trimStart();
  if (!start.startsWith('{"notificationType"')) return null;
  const body = objectOf(
    parseJson(
      start
        .slice(0, 100_000)
        .replaceAll(/\r?\n(?!--)/g, '')
        .split(/\n--/)[0] ?? '',
    ),
  );
  const mail = objectOf(body?.['mail']);
  const headers = objectOf(mail?.['commonHeaders']);
  const about = {
    messageId: textOf(headers?.['messageId'])?.replaceAll(/[<>]/g, '') ?? null,
    from: textOf(mail?.['source']),
    to: list(mail?.['destination']).flatMap((address) => textOf(address) ?? []),
    subject: textOf(headers?.['subject']),
  };
  const complaint = objectOf(body?.['complaint']);
  if (complaint) {
    const type = textOf(complaint['complaintFeedbackType']);
    const recipients = list(complaint['complainedRecipients']).flatMap(
      (one) => textOf(objectOf(one)?.['emailAddress']) ?? [],
    );
    return {
      kind: 'complaint',
      feedbackType: type === null ? 'abuse' : feedbackTypeOf(type),
      recipients,
      sourceIp: null,
      about,
    };
  }
  const bounce = objectOf(body?.['bounce']);
  if (bounce) {
    const recipients = list(bounce['bouncedRecipients']).map((one) => {
      const { emailAddress, diagnosticCode, status } = objectOf(one) ?? {};
      const diagnostic = (textOf(diagnosticCode) ?? '').slice(0, 500);
      const code = textOf(status) ?? statusIn(diagnostic);
      const reply = replyIn(diagnostic);
      const reason = classifyReason({ diagnostic, prose: '', status: code, reply, command: null, subject: '' });
      const address = textOf(emailAddress)?.toLowerCase() ?? null;
      return {
        address,
        action: 'failed' as const,
        status: code,
        reply,
        reason,
        permanent: isPermanent(reason, code),
        diagnostic,
      };
    });
    return { kind: 'delivery', recipients, about };
  }
  const delivery = objectOf(body?.['delivery']);
  if (!delivery) return null;
  const said = (textOf(delivery['smtpResponse']) ?? '').slice(0, 500);
  const recipients = list(delivery['recipients']).map((address) => ({
    address: textOf(address)?.toLowerCase() ?? null,
    action: 'delivered' as const,
    status: statusIn(said),
    reply: replyIn(said),
    reason: 'delivered' as const,
    permanent: false,
    diagnostic: said,
  }));
  return { kind: 'delivery', recipients, about };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text.trim());
  } catch {
    return null; // no notification: the caller reads it as words
  }
}

function objectOf(value: unknown): Record<string, unknown> | null {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as Record<string, unknown>)
    : null;
}

function textOf(value: unknown): string | null {
  return typeof value === 'string' ? value.slice(0, 1_000) : null;
}

function list(value: unknown): unknown[] {
  return Array.isArray(value) ? value.slice(0, 100) : [];
}
