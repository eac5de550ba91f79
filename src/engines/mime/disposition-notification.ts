import type { DispositionNotificationReport } from '../../domain/message-report.js';
import { ReportBlock } from './report-blocks.js';

/** Reads a message/disposition-notification (RFC 8098 3.1). */
export function readDispositionNotification(
  blocks: readonly ReportBlock[],
): Omit<DispositionNotificationReport, 'part' | 'returned'> {
  const block = new ReportBlock(blocks.flatMap(({ fields }) => fields));
  return {
    kind: 'disposition-notification',
    reportingUa: block.text('reporting-ua'),
    finalRecipient: block.typed('final-recipient'),
    originalRecipient: block.typed('original-recipient'),
    originalMessageId: block.id('original-message-id'),
    disposition: dispositionOf(block.text('disposition')),
    fields: block.fields,
  };
}

function dispositionOf(value: string | null): DispositionNotificationReport['disposition'] {
  if (value === null) return null;
  const [modes = '', kind = ''] = value.toLowerCase().split(';', 2);
  const [actionMode = '', sendingMode = ''] = modes.split('/', 2);
  const [type = '', modifiers = ''] = kind.split('/', 2);
  return {
    actionMode: actionMode.trim(),
    sendingMode: sendingMode.trim(),
    type: type.trim(),
    modifiers: modifiers
      .split(',')
      .map((modifier) => modifier.trim())
      .filter((modifier) => modifier !== ''),
  };
}
