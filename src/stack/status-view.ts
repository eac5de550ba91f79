import pc from 'picocolors';
import type { ServiceStatus, StackStatus } from './status.js';

/** The status as a table for a person. */
export function renderStatus(status: StackStatus): string {
  if (!status.running) return `Everpost is not running on ${status.home}. Start it with: npm start`;
  if (status.services.length === 0) return `Everpost is beginning to start on ${status.home} (process ${status.pid}).`;
  const rows = [['service', 'state', 'pid', 'port', 'uptime', 'restarts', 'memory'], ...status.services.map(rowOf)];
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  const lines = rows.map((row, index) => {
    const cells = row.map((cell, column) => cell.padEnd(widths[column] ?? 0));
    const healthy = status.services[index - 1]?.healthy;
    if (healthy === undefined) return pc.bold(cells.join('  '));
    return (healthy ? pc.green : pc.red)(cells.join('  '));
  });
  const troubles = status.services
    .filter(({ healthy }) => !healthy)
    .map(({ name, detail }) => `${name}: ${detail ?? 'not ready'}`);
  const head = `Everpost, profile ${status.profile}, process ${status.pid}, home ${status.home}`;
  return [head, '', ...lines, ...(troubles.length > 0 ? ['', ...troubles] : [])]
    .map((line) => line.trimEnd())
    .join('\n');
}

function rowOf(service: ServiceStatus): string[] {
  return [
    service.name,
    service.state,
    String(service.pid ?? '-'),
    service.ports.join(',') || '-',
    service.uptimeSeconds === null ? '-' : duration(service.uptimeSeconds),
    String(service.restarts),
    service.memoryBytes === null ? '-' : `${Math.round(service.memoryBytes / 1_048_576)} MB`,
  ];
}

export function duration(seconds: number): string {
  const [days, hours, minutes] = [
    Math.floor(seconds / 86_400),
    Math.floor(seconds / 3_600) % 24,
    Math.floor(seconds / 60) % 60,
  ];
  if (days > 0) return `${days}d ${hours}h`;
  if (hours > 0) return `${hours}h ${minutes}m`;
  return minutes > 0 ? `${minutes}m ${seconds % 60}s` : `${seconds}s`;
}
