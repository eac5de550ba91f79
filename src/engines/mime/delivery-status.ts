import type { DeliveryStatusRecipient, DeliveryStatusReport } from '../../domain/message-report.js';
import { ReportBlock } from './report-blocks.js';

const NAMES_RECIPIENT = ['final-recipient', 'original-recipient'];
const TELLS_RECIPIENT = [...NAMES_RECIPIENT, 'action', 'status', 'diagnostic-code'];

/** Reads a message/delivery-status (RFC 3464), also where its empty lines are missing or in the wrong place. */
export function readDeliveryStatus(blocks: readonly ReportBlock[]): Omit<DeliveryStatusReport, 'part' | 'returned'> {
  const { message, recipients } = divide(blocks);
  return {
    kind: 'delivery-status',
    reportingMta: message.typed('reporting-mta'),
    receivedFromMta: message.typed('received-from-mta'),
    originalEnvelopeId: message.text('original-envelope-id'),
    arrivalDate: message.date('arrival-date'),
    fields: message.fields,
    recipients: recipients.map(recipient),
  };
}

/** Which fields tell of the message, and which of each recipient. */
function divide(blocks: readonly ReportBlock[]): { message: ReportBlock; recipients: ReportBlock[] } {
  const message: ReportBlock['fields'] = [];
  const recipients: ReportBlock[] = [];
  blocks.forEach((block, index) => {
    if (index > 0 && recipients.length > 0 && !NAMES_RECIPIENT.some((name) => block.has(name))) {
      // An empty line in the middle of a recipient's fields.
      recipients.at(-1)?.fields.push(...block.fields);
      return;
    }
    let current: ReportBlock | null = null;
    for (const field of block.fields) {
      const name = field.name.toLowerCase();
      const begins =
        TELLS_RECIPIENT.includes(name) && (current === null || (NAMES_RECIPIENT.includes(name) && current.has(name)));
      if (begins) {
        current = new ReportBlock([]);
        recipients.push(current);
      }
      (current?.fields ?? message).push(field);
    }
  });
  return { message: new ReportBlock(message), recipients };
}

function recipient(block: ReportBlock): DeliveryStatusRecipient {
  return {
    finalRecipient: block.typed('final-recipient'),
    originalRecipient: block.typed('original-recipient'),
    action: /[a-z-]+/.exec(block.text('action')?.toLowerCase() ?? '')?.[0] ?? null,
    status: /(?:^|[^\d.])([245]\.\d{1,3}\.\d{1,3})(?![\d.]*\d)/.exec(block.text('status') ?? '')?.[1] ?? null,
    diagnosticCode: block.typed('diagnostic-code'),
    remoteMta: block.typed('remote-mta'),
    finalLogId: block.text('final-log-id'),
    lastAttemptDate: block.date('last-attempt-date'),
    willRetryUntil: block.date('will-retry-until'),
    fields: block.fields,
  };
}
