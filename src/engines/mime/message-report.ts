import type { MessageReport, ReturnedMessage } from '../../domain/message-report.js';
import type { DefectList } from './defect-list.js';
import { readDeliveryStatus } from './delivery-status.js';
import { readDispositionNotification } from './disposition-notification.js';
import { readFeedbackReport } from './feedback-report.js';
import { readHeaderSection } from './header-section.js';
import { MessageFields } from './message-fields.js';
import { isMessage, type Part } from './part.js';
import { reportBlocks } from './report-blocks.js';
import { DEFAULT_PARSE_LIMITS } from '../../domain/parsed-message.js';

const KINDS: Readonly<Record<string, MessageReport['kind']>> = {
  'message/delivery-status': 'delivery-status',
  'message/global-delivery-status': 'delivery-status',
  'message/disposition-notification': 'disposition-notification',
  'message/global-disposition-notification': 'disposition-notification',
  'message/feedback-report': 'feedback-report',
};
const HEADERS_ALONE = ['text/rfc822-headers', 'message/global-headers', 'message/rfc822-headers'];
const MAX_RETURNED_HEADERS = 64 * 1024;

/** A part and its decoded bytes. */
export interface DecodedPart {
  part: Part;
  bytes: Buffer;
}

export function isReportPart(part: Part): boolean {
  return KINDS[part.contentType] !== undefined;
}

export function isHeadersPart(part: Part): boolean {
  return HEADERS_ALONE.includes(part.contentType);
}

/**
 * What a multipart/report says to machines (RFC 6522). A report is known by its machine-readable part, whatever the
 * multipart around it is called: senders get that wrong.
 */
export function readReport(
  report: DecodedPart,
  returned: DecodedPart | null,
  defects: DefectList,
): MessageReport | null {
  const kind = KINDS[report.part.contentType];
  if (kind === undefined) return null;
  const blocks = reportBlocks(report.bytes, defects);
  if (blocks.length === 0) {
    defects.add('report.unreadable', `The ${kind} in part ${report.part.path} has no readable field.`);
  }
  const place = { part: report.part.path, returned: returned === null ? null : returnedMessage(returned, defects) };
  switch (kind) {
    case 'delivery-status':
      return { ...readDeliveryStatus(blocks), ...place };
    case 'disposition-notification':
      return { ...readDispositionNotification(blocks), ...place };
    case 'feedback-report':
      return { ...readFeedbackReport(blocks), ...place };
  }
}

function returnedMessage({ part, bytes }: DecodedPart, defects: DefectList): ReturnedMessage {
  const whole = isMessage(part);
  const message = whole && part.children[0] !== undefined ? part.children[0] : headersOf(part, bytes, defects);
  const fields = new MessageFields(message, defects);
  return {
    part: part.path,
    extent: whole ? 'message' : 'headers',
    subject: fields.subject(),
    from: fields.addresses('from')[0]?.address ?? null,
    to: fields.addresses('to').map(({ address }) => address),
    messageId: fields.ids('message-id', 1)[0] ?? null,
    headers: fields.headers(MAX_RETURNED_HEADERS),
  };
}

function headersOf(part: Part, bytes: Buffer, defects: DefectList): Part {
  const { fields } = readHeaderSection(bytes, 0, DEFAULT_PARSE_LIMITS, () => false, defects);
  return { ...part, fields, source: bytes, children: [], charset: undefined };
}
