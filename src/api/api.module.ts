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
import { DeliveryRouteResolver } from './delivery-routes/delivery-route.resolver.js';
import { DefaultSmartHost, DeliveryRouteService } from './delivery-routes/delivery-route.service.js';
import { DictationResolver } from './dictation/dictation.resolver.js';
import { DictationService } from './dictation/dictation.service.js';
import { DomainResolver } from './domains/domain.resolver.js';
import { DomainLookProvider } from './domains/domain-look.js';
import { DomainService } from './domains/domain.service.js';
import { NextHopService } from './domains/next-hop.service.js';
import { DomainSendingResolver } from './domains/sending.resolver.js';
import { DomainSendingService } from './domains/sending.service.js';
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
import { MailboxPasswordResolver } from './mailboxes/mailbox-password.resolver.js';
import { MailboxPasswordService } from './mailboxes/mailbox-password.service.js';
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
import { OutgoingResolver, RecipientOutgoingResolver } from './outgoing/outgoing.resolver.js';
import { OutgoingService } from './outgoing/outgoing.service.js';
import { OnwardService } from './onward/onward.service.js';
import { OrganizationResolver } from './organizations/organization.resolver.js';
import { OrganizationService } from './organizations/organization.service.js';
import { OutgoingSettingsResolver } from './outgoing-settings/outgoing-settings.resolver.js';
import { OutgoingSettingsService } from './outgoing-settings/outgoing-settings.service.js';
import { OutgoingRuleResolver } from './outgoing-rules/outgoing-rule.resolver.js';
import { OutgoingRuleService } from './outgoing-rules/outgoing-rule.service.js';
import { OutgoingRuleTestService } from './outgoing-rules/outgoing-rule-test.service.js';
import { SendingPolicyResolver } from './outgoing-rules/sending-policy.resolver.js';
import { SendingPolicyService } from './outgoing-rules/sending-policy.service.js';
import { ProtectionResolver } from './outgoing-protection/protection.resolver.js';
import { ProtectionService } from './outgoing-protection/protection.service.js';
import { ProcessEmailResolver } from './process-email/process-email.resolver.js';
import { ProcessEmailPatience, ProcessEmailService } from './process-email/process-email.service.js';
import { AssignmentResolver } from './routing/assignment.resolver.js';
import { AssignmentService } from './routing/assignment.service.js';
import { MoveResolver } from './routing/move.resolver.js';
import { MoveService } from './routing/move.service.js';
import { LabelService } from './quarantine/label.service.js';
import { QuarantineResolver } from './quarantine/quarantine.resolver.js';
import { QuarantineService } from './quarantine/quarantine.service.js';
import { MessageTemplateResolver } from './sending/message-template.resolver.js';
import { MessageTemplateService } from './sending/message-template.service.js';
import { SendingResolver } from './sending/sending.resolver.js';
import { SendingLimits, SendingService } from './sending/sending.service.js';
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
import { EmbeddedSummaries } from './summaries/embedded-summaries.js';
import { ProvidedSummaries } from './summaries/provided-summaries.js';
import { SummaryThreadsProvider } from './summaries/summary-threads.provider.js';
import { MessageRequestsResolver, ThreadSummaryResolver } from './summaries/summary.resolver.js';
import { ThreadSummaryService } from './summaries/thread-summary.service.js';
import { SuppressionResolver } from './suppressions/suppression.resolver.js';
import { SuppressionService } from './suppressions/suppression.service.js';
import { TrackingAccess } from './tracking/tracking-access.js';
import { TrackingController } from './tracking/tracking.controller.js';
import { TrackingService } from './tracking/tracking.service.js';
import { TranslationResolver } from './translation/translation.resolver.js';
import { TranslationService } from './translation/translation.service.js';
import { WebhookDeliveryService } from './webhooks/webhook-delivery.service.js';
import { WebhookEndpoints } from './webhooks/webhook-settings.js';
import { WebhookResolver } from './webhooks/webhook.resolver.js';
import { WebhookService } from './webhooks/webhook.service.js';

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
  DomainSendingResolver,
  DeliveryRouteResolver,
  OnwardResolver,
  RecipientOnwardResolver,
  OutgoingResolver,
  RecipientOutgoingResolver,
  OutgoingSettingsResolver,
  SuppressionResolver,
  SendingResolver,
  MessageTemplateResolver,
  MailboxResolver,
  MailboxPasswordResolver,
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
  OutgoingRuleResolver,
  SendingPolicyResolver,
  ProtectionResolver,
  DictationResolver,
  TranslationResolver,
  CompositionResolver,
  ReplyResolver,
  ResponseTemplateResolver,
  AiResolver,
  MessageAiResolver,
  ThreadSummaryResolver,
  MessageRequestsResolver,
  WebhookResolver,
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
  sendingLimits: SendingLimits;
  smartHost: DefaultSmartHost;
  tracking: TrackingAccess;
  domainLook: DomainLookProvider;
  providers: OperatorProviders;
  dictionaries: DictionaryFolder;
  webhooks: WebhookEndpoints;
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
      controllers: [HealthController, RawMessageController, TrackingController],
      providers: [
        ...RESOLVERS,
        MessageService,
        CommandService,
        FeedService,
        ProcessEmailService,
        OrganizationService,
        DomainService,
        DomainSendingService,
        NextHopService,
        DeliveryRouteService,
        OnwardService,
        OutgoingService,
        OutgoingSettingsService,
        SuppressionService,
        TrackingService,
        SendingService,
        MessageTemplateService,
        { provide: SendingLimits, useValue: dependencies.sendingLimits },
        MailboxService,
        MailboxPasswordService,
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
        OutgoingRuleService,
        OutgoingRuleTestService,
        SendingPolicyService,
        ProtectionService,
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
        EmbeddedSummaries,
        ProvidedSummaries,
        { provide: SummaryThreads, useClass: SummaryThreadsProvider },
        WebhookService,
        WebhookDeliveryService,
        { provide: WebhookEndpoints, useValue: dependencies.webhooks },
        HealthService,
        { provide: Database, useValue: database },
        { provide: FeedReader, useValue: feed },
        { provide: TokenAuthenticator, useValue: authenticator },
        { provide: ErrorMapper, useValue: errors },
        { provide: MessageParser, useValue: new MessageParser(parser) },
        { provide: WorkflowUpdates, useValue: new WorkflowUpdates(temporal, logger) },
        { provide: ProcessEmailPatience, useValue: new ProcessEmailPatience(patienceMs) },
        { provide: SecretKey, useValue: secretKey },
        { provide: TrackingAccess, useValue: dependencies.tracking },
        { provide: DefaultSmartHost, useValue: dependencies.smartHost },
        { provide: DomainLookProvider, useValue: dependencies.domainLook },
        { provide: OperatorProviders, useValue: dependencies.providers },
        { provide: TEMPORAL, useValue: temporal },
        { provide: LOGGER, useValue: logger },
      ],
    };
  }
}
