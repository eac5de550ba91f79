import { existsSync } from 'node:fs';
import { mkdtemp, readdir, readFile, rm, stat } from 'node:fs/promises';
import { createServer as createHttpServer } from 'node:http';
import { createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { execa } from 'execa';
import { afterEach, beforeAll, describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { lacking } from '../support/summary-reporter.js';

const ROOT = path.resolve(import.meta.dirname, '../..');

interface ComposeService {
  image: string;
  user?: string;
  command?: string[];
  entrypoint?: string[];
  restart?: string;
  read_only?: boolean;
  cap_drop?: string[];
  security_opt?: string[];
  container_name?: string;
  profiles?: string[];
  networks?: string[];
  ports?: string[];
  secrets?: string[];
  volumes?: string[];
  depends_on?: Record<string, { condition: string }>;
  environment?: Record<string, string>;
  healthcheck?: { test?: string[]; disable?: boolean };
  deploy?: { resources?: { limits?: { cpus?: string; memory?: string } } };
}

interface ComposeFile {
  services: Record<string, ComposeService>;
  secrets: Record<string, { file: string }>;
}

let compose: ComposeFile;
let dockerfile: string;
beforeAll(async () => {
  compose = parse(await readFile(path.join(ROOT, 'docker-compose.yml'), 'utf8'), { merge: true }) as ComposeFile;
  dockerfile = await readFile(path.join(ROOT, 'Dockerfile'), 'utf8');
});

const services = () => Object.entries(compose.services);
const ours = () => services().filter(([, { image }]) => image.startsWith('everpost:'));
/** Services that others wait for to have ended. */
const once = () =>
  new Set(
    services().flatMap(([, { depends_on }]) =>
      Object.entries(depends_on ?? {})
        .filter(([, { condition }]) => condition === 'service_completed_successfully')
        .map(([name]) => name),
    ),
  );

describe('docker-compose.yml', () => {
  test('is taken by docker-compose as it stands', async (context) => {
    const result = await execa('docker-compose', ['--profile', 'scanners', 'config'], { cwd: ROOT, reject: false });
    if (result.code === 'ENOENT') return context.skip(lacking('docker-compose'));
    expect(result.stderr).toBe('');
    expect(result.exitCode).toBe(0);
    const resolved = parse(result.stdout) as ComposeFile;
    expect(Object.keys(resolved.services).toSorted()).toEqual(Object.keys(compose.services).toSorted());
    for (const [name, service] of Object.entries(resolved.services)) {
      expect(service.restart, `restart of ${name}`).toBe(once().has(name) ? 'on-failure' : 'unless-stopped');
    }
  });

  test('has every part of the platform', () => {
    expect(Object.keys(compose.services)).toEqual(
      expect.arrayContaining(['postgres', 'temporal', 'temporal-ui', 'migrate', 'api', 'worker', 'ingress']),
    );
  });

  test('limits what each service may use', () => {
    for (const [name, service] of services()) {
      const limits = service.deploy?.resources?.limits;
      expect(Number(limits?.cpus), `cpus of ${name}`).toBeGreaterThan(0);
      expect(limits?.memory, `memory of ${name}`).toMatch(/^\d+[MG]$/);
    }
  });

  test('asks each service for its health, or for its exit code where it runs once', () => {
    for (const [name, service] of services()) {
      if (once().has(name)) expect(service.healthcheck, name).toEqual({ disable: true });
      else expect(service.healthcheck?.test?.[0], name).toBe('CMD');
    }
  });

  test('runs nothing as root and takes every privilege away', () => {
    for (const [name, service] of services()) {
      expect(service.user, `user of ${name}`).toMatch(/^[1-9]\d*:[1-9]\d*$/);
      expect(service.cap_drop, name).toEqual(['ALL']);
      expect(service.security_opt, name).toEqual(['no-new-privileges:true']);
      // Temporal's image writes its configuration when it starts.
      expect(service.read_only ?? false, `read_only of ${name}`).toBe(name !== 'temporal');
    }
    expect(dockerfile).toContain(`USER ${compose.services['api']?.user}`);
  });

  test('starts files that the build has made and the image holds', () => {
    expect(ours().map(([name]) => name)).toEqual(['migrate', 'api', 'worker', 'ingress']);
    for (const [name, { command, healthcheck }] of ours()) {
      const files = [command, healthcheck?.test].flatMap(
        (words) => words?.filter((word) => /\.m?js$/.test(word)) ?? [],
      );
      expect(files.length, name).toBeGreaterThan(0);
      for (const file of files) expect(existsSync(path.join(ROOT, file)), `${file} of ${name}`).toBe(true);
    }
    const copied = [...dockerfile.matchAll(/^COPY (?:--from=\S+ )?(.+) \S+$/gm)].flatMap(([, files]) =>
      files!.split(' '),
    );
    expect(copied).toEqual(expect.arrayContaining(['migrations', 'samples', 'deploy/healthcheck.mjs', '/app/dist']));
  });

  test('starts scanners only where they are asked for, out of reach of the database', () => {
    for (const name of ['clamav', 'rspamd']) {
      const { profiles, networks, ports, secrets } = compose.services[name]!;
      expect(profiles, name).toEqual(['scanners']);
      expect(networks, name).toEqual(['scanners']);
      expect([ports, secrets], name).toEqual([undefined, undefined]);
    }
    expect(compose.services['worker']?.networks).toContain('scanners');
    expect(services().filter(([, { profiles }]) => profiles !== undefined)).toHaveLength(2);
  });

  test('lets workers scale: no fixed name and no port of the host', () => {
    const worker = compose.services['worker'];
    expect(worker?.container_name).toBeUndefined();
    expect(worker?.ports).toBeUndefined();
    expect(worker?.volumes).toBeUndefined();
  });

  test('mounts files that are there', () => {
    const mounted = services().flatMap(([, { volumes, entrypoint }]) => {
      const folders = (volumes ?? []).filter((volume) => volume.startsWith('./')).map((volume) => volume.split(':'));
      const scripts = (entrypoint ?? []).filter((word) => word.startsWith('/deploy/'));
      return folders.flatMap(([from = '', to = '']) => [from, ...scripts.map((script) => script.replace(to, from))]);
    });
    expect(mounted).toContain('./deploy/temporal/server.sh');
    for (const file of mounted) expect(existsSync(path.join(ROOT, file)), file).toBe(true);
  });
});

describe('secrets', () => {
  test('come from files, never from the environment', () => {
    for (const [name, { environment, secrets }] of services()) {
      const words = Object.keys(environment ?? {}).filter((word) =>
        /PASSWORD|PWD|TOKEN(?!S)|API_KEY|DATABASE_URL/.test(word),
      );
      expect(
        words.every((word) => word.endsWith('_FILE')),
        `${name}: ${words.join(', ')}`,
      ).toBe(true);
      for (const secret of secrets ?? []) expect(compose.secrets, name).toHaveProperty(secret);
    }
  });

  test('are made once, closed to others on the host and readable in the container', async () => {
    const folder = await mkdtemp(path.join(tmpdir(), 'everpost-secrets-'));
    try {
      const script = path.join(ROOT, 'deploy/make-secrets.sh');
      await execa(script, [folder]);
      const files = (await readdir(folder)).toSorted();
      expect(files).toEqual(Object.keys(compose.secrets).toSorted());
      const read = () => Promise.all(files.map((file) => readFile(path.join(folder, file), 'utf8')));
      const made = await read();
      expect(new Set(made).size).toBe(files.length);
      expect((await stat(folder)).mode & 0o777).toBe(0o700);
      for (const file of files) expect((await stat(path.join(folder, file))).mode & 0o777, file).toBe(0o444);
      await execa(script, [folder]);
      expect(await read()).toEqual(made);
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  });

  test('have an example each, and nothing else is in the repository', async () => {
    const { stdout } = await execa('git', ['ls-files', '-co', '--exclude-standard', 'deploy/secrets'], { cwd: ROOT });
    const examples = Object.keys(compose.secrets).map((name) => `deploy/secrets/${name}.example`);
    expect(stdout.split('\n').toSorted()).toEqual(examples.toSorted());
  });
});

describe('deploy/healthcheck.mjs', () => {
  const servers: Server[] = [];
  afterEach(() => servers.splice(0).forEach((server) => server.close()));

  async function listen(server: Server): Promise<number> {
    servers.push(server);
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const address = server.address();
    return typeof address === 'object' && address !== null ? address.port : 0;
  }

  const check = async (url: string) =>
    (await execa(process.execPath, ['deploy/healthcheck.mjs', url], { cwd: ROOT, reject: false })).exitCode;

  test.each([
    [200, 0],
    [503, 1],
  ])('takes an HTTP answer %i as exit code %i', async (status, exitCode) => {
    const port = await listen(createHttpServer((_request, response) => response.writeHead(status).end()));
    expect(await check(`http://127.0.0.1:${port}/healthz`)).toBe(exitCode);
  });

  test.each([
    ['220 mail.example ESMTP', 0],
    ['554 5.3.2 no service', 1],
  ])('takes the SMTP greeting %j as exit code %i', async (greeting, exitCode) => {
    const port = await listen(
      createServer((socket) => {
        socket.on('error', () => undefined); // the check closes as soon as it knows
        socket.write(`${greeting}\r\n`);
        socket.on('data', () => socket.end());
      }),
    );
    expect(await check(`smtp://127.0.0.1:${port}`)).toBe(exitCode);
  });

  test('fails where nothing listens', async () => {
    expect(await check('smtp://127.0.0.1:1')).toBe(1);
    expect(await check('http://127.0.0.1:1/healthz')).toBe(1);
  });
});
