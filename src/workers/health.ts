import { createServer, type Server } from 'node:http';

/** /healthz on loopback: 200 where all workers run. */
export async function serveHealth(port: number, states: () => Record<string, string>): Promise<Server> {
  const server = createServer((request, response) => {
    const workers = states();
    const healthy = Object.values(workers).length > 0 && Object.values(workers).every((state) => state === 'RUNNING');
    response.writeHead(request.url === '/healthz' ? (healthy ? 200 : 503) : 404, {
      'content-type': 'application/json',
    });
    response.end(JSON.stringify({ status: healthy ? 'ok' : 'unavailable', workers }));
  });
  await new Promise<void>((resolve, reject) => server.once('error', reject).listen(port, '127.0.0.1', resolve));
  return server;
}

export function portOf(server: Server): number {
  const address = server.address();
  return typeof address === 'object' && address !== null ? address.port : 0;
}
