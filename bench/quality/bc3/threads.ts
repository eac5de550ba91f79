import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { parseDocument } from 'htmlparser2';
import { isTag, isText, type Element } from 'domhandler';

/** One mail of a thread as BC3 split it. */
export interface Bc3Mail {
  from: string;
  to: string;
  subject: string;
  received: Date;
  sentences: { id: string; text: string; quoted: boolean }[];
}

export interface Bc3Annotation {
  /** What the annotator wrote, about 250 words at most. */
  summary: string;
  /** Sentences that the annotator chose as the most important. */
  chosen: ReadonlySet<string>;
  /** Sentences that the annotator linked a written sentence to. */
  linked: ReadonlySet<string>;
  /** Speech acts by sentence: `req`, `cmt`, `prop`, `meet`. */
  acts: ReadonlyMap<string, ReadonlySet<string>>;
}

export interface Bc3Thread {
  id: string;
  name: string;
  mails: Bc3Mail[];
  annotations: Bc3Annotation[];
}

/** The forty threads with their annotations, in the order of the corpus. */
export async function readBc3(folder: string): Promise<Bc3Thread[]> {
  const corpus = await rootOf(path.join(folder, 'corpus.xml'));
  const annotated = await rootOf(path.join(folder, 'annotation.xml'));
  const annotations = new Map(
    children(annotated, 'thread').map((thread) => [
      textOf(child(thread, 'listno')),
      children(thread, 'annotation').map(toAnnotation),
    ]),
  );
  return children(corpus, 'thread').map((thread) => {
    const id = textOf(child(thread, 'listno'));
    return {
      id,
      name: textOf(child(thread, 'name')),
      mails: children(thread, 'DOC').map(toMail),
      annotations: annotations.get(id) ?? [],
    };
  });
}

function toMail(doc: Element): Bc3Mail {
  const text = child(doc, 'Text');
  return {
    from: textOf(child(doc, 'From')),
    to: textOf(child(doc, 'To')),
    subject: textOf(child(doc, 'Subject')),
    received: new Date(textOf(child(doc, 'Received'))),
    sentences: (text === undefined ? [] : children(text, 'Sent')).map((sent) => {
      const said = textOf(sent);
      return { id: sent.attribs['id'] ?? '', text: said, quoted: said.startsWith('>') };
    }),
  };
}

function toAnnotation(annotation: Element): Bc3Annotation {
  const written = childrenOf(child(annotation, 'summary'), 'sent');
  const acts = new Map<string, Set<string>>();
  for (const label of elementsIn(child(annotation, 'labels'))) {
    const id = label.attribs['id'] ?? '';
    acts.set(id, (acts.get(id) ?? new Set()).add(label.name));
  }
  return {
    summary: written.map(textOf).join(' '),
    linked: new Set(
      written
        .flatMap(({ attribs }) => (attribs['link'] ?? '').split(',').map((id) => id.trim()))
        .filter((id) => id !== ''),
    ),
    chosen: new Set(childrenOf(child(annotation, 'sentences'), 'sent').map(({ attribs }) => attribs['id'] ?? '')),
    acts,
  };
}

async function rootOf(file: string): Promise<Element> {
  const document = parseDocument(await readFile(file, 'utf8'), { xmlMode: true, decodeEntities: true });
  const root = document.children.find((node): node is Element => isTag(node) && node.name === 'root');
  if (root === undefined) throw new Error(`${file} has no root element`);
  return root;
}

function elementsIn(parent: Element | undefined): Element[] {
  return (parent?.children ?? []).filter(isTag);
}

function childrenOf(parent: Element | undefined, name: string): Element[] {
  return elementsIn(parent).filter((element) => element.name === name);
}

function children(parent: Element, name: string): Element[] {
  return childrenOf(parent, name);
}

function child(parent: Element, name: string): Element | undefined {
  return childrenOf(parent, name)[0];
}

/** The corpus was escaped twice: what reads `&lt;` after parsing was `<` in the mail. */
function textOf(element: Element | undefined): string {
  const raw = (element?.children ?? []).map((node) => (isText(node) ? node.data : '')).join('');
  const once = raw.replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&quot;', '"').replaceAll('&amp;', '&');
  return once.replace(/\s+/g, ' ').trim();
}
