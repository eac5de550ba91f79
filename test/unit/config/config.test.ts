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
      rspamdUrl: null,
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
});
