/** How long a process may take for its own graceful end once its parent is gone. */
const GRACE_MS = 15_000;

interface ParentWatch {
  /** EVERPOST_PARENT_PIPE: standard input is a pipe that the local stack holds open as long as it lives. */
  enabled: boolean;
  /** What ends this process gracefully; by default a SIGTERM to itself, which its own handler takes. */
  onGone?: () => void;
}

/**
 * Ends this process when the stack that started it is gone, also by kill -9: the kernel closes the pipe then.
 *
 * Started by hand or by a container it does nothing. Call it once, after the handler of SIGTERM is in place.
 */
export function watchParent({ enabled, onGone = () => process.kill(process.pid, 'SIGTERM') }: ParentWatch): void {
  if (!enabled) return;
  let gone = false;
  const end = () => {
    if (gone) return;
    gone = true;
    setTimeout(() => process.exit(1), GRACE_MS).unref();
    onGone();
  };
  process.stdin.once('end', end).once('close', end).once('error', end).resume();
  // The watch must not be what keeps a process alive that has nothing left to do.
  if ('unref' in process.stdin && typeof process.stdin.unref === 'function') process.stdin.unref();
}
