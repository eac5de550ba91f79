import type { FeedbackReport } from '../../domain/message-report.js';
import { ReportBlock } from './report-blocks.js';

/** Reads a message/feedback-report (RFC 5965 3). */
export function readFeedbackReport(blocks: readonly ReportBlock[]): Omit<FeedbackReport, 'part' | 'returned'> {
  const block = new ReportBlock(blocks.flatMap(({ fields }) => fields));
  const incidents = /^\d{1,9}/.exec(block.text('incidents') ?? '')?.[0];
  return {
    kind: 'feedback-report',
    feedbackType: block.text('feedback-type')?.toLowerCase() ?? null,
    userAgent: block.text('user-agent'),
    sourceIp: block.text('source-ip'),
    originalMailFrom: bare(block.text('original-mail-from')),
    originalRcptTo: block.all('original-rcpt-to').map((address) => bare(address) ?? ''),
    arrivalDate: block.date('arrival-date') ?? block.date('received-date'),
    reportedDomain: block.all('reported-domain'),
    reportedUri: block.all('reported-uri'),
    authenticationResults: block.all('authentication-results'),
    incidents: incidents === undefined ? null : Number(incidents),
    fields: block.fields,
  };
}

function bare(address: string | null): string | null {
  return address === null ? null : address.replace(/^\s*<|>\s*$/g, '').trim();
}
