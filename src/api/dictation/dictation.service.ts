import { Inject, Injectable } from '@nestjs/common';
import pLimit from 'p-limit';
import type { Logger } from 'pino';
import { AiAccess } from '../../adapters/ai/ai-access.js';
import { ProviderFailure } from '../../adapters/ai/capability.js';
import { Database } from '../../adapters/database/database.js';
import { readContacts } from '../../adapters/organizations/contacts.js';
import { draftOf } from '../../domain/dictation/draft.js';
import { readCommands } from '../../domain/dictation/spoken-command.js';
import type { Json } from '../../domain/json.js';
import { OperatorProviders } from '../ai/operator-ai.js';
import { ApiError, wrongInput } from '../graphql/errors.js';
import { LOGGER } from '../logger.js';
import { SecretKey } from '../secret-key.js';
import type { DictateInput, Dictation } from './dictation.types.js';

const MOST_BYTES = 10 * 1024 * 1024;
const LONGEST_SENDER = 200;
const BASE64 = /^[A-Za-z\d+/]*={0,2}$/;
/** Recordings are decoded in processes of their own: so many of them at a time. */
const AT_ONCE = 2;

@Injectable()
export class DictationService {
  readonly #access: AiAccess;
  readonly #inTurn = pLimit(AT_ONCE);

  constructor(
    private readonly database: Database,
    operator: OperatorProviders,
    secretKey: SecretKey,
    @Inject(LOGGER) logger: Logger,
  ) {
    this.#access = new AiAccess({
      database,
      operator: operator.settings,
      secretKey: secretKey.key,
      onChange: (endpoint, state) => logger.warn({ endpoint }, `${endpoint} ${state}`),
    });
  }

  /** @throws ApiError BAD_USER_INPUT for what is no recording, SERVICE_UNAVAILABLE where nobody can hear it */
  async dictate(organizationId: string, input: DictateInput): Promise<Dictation> {
    const audio = readAudio(input);
    const standing = this.#access.standing(await this.#access.chosen(organizationId), 'voice');
    if (standing.applies === null)
      throw new ApiError('SERVICE_UNAVAILABLE', `nobody hears recordings: ${standing.off}`);
    const { applies } = standing;
    const contacts = await this.database.withOrganization(organizationId, readContacts);
    const limit = AbortSignal.timeout(applies.timeoutMs * 2 + 30_000);
    try {
      const session = await this.#access.open(organizationId, null, applies);
      const names = contacts.map(({ name }) => name).filter((name) => name !== '');
      // What may leave the machine of whom the organization knows is nothing that the speaker has said.
      const told = applies.provider === 'pocketsphinx' || applies.disclosure === 'everything' ? names : [];
      const { text, ...heard } = await this.#inTurn(() => session.transcriber.transcribe(audio, '', limit, told));
      const commands = readCommands(text);
      const draft = draftOf(commands, contacts, input.sender ?? null);
      return {
        ...heard,
        transcript: text,
        commands: commands as unknown as Json,
        draft,
        answeredBy: session.answeredBy(),
      };
    } catch (error) {
      if (!(error instanceof ProviderFailure)) throw error;
      if (error.failure === 'refused') throw wrongInput([{ field: 'audio', problem: error.message }]);
      throw new ApiError('SERVICE_UNAVAILABLE', `the recording could not be heard: ${error.message}`);
    }
  }
}

function readAudio({ audio, sender }: DictateInput): Buffer {
  const problems = [];
  if (audio.length > (MOST_BYTES / 3) * 4 + 4) {
    problems.push({ field: 'audio', problem: `must have at most ${MOST_BYTES} bytes` });
  } else if (audio === '' || !BASE64.test(audio)) {
    problems.push({ field: 'audio', problem: 'must be base64' });
  }
  if ((sender?.length ?? 0) > LONGEST_SENDER) {
    problems.push({ field: 'sender', problem: `must have at most ${LONGEST_SENDER} characters` });
  }
  if (problems.length > 0) throw wrongInput(problems);
  return Buffer.from(audio, 'base64');
}
