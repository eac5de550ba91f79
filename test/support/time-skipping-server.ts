import { chmod, mkdir, mkdtemp, rename, rm, stat, writeFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import path from 'node:path';
import { TestWorkflowEnvironment } from '@temporalio/testing';
import { execa } from 'execa';
import { lacking } from './summary-reporter.js';

const VERSION = '1.31.0';
const FOLDER = path.join(homedir(), '.cache', 'everpost', 'temporal-test-server', VERSION);
/** What the server and its dependencies are fetched by: Maven's own client, with whatever settings it has here. */
const POM = `<project xmlns="http://maven.apache.org/POM/4.0.0">
  <modelVersion>4.0.0</modelVersion>
  <groupId>everpost.test</groupId>
  <artifactId>time-skipping-server</artifactId>
  <version>1</version>
  <packaging>pom</packaging>
  <dependencies>
    <dependency>
      <groupId>io.temporal</groupId>
      <artifactId>temporal-test-server</artifactId>
      <version>${VERSION}</version>
    </dependency>
  </dependencies>
</project>
`;
const FETCH_WITHIN_MS = 180_000;
const DOWNLOAD_WITHIN_MS = 60_000;

/**
 * A Temporal server whose clock is skipped ahead: the Java one, fetched once by Maven; where Maven or Java are missing,
 * the one that the testing package downloads.
 *
 * @returns why there is none, as a reason to skip, where neither works
 */
export async function startTimeSkipping(): Promise<TestWorkflowEnvironment | string> {
  try {
    if (await runs('java', '-version')) {
      const server = await javaServer();
      if (server !== null) {
        return await TestWorkflowEnvironment.createTimeSkipping({
          server: { executable: { type: 'existing-path', path: server } },
        });
      }
    }
    return await withinDeadline(TestWorkflowEnvironment.createTimeSkipping());
  } catch (error) {
    return `${lacking('a time-skipping Temporal server')}: ${error instanceof Error ? error.message : String(error)}`;
  }
}

/** The program that starts the Java server; null where it is not there and Maven is not either. */
async function javaServer(): Promise<string | null> {
  const program = path.join(FOLDER, 'test-server');
  if (await isThere(program)) return program;
  if (!(await runs('mvn', '-version'))) return null;
  await mkdir(path.dirname(FOLDER), { recursive: true });
  const fetched = await mkdtemp(`${FOLDER}-fetch-`);
  try {
    await writeFile(path.join(fetched, 'pom.xml'), POM);
    await execa('mvn', ['-q', '-B', 'dependency:copy-dependencies', `-DoutputDirectory=${path.join(fetched, 'lib')}`], {
      cwd: fetched,
      timeout: FETCH_WITHIN_MS,
    });
    const start = '#!/bin/sh\nexec java -cp "$(dirname "$0")/lib/*" io.temporal.testserver.TestServer "$@"\n';
    await writeFile(path.join(fetched, 'test-server'), start);
    await chmod(path.join(fetched, 'test-server'), 0o755);
    // Whole or not at all; where another test run was quicker, its copy serves.
    await rename(fetched, FOLDER).catch(async (error: unknown) => {
      if (!(await isThere(program))) throw error;
    });
    return program;
  } finally {
    await rm(fetched, { recursive: true, force: true });
  }
}

async function runs(program: string, ...args: string[]): Promise<boolean> {
  const { failed } = await execa(program, args, { reject: false, timeout: 30_000 });
  return !failed;
}

const isThere = (file: string) =>
  stat(file).then(
    () => true,
    () => false,
  );

async function withinDeadline<T>(started: Promise<T>): Promise<T> {
  const late = Promise.withResolvers<never>();
  const timer = setTimeout(() => late.reject(new Error('its download took too long')), DOWNLOAD_WITHIN_MS);
  try {
    return await Promise.race([started, late.promise]);
  } finally {
    clearTimeout(timer);
  }
}
