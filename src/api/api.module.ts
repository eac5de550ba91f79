import { Module, type DynamicModule } from '@nestjs/common';
import { GraphQLModule } from '@nestjs/graphql';
import type { Logger } from 'pino';
import { DraftThreads } from '../adapters/composition/draft-threads.js';
import { PhraseThreads } from '../adapters/composition/phrase-threads.js';
import { Database } from '../adapters/database/database.js';
import type { ParserPoolOptions } from '../adapters/parser-pool.js';
import { FeedReader } from '../adapters/feed/feed-reader.js';
import { SummaryThreads } from '../adapters/summary/summary-threads.js';
import { AiResolver, MessageAiResolver } from './ai/ai.resolver.js';
import { AiService } from './ai/ai.service.js';
import { OperatorProviders } from './ai/operator-ai.js';
import { ProviderWorkflows } from './ai/provider-workflows.js';
import { TokenAuthenticator } from './authentication/token-authenticator.js';
import { CommandResolver } from './commands/command.resolver.js';
import { CommandService } from './commands/command.service.js';
import { WorkflowUpdates, type TemporalAccess } from './commands/workflow-updates.js';
import { AnsweredMails } from './composition/answered-mails.js';
import { CompositionResolver } from './composition/composition.resolver.js';
import { CompositionService } from './composition/composition.service.js';
import { ReplyResolver } from './composition/reply.resolver.js';
import { ReplyService } from './composition/reply.service.js';
import { ResponseTemplateResolver } from './composition/response-template.resolver.js';
import { ResponseTemplateService } from './composition/response-template.service.js';
import { DictionaryFolder, DraftThreadsProvider, PhraseThreadsProvider } from './composition/threads.js';
import { DashboardResolver } from './dashboard/dashboard.resolver.js';
import { DashboardService } from './dashboard/dashboard.service.js';
import { DictationResolver } from './dictation/dictation.resolver.js';
import { DictationService } from './dictation/dictation.service.js';
import { DomainResolver } from './domains/domain.resolver.js';
import { DomainService } from './domains/domain.service.js';
import { NextHopService } from './domains/next-hop.service.js';
import { FeedResolver } from './feed/feed.resolver.js';
import { FeedService } from './feed/feed.service.js';
import { ErrorMapper } from './graphql/errors.js';
import { MessageParser } from './graphql/message-parser.js';
import { YogaDriver, type YogaDriverOptions } from './graphql/yoga.driver.js';
import { HealthController } from './health/health.controller.js';
import { HealthService, TEMPORAL } from './health/health.service.js';
import { ImapAccountResolver, ImapFolderProofResolver } from './imap-accounts/imap-account.resolver.js';
import { ImapAccountService } from './imap-accounts/imap-account.service.js';
import { IndicatorResolver } from './indicators/indicator.resolver.js';
import { IndicatorService } from './indicators/indicator.service.js';
import { IntakePolicyResolver } from './intake-policy/intake-policy.resolver.js';
import { IntakePolicyService } from './intake-policy/intake-policy.service.js';
import { CorrectionResolver } from './learning/correction.resolver.js';
import { CorrectionService } from './learning/correction.service.js';
import { LearnedModelResolver } from './learning/learned-model.resolver.js';
import { LearnedModelService } from './learning/learned-model.service.js';
import { MailReader } from './learning/mail-reader.js';
import { TypeLabelResolver } from './learning/type-label.resolver.js';
import { TypeLabelService } from './learning/type-label.service.js';
import { LOGGER } from './logger.js';
import { MailKeyResolver } from './mail-keys/mail-key.resolver.js';
import { MailKeyService } from './mail-keys/mail-key.service.js';
import { MailboxResolver } from './mailboxes/mailbox.resolver.js';
import { MailboxService } from './mailboxes/mailbox.service.js';
import {
  MessageConnectionResolver,
  MessageResolver,
  RecipientResolver,
  ThreadResolver,
} from './messages/message.resolver.js';
import { MessageService } from './messages/message.service.js';
import { RawMessageController } from './messages/raw-message.controller.js';
import { NotificationConnectionResolver, NotificationResolver } from './notifications/notification.resolver.js';
import { NotificationService } from './notifications/notification.service.js';
import { OnwardResolver, RecipientOnwardResolver } from './onward/onward.resolver.js';
import { OnwardService } from './onward/onward.service.js';
import { OrganizationResolver } from './organizations/organization.resolver.js';
import { OrganizationService } from './organizations/organization.service.js';
import { ProcessEmailResolver } from './process-email/process-email.resolver.js';
import { ProcessEmailPatience, ProcessEmailService } from './process-email/process-email.service.js';
import { AssignmentResolver } from './routing/assignment.resolver.js';
import { AssignmentService } from './routing/assignment.service.js';
import { MoveResolver } from './routing/move.resolver.js';
import { MoveService } from './routing/move.service.js';
import { LabelService } from './quarantine/label.service.js';
import { QuarantineResolver } from './quarantine/quarantine.resolver.js';
import { QuarantineService } from './quarantine/quarantine.service.js';
import { RuleTestService } from './rules/rule-test.service.js';
import { RuleResolver } from './rules/rule.resolver.js';
import { RuleService } from './rules/rule.service.js';
import { RunResolver } from './runs/run.resolver.js';
import { SpamLearningResolver } from './spam-learning/spam-learning.resolver.js';
import { SpamLearningService } from './spam-learning/spam-learning.service.js';
import { PersonResolver, TeamResolver } from './staff/staff.resolver.js';
import { StaffService } from './staff/staff.service.js';
import { SimilarityResolver } from './similarity/similarity.resolver.js';
import { SimilarityService } from './similarity/similarity.service.js';
import { SecretKey } from './secret-key.js';
import { SummaryTranslator } from './summaries/summary-translator.js';
import { SummaryThreadsProvider } from './summaries/summary-threads.provider.js';
import { MessageRequestsResolver, ThreadSummaryResolver } from './summaries/summary.resolver.js';
import { ThreadSummaryService } from './summaries/thread-summary.service.js';
import { TranslationResolver } from './translation/translation.resolver.js';
import { TranslationService } from './translation/translation.service.js';

/** All resolvers; the schema is made of them and of the types that they name. */
export const RESOLVERS = [
  MessageResolver,
  MessageConnectionResolver,
  RecipientResolver,
  ThreadResolver,
  RunResolver,
  CommandResolver,
  ProcessEmailResolver,
  FeedResolver,
  OrganizationResolver,
  DomainResolver,
  OnwardResolver,
  RecipientOnwardResolver,
  MailboxResolver,
  MoveResolver,
  SimilarityResolver,
  AssignmentResolver,
  PersonResolver,
  TeamResolver,
  RuleResolver,
  QuarantineResolver,
  IndicatorResolver,
  IntakePolicyResolver,
  NotificationResolver,
  NotificationConnectionResolver,
  SpamLearningResolver,
  CorrectionResolver,
  LearnedModelResolver,
  TypeLabelResolver,
  DashboardResolver,
  ImapAccountResolver,
  ImapFolderProofResolver,
  MailKeyResolver,
  DictationResolver,
  TranslationResolver,
  CompositionResolver,
  ReplyResolver,
  ResponseTemplateResolver,
  AiResolver,
  MessageAiResolver,
  ThreadSummaryResolver,
  MessageRequestsResolver,
];

export interface ApiDependencies {
  /** As everpost_app. */
  database: Database;
  feed: FeedReader;
  authenticator: TokenAuthenticator;
  temporal: TemporalAccess | null;
  logger: Logger;
  /** For messages that it has to read again. */
  parser: ParserPoolOptions;
  /** Milliseconds that processEmail waits. */
  patienceMs: number;
  secretKey: SecretKey;
  providers: OperatorProviders;
  dictionaries: DictionaryFolder;
}

@Module({})
export class ApiModule {
  static with(dependencies: ApiDependencies): DynamicModule {
    const { database, feed, authenticator, temporal, logger, parser, patienceMs, secretKey } = dependencies;
    const errors = new ErrorMapper(logger);
    return {
      module: ApiModule,
      imports: [
        GraphQLModule.forRoot<YogaDriverOptions>({
          driver: YogaDriver,
          path: '/graphql',
          autoSchemaFile: true,
          database,
          authenticator,
          errors,
        }),
      ],
      controllers: [HealthController, RawMessageController],
      providers: [
        ...RESOLVERS,
        MessageService,
        CommandService,
        FeedService,
        ProcessEmailService,
        OrganizationService,
        DomainService,
        NextHopService,
        OnwardService,
        MailboxService,
        MoveService,
        SimilarityService,
        AssignmentService,
        StaffService,
        RuleService,
        RuleTestService,
        QuarantineService,
        LabelService,
        IndicatorService,
        IntakePolicyService,
        NotificationService,
        SpamLearningService,
        CorrectionService,
        LearnedModelService,
        TypeLabelService,
        MailReader,
        DashboardService,
        ImapAccountService,
        MailKeyService,
        DictationService,
        TranslationService,
        ProviderWorkflows,
        AnsweredMails,
        CompositionService,
        ReplyService,
        ResponseTemplateService,
        { provide: PhraseThreads, useClass: PhraseThreadsProvider },
        { provide: DraftThreads, useClass: DraftThreadsProvider },
        { provide: DictionaryFolder, useValue: dependencies.dictionaries },
        AiService,
        ThreadSummaryService,
        SummaryTranslator,
        { provide: SummaryThreads, useClass: SummaryThreadsProvider },
        HealthService,
        { provide: Database, useValue: database },
        { provide: FeedReader, useValue: feed },
        { provide: TokenAuthenticator, useValue: authenticator },
        { provide: ErrorMapper, useValue: errors },
        { provide: MessageParser, useValue: new MessageParser(parser) },
        { provide: WorkflowUpdates, useValue: new WorkflowUpdates(temporal, logger) },
        { provide: ProcessEmailPatience, useValue: new ProcessEmailPatience(patienceMs) },
        { provide: SecretKey, useValue: secretKey },
        { provide: OperatorProviders, useValue: dependencies.providers },
        { provide: TEMPORAL, useValue: temporal },
        { provide: LOGGER, useValue: logger },
      ],
    };
  }
}
