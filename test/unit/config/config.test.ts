import { describe, expect, test } from 'vitest';
import { ConfigError, readConfig } from '../../../src/config.js';

const noFile = (): string => {
  throw new Error('there is no such file');
};

function errorOf(env: NodeJS.ProcessEnv, readFile = noFile): string {
  try {
    readConfig(env, readFile);
  } catch (error) {
    expect(error).toBeInstanceOf(ConfigError);
    return (error as ConfigError).message;
  }
  throw new Error('the configuration was taken');
}

describe('a configuration', () => {
  test('is whole without any variable', () => {
    const config = readConfig({}, noFile);
    expect(config.api.port).toBe(3000);
    expect(config.smtp.port).toBe(2525);
    expect(config.temporal).toMatchObject({
      address: null,
      embeddedPort: 7233,
      embeddedUiPort: 8233,
      namespace: 'default',
    });
    expect(config.database.url).toBeNull();
    expect(config.home).toMatch(/\.everpost$/);
    expect(config.firstDomain).toBe('example.org');
  });

  test('takes an empty variable for one that is not set', () => {
    expect(readConfig({ EVERPOST_API_PORT: '', RSPAMD_URL: '' }, noFile)).toMatchObject({
      api: { port: 3000 },
      scanners: { clamd: null, rspamd: null, spamassassin: null },
    });
  });

  test('that is wrong is told in one message: every variable, what it is and what it should be', () => {
    const message = errorOf({
      EVERPOST_API_PORT: '70000',
      EVERPOST_SMTP_PORT: 'smtp',
      EVERPOST_LOG_LEVEL: 'loud',
      EVERPOST_SEARCH_BY_SENDER: 'yes',
      EVERPOST_WORKER_CONCURRENCY: '0',
      TEMPORAL_ADDRESS: 'localhost',
      DATABASE_URL: 'mysql://localhost/everpost',
      RSPAMD_URL: 'rspamd:11333',
    });
    const lines = message.split('\n').filter((line) => line.startsWith('  - '));
    expect(lines).toHaveLength(8);
    expect(message).toMatch(/EVERPOST_API_PORT is "70000": .*65535/);
    expect(message).toMatch(/EVERPOST_SMTP_PORT is "smtp": .*number/);
    expect(message).toMatch(/EVERPOST_LOG_LEVEL is "loud": .*"debug"/);
    expect(message).toMatch(/EVERPOST_SEARCH_BY_SENDER is "yes": .*"true"/);
    expect(message).toMatch(/EVERPOST_WORKER_CONCURRENCY is "0": .*1/);
    expect(message).toMatch(/TEMPORAL_ADDRESS is "localhost": must be host:port/);
    expect(message).toMatch(/DATABASE_URL is .*: must be a URL that begins with postgres:/);
    expect(message).toMatch(/RSPAMD_URL is .*: must be a URL that begins with http:/);
  });

  test('that contradicts itself is told as well', () => {
    expect(errorOf({ EVERPOST_SMTP_TLS_CERT_FILE: '/tls/cert.pem' })).toContain('EVERPOST_SMTP_TLS_KEY_FILE');
    const both = errorOf({ EVERPOST_WORKER_QUEUES: 'post', EVERPOST_API_PORT: 'abc' });
    expect(both).toMatch(/EVERPOST_WORKER_QUEUES names post/);
    expect(both).toMatch(/EVERPOST_API_PORT is "abc": must be a whole number from 0 to 65535/);
    expect(errorOf({ EVERPOST_WORKER_QUEUES: 'mail,post' })).toMatch(/EVERPOST_WORKER_QUEUES names post: .*delivery/);
  });

  test('names the scanners by host and port, by Unix socket or by URL', () => {
    const { scanners } = readConfig(
      {
        CLAMD_ADDRESS: 'unix:/run/clamav/clamd.ctl',
        SPAMD_ADDRESS: '[::1]:783',
        RSPAMD_URL: 'http://rspamd:11333',
        RSPAMD_PASSWORD_FILE: '/run/secrets/rspamd',
      },
      () => 'correct-horse\n',
    );
    expect(scanners).toEqual({
      clamd: { address: { path: '/run/clamav/clamd.ctl' } },
      rspamd: { url: 'http://rspamd:11333', password: 'correct-horse' },
      spamassassin: { address: { host: '::1', port: 783 } },
    });
    const tcp = readConfig({ CLAMD_ADDRESS: 'clamav:3310' }, noFile).scanners.clamd;
    expect(tcp).toEqual({ address: { host: 'clamav', port: 3310 } });
    const wrong = errorOf({ CLAMD_ADDRESS: 'clamav', SPAMD_ADDRESS: 'unix:spamd.sock', RSPAMD_PASSWORD: 'a b' });
    expect(wrong).toMatch(/CLAMD_ADDRESS is "clamav": must be host:port or unix:\/path/);
    expect(wrong).toMatch(/SPAMD_ADDRESS is "unix:spamd.sock": must be host:port or unix:\/path/);
    expect(wrong).toContain('RSPAMD_PASSWORD is a value that is not shown: must be visible ASCII');
    expect(wrong).toContain('RSPAMD_PASSWORD is set and RSPAMD_URL is not');
    expect(errorOf({ RSPAMD_URL: 'http://:correct-horse@rspamd:11333' })).toContain('set RSPAMD_PASSWORD in its place');
  });

  test('names every queue of a worker', () => {
    expect(readConfig({ EVERPOST_WORKER_QUEUES: 'mail, ai' }, noFile).worker.queues).toEqual(['mail', 'ai']);
  });
});

describe('a secret', () => {
  const url = 'postgres://everpost:correct-horse@db/everpost';

  test('may be given by file, whose last line break does not count', () => {
    const config = readConfig(
      { DATABASE_URL_FILE: '/run/secrets/url', EVERPOST_TOKEN_FILE: '/run/secrets/token' },
      (file) => (file.endsWith('url') ? `${url}\n` : 'token-1\n'),
    );
    expect(config.database.url).toBe(url);
    expect(config.client.token).toBe('token-1');
  });

  test('that is given twice, or in a file that cannot be read, is told with the other wrong variables', () => {
    const message = errorOf({ DATABASE_URL: url, DATABASE_URL_FILE: '/nowhere', EVERPOST_API_PORT: 'x' });
    expect(message).toContain('DATABASE_URL and DATABASE_URL_FILE are both set');
    expect(message).toContain('DATABASE_URL_FILE: cannot read /nowhere');
    expect(message).toContain('EVERPOST_API_PORT is "x"');
  });

  test('is never shown, neither from a variable nor from a file', () => {
    const wrong = 'mysql://everpost:correct-horse@db/everpost';
    expect(errorOf({ DATABASE_URL: wrong })).not.toContain('correct-horse');
    expect(errorOf({ DATABASE_URL_FILE: '/run/secrets/url' }, () => wrong)).not.toContain('correct-horse');
    expect(errorOf({ DATABASE_URL: wrong })).toContain('DATABASE_URL is a value that is not shown');
  });

  test('inside the address of another service is not shown either', () => {
    expect(errorOf({ RSPAMD_URL: 'ftp://user:correct-horse@rspamd' })).not.toContain('correct-horse');
  });

  test('takes a secret key of 32 bytes and durations, and never shows what it refuses of a secret', () => {
    const config = readConfig({ EVERPOST_SECRET_KEY: 'ab'.repeat(32), EVERPOST_ONWARD_RETRIES: '30s, 5m,1h' }, noFile);
    expect(config.secretKey).toEqual(Buffer.alloc(32, 0xab));
    expect(config.onward.retriesMs).toEqual([30_000, 300_000, 3_600_000]);
    expect(config.onward.giveUpMs).toBe(5 * 86_400_000);
    const message = errorOf({
      EVERPOST_SECRET_KEY: 'c2hvcnQ=',
      EVERPOST_FORWARD_RELAY: 'http://user:hush@relay',
      EVERPOST_ONWARD_RETRIES: '1m,soon',
    });
    expect(message).toContain('openssl rand -base64 32');
    expect(message).toMatch(/EVERPOST_ONWARD_RETRIES is "1m,soon": must be durations/);
    expect(message).not.toMatch(/c2hvcnQ|hush/);
  });
});

test('takes trusted relays as addresses and networks, and nothing else', () => {
  const relays = (text: string) => readConfig({ EVERPOST_TRUSTED_RELAYS: text }).authentication.trustedRelays;
  expect(relays('192.0.2.1, 10.0.0.0/8,2001:db8::/32')).toEqual(['192.0.2.1', '10.0.0.0/8', '2001:db8::/32']);
  for (const wrong of ['relay.example.org', '10.0.0.0/33', '10.0.0.0/', '10.0.0.1/8/8', 'fe80::1%eth0', '10.0.0.1,']) {
    expect(() => relays(wrong)).toThrow(/EVERPOST_TRUSTED_RELAYS .*must be addresses or networks/);
  }
});

test('takes trusted sealers as domains, and nothing else', () => {
  const sealers = (text: string) => readConfig({ EVERPOST_TRUSTED_SEALERS: text }).authentication.trustedSealers;
  expect(sealers('Google.com, lists.example.org')).toEqual(['google.com', 'lists.example.org']);
  for (const wrong of ['ada@example.org', '*.example.org', 'example.org,', '192.0.2.1/8']) {
    expect(() => sealers(wrong)).toThrow(/EVERPOST_TRUSTED_SEALERS .*must be domains/);
  }
});

test('knows how it shows itself to others by a public name, and what it sends from by SPF mechanisms', () => {
  const host = (env: NodeJS.ProcessEnv) => readConfig(env).sendingHost;
  expect(host({})).toEqual({ hostname: null, spf: [] });
  expect(host({ EVERPOST_SMTP_HOSTNAME: 'MX.example.org' })).toEqual({
    hostname: 'mx.example.org',
    spf: ['a:mx.example.org'],
  });
  const spf = 'ip4:192.0.2.0/24 ip6:2001:db8::1  include:_spf.example.net';
  expect(host({ EVERPOST_SPF: spf }).spf).toEqual(['ip4:192.0.2.0/24', 'ip6:2001:db8::1', 'include:_spf.example.net']);
  for (const wrong of ['v=spf1 mx', '+all', 'ip4:192.0.2.1;', 'include:a b', 'redirect=example.org']) {
    expect(() => host({ EVERPOST_SPF: wrong })).toThrow(/EVERPOST_SPF .*must be SPF mechanisms/);
  }
});

test('takes a smart host for outgoing mail, by file too, and never shows its password', () => {
  const given = (text: string) =>
    readConfig({ EVERPOST_SMARTHOST_FILE: '/run/secrets/smarthost' }, () => text).transport;
  expect(given('smtps://us:hush@relay.example\n').smartHost).toBe('smtps://us:hush@relay.example');
  expect(readConfig({}).transport).toMatchObject({
    smartHost: null,
    privateNetworks: false,
    concurrency: 20,
    port: 25,
  });
  expect(() => given('smtp://us:hu%sh@relay.example')).toThrow(/EVERPOST_SMARTHOST .*write it as %25/);
  expect(() => given('smtp://us@relay.example')).toThrow(/EVERPOST_SMARTHOST .*both a user and a password/);
  for (const wrong of ['http://us:hush@relay.example', 'smtp:hush', 'hush', 'smtp://us:%hush@relay.example']) {
    expect(() => given(wrong)).toThrow(/EVERPOST_SMARTHOST/);
    expect(() => given(wrong)).not.toThrow(/hush/);
  }
});
