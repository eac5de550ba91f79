import type { MimePart, ParsedMessage, ParseLimits } from '../../domain/parsed-message.js';
import { splitReply } from '../mime/reply-text.js';

/** Where an opened entity was: its own part, and the parts that it was transmitted in. */
export interface OpenedPlace {
  part: string;
  carriers: string[];
}

/** What an entity without header fields of a message lacks and need not have. */
const MISSING = /^header\.(?:from|date|messageId)\.missing$/;
const MAX_DEFECTS = 200;
const MAX_EVENTS = 100;

/** Whether nothing readable stands outside what is protected: then what it holds is the message. */
export function isWhole({ text, html }: ParsedMessage): boolean {
  return html === null && text.trim() === '';
}

/**
 * The message with what was opened in it. That is an entity of its own: its HTML is never joined with HTML that stands
 * outside, which could carry it away (EFAIL); its text then follows the other.
 */
export function mergeOpened(
  outer: ParsedMessage,
  place: OpenedPlace,
  inner: ParsedMessage,
  limits: ParseLimits,
): ParsedMessage {
  const whole = isWhole(outer);
  const prefix = `${place.part || '1'}/`;
  const text = whole ? inner.text : cut(`${outer.text}\n\n${inner.text}`, limits.textCharacters);
  const reply = whole ? inner : splitReply(text);
  const authorKeys = [...(outer.authorKeys ?? []), ...(inner.authorKeys ?? [])];
  return {
    ...outer,
    ...(authorKeys.length > 0 ? { authorKeys } : {}),
    text,
    html: outer.html ?? inner.html,
    newText: reply.newText,
    signature: reply.signature,
    hiddenText: cut([outer.hiddenText, inner.hiddenText].filter(Boolean).join('\n'), limits.textCharacters),
    links: [...outer.links, ...inner.links].slice(0, limits.links),
    attachments: [
      ...outer.attachments.filter(({ part }) => !place.carriers.includes(part)),
      ...inner.attachments.map((attachment) => ({ ...attachment, part: prefix + attachment.part })),
    ],
    referencedContentIds: [...new Set([...outer.referencedContentIds, ...inner.referencedContentIds])],
    structure: outer.structure === null ? null : withOpened(outer.structure, place.part, inner.structure, prefix),
    embedded: [...outer.embedded, ...inner.embedded.map((one) => ({ ...one, part: prefix + one.part }))],
    events: [...outer.events, ...inner.events].slice(0, MAX_EVENTS),
    report: outer.report ?? (whole ? inner.report : null),
    parts: outer.parts + inner.parts,
    depth: outer.depth + 1 + inner.depth,
    defects: [
      ...outer.defects.filter(({ code }) => code !== 'body.empty'),
      ...inner.defects.filter(({ code }) => !MISSING.test(code)),
    ].slice(0, MAX_DEFECTS),
  };
}

function withOpened(node: MimePart, part: string, inner: MimePart | null, prefix: string): MimePart {
  if (node.part === part && inner !== null) {
    return { ...node, role: 'opened', children: [renumbered(inner, prefix)] };
  }
  return { ...node, children: node.children.map((child) => withOpened(child, part, inner, prefix)) };
}

function renumbered(node: MimePart, prefix: string): MimePart {
  return { ...node, part: prefix + node.part, children: node.children.map((child) => renumbered(child, prefix)) };
}

function cut(text: string, limit: number): string {
  return text.length <= limit ? text : text.slice(0, limit);
}
