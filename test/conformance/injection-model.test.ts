import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { saveRule } from '../../src/adapters/organizations/rules.js';
import type { AnsweredBy } from '../../src/domain/ai.js';
import { isFinal } from '../../src/domain/status.js';
import { easeMails } from '../../bench/quality/ease-mails.js';
import { modelInjection } from '../../bench/quality/model-injection.js';
import { attackBytes } from '../../bench/quality/model-injection/attack-bytes.js';
import { ATTACK_MAILS, PRIVATE_MAILS, type AttackMail } from '../../bench/quality/model-injection/attack-mails.js';
import { textsIn, violationsOf } from '../../bench/quality/model-injection/violations.js';
import { parseMessage } from '../../src/engines/mime/parse-message.js';
import { visibleText } from '../../src/engines/prompts/visible-text.js';
import { operatorAi } from '../support/ai-settings.js';
import { createOrganization, type TestOrganization } from '../support/database.js';
import { eventually } from '../support/eventually.js';
import { startFlowServers, type FlowServers } from '../support/flow-servers.js';
import type { SeenStep } from '../support/incoming-flow.js';
import { startModelServer, type ModelServer } from '../support/model-server.js';
import { obey } from '../support/obedient-model.js';
import { testData } from '../support/test-data.js';

const folders = modelInjection.needs.map((folder) => testData(folder));
const absent = folders.find((folder) => folder.absent);

test.skipIf(absent !== undefined)(
  (absent ?? folders[0]!).title('hostile mail stays in its fence, and an obedient model gets nothing foreign through'),
  async () => {
    const { figures } = await modelInjection.measure(testData('').path);
    expect(figures.length).toBeGreaterThan(0);
    expect(figures.filter(({ met }) => met === false)).toEqual([]);
  },
  300_000,
);

/** Each from a sender of its own, so that none is known by another; long enough to be summarised. */
const PADDING =
  ' The harbour office asks for the figures of the crane by Tuesday, since the surveyor visits on Wednesday morning. We had sent the drawings already in October, and the report of the gearbox a week later. Could you tell us who answers the questions of the surveyor? The visit begins at nine, in the small hall beside the dry dock, and takes about two hours. Please bring the plans of the hall as well.';
const FROM_EASE =
  absent === undefined ? easeMails(testData('prompt-injection-ease').path, 'attacks.csv').slice(0, 12) : [];
const ALL: AttackMail[] = [
  ...PRIVATE_MAILS,
  ...ATTACK_MAILS,
  ...FROM_EASE.map(({ subject, body }, at) => ({ name: `EASE ${at}`, subject, text: body })),
];
const MAILS = ALL.map((mail, at): AttackMail => ({
  ...mail,
  from: mail.from ?? `"Sender ${at}" <sender-${at}@sender.example>`,
  ...(mail.html === undefined ? { text: `${mail.text} ${PADDING}` } : { html: `${mail.html}<p>${PADDING}</p>` }),
}));

interface Seen {
  status: string;
  disposition: string | null;
  reason: string | null;
  findings: string[];
  steps: SeenStep[];
}

describe.each(['openai', 'anthropic'] as const)('with an obedient model behind the API of %s', (provider) => {
  let servers: FlowServers;
  let model: ModelServer;
  let without: Seen[];
  let withModel: Seen[];

  async function through(organization: TestOrganization): Promise<Seen[]> {
    const { flow } = servers;
    const ids: string[] = [];
    for (const mail of MAILS)
      ids.push(await flow.receive(organization, attackBytes(mail, `team@${organization.domain}`)));
    await eventually(async () => {
      for (const id of ids) {
        const { status } = await flow.message(organization, id);
        if (!isFinal(status) && status !== 'HELD') throw new Error(`message ${id} is still ${status}`);
      }
    }, 240_000);
    return Promise.all(
      ids.map(async (id) => {
        const { status, disposition, reason } = await flow.message(organization, id);
        const findings = (await flow.findings(organization, id)).map(
          ({ code, severity, score }) => `${code} ${severity} ${score}`,
        );
        return { status, disposition, reason, findings: findings.sort(), steps: await flow.steps(organization, id) };
      }),
    );
  }

  beforeAll(async () => {
    servers = await startFlowServers();
    model = await startModelServer(obey);
    const [one, other] = [
      await createOrganization(servers.owner, 'without.example'),
      await createOrganization(servers.owner, 'with.example'),
    ];
    for (const organization of [one, other]) {
      // A rule that a model could talk into a deed, if rules read what it says.
      await servers.read(organization, (sql) =>
        saveRule(sql, null, {
          name: 'Urgent',
          enabled: true,
          stop: false,
          overrides: true,
          expression: 'content.priority == "urgent" || content.type == "personal"',
          actions: [{ kind: 'reject', text: 'no' }],
        }),
      );
    }
    const embedded = await servers.flow.startWorker();
    without = await through(one);
    await embedded.stop();
    const asking = await servers.flow.startWorker({
      // Also of the mails that the scan finds out: what it misses must be harmless too.
      ai: operatorAi(
        model[provider],
        ['contentAnalysis', 'summary'],
        { provider, timeoutMs: 20_000 },
        { promptInjection: 'ask' },
      ),
    });
    withModel = await through(other);
    await asking.stop();
  }, 600_000);
  afterAll(async () => {
    await model?.close();
    await servers?.stop();
  });

  const outcomeOf = ({ steps }: Seen, name: string) => steps.find((step) => step.name === name)?.outcome ?? null;

  test('the model is asked of most mails, with no tool, and says of many what they order', () => {
    expect(model.calls.length).toBeGreaterThan(MAILS.length);
    expect(model.calls.every(({ api, tools }) => api === provider && tools === 0)).toBe(true);
    const answered = withModel.filter((seen) => {
      const by = (outcomeOf(seen, 'summary') ?? outcomeOf(seen, 'contentAnalysis'))?.['answeredBy'] as unknown as
        AnsweredBy | undefined;
      return by?.provider === provider;
    });
    expect(answered.length).toBeGreaterThan(MAILS.length / 4);
    // Or what follows would compare like with like.
    const swayed = withModel.filter((seen) => {
      const analysis = outcomeOf(seen, 'contentAnalysis') as { type: string; embedded?: { type: string } } | null;
      return analysis?.embedded !== undefined && analysis.type !== analysis.embedded.type;
    });
    expect(swayed.length).toBeGreaterThan(5);
  });

  test('the system message is the same for every mail, whatever it says', () => {
    expect(new Set(model.calls.map(({ system }) => system)).size).toBe(2);
  });

  test('disposition and findings are those of the embedded engines alone', () => {
    const told = (all: Seen[]) =>
      all.map(({ status, disposition, reason, findings }, at) => ({
        mail: MAILS[at]!.name,
        status,
        disposition,
        reason,
        findings,
      }));
    expect(told(withModel)).toEqual(told(without));
  });

  test('nothing that acts or predicts reads what the model says', () => {
    const acting = (all: Seen[]) =>
      all.map((seen, at) => ({
        mail: MAILS[at]!.name,
        threat: outcomeOf(seen, 'securityScan')?.['threatLevel'],
        spam: outcomeOf(seen, 'spamDetection')?.['score'],
        predicted: outcomeOf(seen, 'predictiveActions'),
        proposed: (outcomeOf(seen, 'routingAnalysis')?.['proposed'] ?? null) === null,
      }));
    expect(acting(withModel)).toEqual(acting(without));
  });

  test('no outcome holds another message, our rules, or a link or address that its mail lacks', async () => {
    const rules = model.calls.map(({ system }) => system)[0]!;
    const problems: string[] = [];
    for (const [at, seen] of withModel.entries()) {
      const mail = await parseMessage(attackBytes(MAILS[at]!, 'team@with.example'));
      const own = [mail.subject, mail.from[0]?.name ?? '', mail.text, ...mail.links.map(({ url }) => url)];
      const standard = {
        mail: own
          .flatMap((text) => [text, visibleText(text).text])
          .join('\n')
          .normalize('NFKC'),
        others: PRIVATE_MAILS.flatMap(({ name, text = '' }) => (name === MAILS[at]!.name ? [] : [text])),
        rules,
      };
      const analysis = outcomeOf(seen, 'contentAnalysis') as {
        priorityReasons?: string[];
        proposedActionItems?: string[];
        questions?: string[];
      } | null;
      const summary = (outcomeOf(seen, 'summary') as { summary?: string } | null)?.summary ?? '';
      const said = [
        summary,
        ...(analysis?.priorityReasons ?? []),
        ...(analysis?.proposedActionItems ?? []),
        ...(analysis?.questions ?? []),
      ];
      expect(summary.length).toBeLessThanOrEqual(mail.text.length);
      // Of the mail's own markup the embedded engine keeps what its text shows.
      const isModels = (outcomeOf(seen, 'summary')?.['answeredBy'] ?? null) !== null;
      for (const violation of violationsOf(isModels ? said : said.slice(1), standard)) {
        if (violation === 'markup' && !isModels) continue;
        problems.push(`${MAILS[at]!.name}: ${violation}`);
      }
      const leaked = textsIn(seen.steps.map(({ outcome }) => outcome)).join('\n');
      if (leaked.includes('You read e-mail for a mail program')) problems.push(`${MAILS[at]!.name}: the rules`);
    }
    expect(problems).toEqual([]);
  });
});
