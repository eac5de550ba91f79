import { Injectable } from '@nestjs/common';
import { LRUCache } from 'lru-cache';
import { DraftThreads } from '../../adapters/composition/draft-threads.js';
import { readPhraseModels, readPhraseModelVersions } from '../../adapters/composition/phrase-models.js';
import { PhraseThreads } from '../../adapters/composition/phrase-threads.js';
import { forgetSentMail, learnSentMail, readCompany, readKnownAt } from '../../adapters/composition/sent-lessons.js';
import { Database, type Sql } from '../../adapters/database/database.js';
import { readMailboxesById } from '../../adapters/organizations/mailboxes.js';
import { embeddedAnswer } from '../../domain/ai.js';
import { LONGEST_CONTEXT, type DraftAnswer, type Prediction } from '../../domain/composition.js';
import { recipientWarnings } from '../../domain/draft-recipients.js';
import { lessonText } from '../../domain/lesson-text.js';
import { predictionConfidence } from '../../domain/prediction-confidence.js';
import { lessonRecipients } from '../../domain/sent-mail.js';
import { ApiError, wrongInput } from '../graphql/errors.js';
import { isUuid } from '../graphql/uuid.js';
import { AnsweredMails, namesIn, type AnsweredMail } from './answered-mails.js';
import { draftProblems, lessonProblems, predictionProblems } from './composition-problems.js';
import type { CheckDraftInput, LearnSentMailInput, PredictTextInput } from './composition.types.js';

/** A new model is used this long after it is built, at the latest; and a mailbox that is gone no longer. */
const VERSIONS_MS = 2_000;
const DEFAULT_COMPLETIONS = 3;

interface Versions {
  organization: string | null;
  mailbox: string | null;
}

@Injectable()
export class CompositionService {
  readonly #versions = new LRUCache<string, Promise<Versions>>({ max: 10_000, ttl: VERSIONS_MS });

  constructor(
    private readonly database: Database,
    private readonly phrases: PhraseThreads,
    private readonly drafts: DraftThreads,
    private readonly answered: AnsweredMails,
  ) {}

  /** @throws ApiError NOT_FOUND for the mailbox or the message, BAD_USER_INPUT */
  async predict(organizationId: string, input: PredictTextInput): Promise<Prediction> {
    const problems = predictionProblems(input);
    if (problems.length > 0) throw wrongInput(problems);
    const begun = performance.now();
    const { text, cursor, subject, most, mailboxId, inReplyTo } = input;
    const [{ organization, mailbox }, answered] = await Promise.all([
      this.#versionsOf(organizationId, mailboxId),
      this.#answered(organizationId, inReplyTo),
    ]);
    const end = cursor ?? text.length;
    const found = await this.phrases.predict(
      {
        organization: organization === null ? null : { version: organization },
        mailbox: mailbox === null ? null : { version: mailbox },
        text: text.slice(Math.max(0, end - LONGEST_CONTEXT), end),
        subject: subject ?? '',
        answered: answered?.text ?? '',
        most: most ?? DEFAULT_COMPLETIONS,
      },
      (versions) => this.database.withOrganization(organizationId, (sql) => readPhraseModels(sql, versions)),
    );
    const completions = found ?? [];
    return {
      completions,
      confidence: predictionConfidence(completions),
      answeredBy: found === null ? null : embeddedAnswer(performance.now() - begun),
    };
  }

  /** @throws ApiError NOT_FOUND for the mailbox or the message, BAD_USER_INPUT */
  async check(organizationId: string, input: CheckDraftInput): Promise<DraftAnswer> {
    const problems = draftProblems(input);
    if (problems.length > 0) throw wrongInput(problems);
    const recipients = [...new Set((input.recipients ?? []).map((address) => address.toLowerCase()))];
    const [near, answered] = await Promise.all([
      this.database.withOrganization(organizationId, async (sql) => {
        await checkMailbox(sql, input.mailboxId);
        const domains = await sql<{ name: string }>('select name from domains');
        const company = recipients.length === 0 ? [] : await readCompany(sql, recipients);
        const known = recipients.length === 0 ? [] : await readKnownAt(sql, recipients);
        return { company, known, ownDomains: domains.map(({ name }) => name) };
      }),
      this.#answered(organizationId, input.inReplyTo),
    ]);
    const names = near.known.filter(({ address }) => recipients.includes(address)).flatMap(({ name }) => namesIn(name));
    const report = await this.drafts.check({
      text: input.text,
      subject: input.subject ?? '',
      language: input.language?.toLowerCase() ?? null,
      attachments: input.attachments ?? 0,
      knownWords: [...names, ...(answered?.names ?? []), ...recipients.flatMap(namesIn)],
    });
    const warned = recipientWarnings({ ...near, recipients, thread: answered?.participants ?? [] });
    return {
      ...report,
      warnings: [...warned, ...report.warnings],
      checked: recipients.length === 0 ? report.checked : [...report.checked, 'RECIPIENTS'],
      unchecked:
        recipients.length > 0
          ? report.unchecked
          : [...report.unchecked, { check: 'RECIPIENTS', reason: 'no recipient is given' }],
    };
  }

  /** @throws ApiError NOT_FOUND for the mailbox, BAD_USER_INPUT */
  async learn(organizationId: string, input: LearnSentMailInput): Promise<boolean> {
    const problems = lessonProblems(input);
    if (problems.length > 0) throw wrongInput(problems);
    const { mailboxId, source, text, recipients } = input;
    return this.database.withOrganization(organizationId, async (sql) => {
      await checkMailbox(sql, mailboxId);
      const mail = { source, mailboxId, text: lessonText(text), recipients: lessonRecipients(recipients) };
      return (await learnSentMail(sql, organizationId, [mail])) === 1;
    });
  }

  /** @throws ApiError NOT_FOUND for the mailbox */
  async forget(organizationId: string, mailboxId: string | null): Promise<number> {
    const forgotten = await this.database.withOrganization(organizationId, async (sql) => {
      if (mailboxId !== null) await checkMailbox(sql, mailboxId);
      return forgetSentMail(sql, mailboxId);
    });
    this.#versions.clear();
    return forgotten;
  }

  async #answered(organizationId: string, messageId: string | null | undefined): Promise<AnsweredMail | null> {
    return messageId == null ? null : this.answered.read(organizationId, messageId);
  }

  #versionsOf(organizationId: string, mailboxId: string): Promise<Versions> {
    const key = `${organizationId} ${mailboxId}`;
    const known = this.#versions.get(key);
    if (known !== undefined) return known;
    const reading = this.database.withOrganization(organizationId, async (sql) => {
      await checkMailbox(sql, mailboxId);
      const rows = await readPhraseModelVersions(sql, mailboxId);
      const versionOf = (id: string | null) => rows.find((row) => row.mailboxId === id)?.version ?? null;
      return { organization: versionOf(null), mailbox: versionOf(mailboxId) };
    });
    reading.catch(() => this.#versions.delete(key));
    this.#versions.set(key, reading);
    return reading;
  }
}

async function checkMailbox(sql: Sql, mailboxId: string): Promise<void> {
  if (isUuid(mailboxId) && (await readMailboxesById(sql, [mailboxId])).length > 0) return;
  throw new ApiError('NOT_FOUND', `there is no mailbox ${mailboxId}`);
}
