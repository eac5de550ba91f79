import { execFile, spawn } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { zoneValue } from '../../src/domain/domains/dns-records.js';
import { findProgram } from './program.js';

const run = promisify(execFile);
const FOLDERS = `${process.env['PATH'] ?? ''}:/usr/sbin:/sbin`;

/** Keys by the names of their records. */
export type DkimZone = Readonly<Record<string, string>>;

/** OpenDKIM's verifier asks the system's name server alone: it gets name space, loopback and dnsmasq of its own. */
const IN_NAMESPACE = `
ip link set lo up
mount --bind resolv.conf /etc/resolv.conf
dnsmasq -d -p 53 --listen-address=127.0.0.77 --bind-interfaces --no-resolv --no-hosts --local=/#/ --conf-file=zone.conf 2>dns.log &
server=$!
for _ in $(seq 100); do grep -q started dns.log && break; sleep 0.05; done
opendkim-testmsg <message
result=$?
kill $server
exit $result`;

/** Null where it is there; else the program that is missing. */
export async function lackingForOpenDkim(): Promise<string | null> {
  for (const program of ['opendkim-testmsg', 'dnsmasq', 'ip', 'unshare']) {
    if ((await findProgram(program)) === null) return program;
  }
  return run('unshare', ['-rmn', 'true']).then(
    () => null,
    () => 'a kernel that lets a user have name spaces',
  );
}

/** What opendkim-testmsg (Debian's opendkim-tools) says of a message: `ok`, or its complaint. */
export async function verifyByOpenDkim(message: Buffer, zone: DkimZone): Promise<string> {
  const folder = await mkdtemp(path.join(tmpdir(), 'everpost-opendkim-'));
  try {
    const records = Object.entries(zone).map(([name, text]) => {
      const strings = zoneValue({ type: 'TXT', text }).split('" "').join('","');
      return `txt-record=${name},${strings}\n`;
    });
    await writeFile(path.join(folder, 'zone.conf'), records.join(''));
    await writeFile(path.join(folder, 'resolv.conf'), 'nameserver 127.0.0.77\n');
    await writeFile(path.join(folder, 'message'), message);
    const env = { ...process.env, PATH: FOLDERS };
    await run('unshare', ['-rmn', 'sh', '-c', IN_NAMESPACE], { cwd: folder, env, timeout: 30_000 });
    return 'ok';
  } catch (error) {
    return error instanceof Error && 'stderr' in error ? String(error.stderr).trim() : String(error);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** Every signature of the message, in its order, by dkimpy (Debian's python3-dkim). */
const BY_DKIMPY = `
import sys, json, dkim
zone = {name: text.encode() for name, text in json.loads(sys.argv[1]).items()}
def txt(name, timeout=5):
    return zone.get((name.decode() if isinstance(name, bytes) else name).rstrip('.'))
message = sys.stdin.buffer.read()
count = sum(1 for name, _ in dkim.rfc822_parse(message)[0] if name.lower() == b'dkim-signature')
results = []
for index in range(count):
    try:
        results.append(dkim.DKIM(message).verify(idx=index, dnsfunc=txt))
    except dkim.DKIMException as error:
        results.append(str(error))
print(json.dumps(results))
`;

/** The Python that Debian's packages belong to. */
const PYTHON = '/usr/bin/python3';

export async function lackingForDkimpy(): Promise<string | null> {
  return run(PYTHON, ['-c', 'import dkim, nacl']).then(
    () => null,
    () => 'python3-dkim',
  );
}

/** True for a signature that holds. */
export async function verifyByDkimpy(message: Buffer, zone: DkimZone): Promise<unknown[]> {
  const child = spawn(PYTHON, ['-c', BY_DKIMPY, JSON.stringify(zone)], { stdio: ['pipe', 'pipe', 'inherit'] });
  child.stdin.end(message);
  let output = '';
  for await (const piece of child.stdout) output += String(piece);
  return JSON.parse(output) as unknown[];
}
