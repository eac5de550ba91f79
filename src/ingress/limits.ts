/** What the intake allows. Sizes in bytes, times in milliseconds. */
export interface IntakeLimits {
  messageBytes: number;
  /** A header section that has not ended by then never will. */
  headerBytes: number;
  recipients: number;
  connections: number;
  connectionsPerAddress: number;
  messagesPerMinutePerAddress: number;
  /** Small messages are kept in memory up to this sum over all connections; beyond it they are spooled. */
  memoryBytes: number;
  /** Without a byte from the client; at least 5 minutes by RFC 5321 4.5.3.2.7. */
  idleMs: number;
  /** Without a mail transaction moving on, whatever else the client sends. */
  withoutMailMs: number;
  /** For one DATA phase, however the bytes come. */
  dataMs: number;
  /** A DATA phase may be slower than the least rate for so long. */
  slowStartMs: number;
  bytesPerSecond: number;
}

export const DEFAULT_LIMITS = {
  messageBytes: 50 * 1024 * 1024,
  headerBytes: 512 * 1024,
  recipients: 100,
  connections: 500,
  connectionsPerAddress: 50,
  messagesPerMinutePerAddress: 60_000,
  memoryBytes: 64 * 1024 * 1024,
  idleMs: 5 * 60_000,
  withoutMailMs: 15 * 60_000,
  dataMs: 30 * 60_000,
  slowStartMs: 60_000,
  bytesPerSecond: 512,
} satisfies IntakeLimits;
