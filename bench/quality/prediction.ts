import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { lessonText } from '../../src/domain/lesson-text.js';
import { LEAST_MAILBOX_LESSONS } from '../../src/domain/sent-mail.js';
import { buildPhraseModel } from '../../src/engines/composition/build-phrase-model.js';
import { completeText } from '../../src/engines/composition/complete-text.js';
import { encodePhraseModel } from '../../src/engines/composition/phrase-model-bytes.js';
import type { PhraseModel } from '../../src/engines/composition/phrase-model.js';
import { predictionSources } from '../../src/engines/composition/prediction-sources.js';
import type { Figure, QualityArea, QualityReport } from './quality-area.js';

const FOLDER = 'sent-mail-aeslc';
const LEAST_SAVED = 0.42;
const MOST_MS = 20;
const SHOWN = 3;
/** Of the mails that nothing was chosen on, every so many is typed: each key costs milliseconds. */
const EVERY = 10;
const LONGEST_TYPED = 3_000;

interface Mail {
  mailbox: string;
  id: string;
  subject: string;
  body: string;
}

/** Keystrokes saved by somebody who types the mails of the dev part and takes what is proposed. */
export const prediction: QualityArea = {
  name: 'prediction',
  needs: [FOLDER],
  async measure(data): Promise<QualityReport> {
    const train = read(join(data, FOLDER, 'train.jsonl'));
    const known = new Set(train.map(({ body }) => body));
    const unseen = read(join(data, FOLDER, 'dev.jsonl')).filter(({ body }) => !known.has(body));
    const typed = unseen.filter((_, index) => index % EVERY === 0).filter(({ body }) => body.length <= LONGEST_TYPED);
    const models = learn(train);
    const figures = [keystrokes(typed, models, SHOWN), keystrokes(typed, models, 1)];
    const [three] = figures;
    const bytes = encodePhraseModel(models.organization).length;
    return {
      figures: [
        {
          name: `keystrokes saved, ${SHOWN} proposals shown (${typed.length} mails, ${three!.characters} characters)`,
          value: percent(three!.saved),
          target: `at least ${percent(LEAST_SAVED)}`,
          met: three!.saved >= LEAST_SAVED,
        },
        told('keystrokes saved, one proposal shown', percent(figures[1]!.saved)),
        told('a trigram model of whole words on the same mails, three proposals, one', trigram(train, typed)),
        {
          name: 'a prediction, p95, depends on the machine',
          value: `${three!.p95.toFixed(1)} ms (p50 ${three!.p50.toFixed(1)} ms, p99 ${three!.p99.toFixed(1)} ms)`,
          target: `at most ${MOST_MS} ms`,
          met: null,
        },
        {
          name: 'CPU of a prediction, p95, all threads of the process and garbage collection included',
          value: `${three!.cpu.p95.toFixed(1)} ms (p50 ${three!.cpu.p50.toFixed(1)} ms, p99 ${three!.cpu.p99.toFixed(1)} ms)`,
          target: `at most ${MOST_MS} ms`,
          met: null,
        },
        told(
          `the model of ${train.length} mails`,
          `${(bytes / 1e6).toFixed(2)} MB, ${models.organization.words.length} words`,
        ),
      ],
      differences: [],
    };
  },
};

const percent = (share: number): string => `${(100 * share).toFixed(1)} %`;
const told = (name: string, value: string): Figure => ({ name, value, target: null, met: null });

/** The sentences of a body are lines in the data: they are joined, so that no line end is there to be guessed. */
function read(file: string): Mail[] {
  return readFileSync(file, 'utf8')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as { id: string; body: string; subject: string })
    .map(({ id, body, subject }) => ({
      id,
      mailbox: id.split('_')[0] ?? '',
      subject,
      body: body.replace(/\s+/g, ' ').trim(),
    }));
}

interface Models {
  organization: PhraseModel;
  mailboxes: Map<string, PhraseModel>;
}

/**
 * As the product learns: all mailboxes are one organization, which is proposed what two of them wrote; the data names no
 * recipients, so each mail has its own.
 */
function learn(train: readonly Mail[]): Models {
  const lessons = train.map(({ id, mailbox, body }) => ({ text: lessonText(body), group: id, mailbox }));
  const own = [...Map.groupBy(lessons, ({ mailbox }) => mailbox)].filter(
    ([, mails]) => mails.length >= LEAST_MAILBOX_LESSONS,
  );
  return {
    organization: buildPhraseModel(lessons.map(({ text, mailbox }) => ({ text, group: mailbox }))),
    mailboxes: new Map(own.map(([mailbox, mails]) => [mailbox, buildPhraseModel(mails)])),
  };
}

/**
 * Every character is a keystroke. Where a proposal is exactly what comes next, letter case, marks and spaces included, the
 * longest such one is taken by one keystroke; nothing is ever deleted.
 */
function keystrokes(mails: readonly Mail[], { organization, mailboxes }: Models, shown: number) {
  const times: number[] = [];
  const cpuTimes: number[] = [];
  let characters = 0;
  let keys = 0;
  for (const { body, subject, mailbox } of mails) {
    characters += body.length;
    for (let at = 0; at < body.length; keys++) {
      const written = body.slice(0, at);
      const begun = performance.now();
      const cpuBegun = process.cpuUsage();
      const own = mailboxes.get(mailbox) ?? null;
      const sources = predictionSources({ organization, mailbox: own, written, subject, answered: '' });
      const proposals = completeText(sources, written, shown);
      times.push(performance.now() - begun);
      const { user, system } = process.cpuUsage(cpuBegun);
      cpuTimes.push((user + system) / 1_000);
      const fitting = proposals.filter(({ text }) => body.startsWith(text, at)).map(({ text }) => text.length);
      at += Math.max(1, ...fitting);
    }
  }
  const wall = shares(times);
  const cpu = shares(cpuTimes);
  return {
    saved: 1 - keys / characters,
    characters,
    p50: wall(0.5),
    p95: wall(0.95),
    p99: wall(0.99),
    cpu: { p50: cpu(0.5), p95: cpu(0.95), p99: cpu(0.99) },
  };
}

/** What so large a share of the times does not exceed. */
function shares(times: readonly number[]): (share: number) => number {
  const sorted = times.toSorted((a, b) => a - b);
  return (share) => sorted[Math.floor(sorted.length * share)] ?? 0;
}

/** The plain method, and a more lenient count: words between spaces, each with its space, by trigrams, then bigrams. */
function trigram(train: readonly Mail[], typed: readonly Mail[]): string {
  const counts = new Map<string, Map<string, number>>();
  for (const { body } of train) {
    const words = ['', '', ...body.split(' ')];
    for (let at = 2; at < words.length; at++) {
      const word = words[at] ?? '';
      for (const key of [`3 ${words[at - 2]} ${words[at - 1]}`, `2 ${words[at - 1]}`, '1']) {
        const next = counts.get(key) ?? new Map<string, number>();
        counts.set(key, next.set(word, (next.get(word) ?? 0) + 1));
      }
    }
  }
  const ranked = new Map([...counts].map(([key, next]) => [key, [...next].sort(([, a], [, b]) => b - a)]));
  const common = new Map<string, string[]>();
  const commonest = (beginning: string) => {
    const words =
      common.get(beginning) ??
      (ranked.get('1') ?? [])
        .map(([word]) => word)
        .filter((word) => word.startsWith(beginning))
        .slice(0, 2 * SHOWN);
    common.set(beginning, words);
    return words;
  };
  const proposed = (keys: readonly string[], beginning: string, shown: number) => {
    const found = new Set<string>();
    const inContext = keys.flatMap((key) => ranked.get(key) ?? []).map(([word]) => word);
    for (const word of [...inContext.filter((candidate) => candidate.startsWith(beginning)), ...commonest(beginning)]) {
      if (found.size < shown) found.add(word);
    }
    return found;
  };
  const saved = (shown: number) => {
    let [characters, keys] = [0, 0];
    for (const { body } of typed) {
      const words = ['', '', ...body.split(' ')];
      for (let at = 2; at < words.length; at++) {
        const word = words[at] ?? '';
        const contexts = [`3 ${words[at - 2]} ${words[at - 1]}`, `2 ${words[at - 1]}`];
        let pressed = 0;
        while (pressed < word.length && !proposed(contexts, word.slice(0, pressed), shown).has(word)) pressed++;
        characters += word.length + 1;
        keys += pressed + 1;
      }
    }
    return percent(1 - keys / characters);
  };
  return `${saved(SHOWN)}, ${saved(1)} (each word counted with a space after it)`;
}
