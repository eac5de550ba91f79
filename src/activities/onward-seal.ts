import { chainStatus, resultsPayload, sealArc } from '../engines/authentication/arc-seal.js';
import type { ReceivedMessage } from '../adapters/onward/message-content.js';
import type { OnwardContent } from './onward-content.js';

export interface SealingKey {
  domain: string;
  selector: string;
  privateKey: string;
}

/**
 * The ARC set (RFC 8617) that goes before a message, line ends included; null where nothing may be said of it: it was
 * not examined, or its chain has ended. The message is in memory while it is signed.
 */
export async function onwardSeal(
  content: OnwardContent,
  message: ReceivedMessage,
  key: SealingKey,
  signTime: Date,
): Promise<string | null> {
  const { authentication, authenticationResults } = message;
  const cv = authentication === null ? null : chainStatus(authentication);
  if (cv === null || authenticationResults === null) return null;
  const chunks: Buffer[] = [];
  for await (const chunk of content.chunks()) chunks.push(chunk);
  const sealed = await sealArc(Buffer.concat(chunks), {
    signingDomain: key.domain,
    selector: key.selector,
    privateKey: key.privateKey,
    authResults: resultsPayload(authenticationResults.field),
    cv,
    signTime,
  });
  return 'fields' in sealed ? sealed.fields : null;
}
