import { existsSync } from 'node:fs';

/**
 * Under vitest the threads run the sources: Node strips the types itself, and this hook finds `x.ts` where an import
 * says `x.js`. Built code never needs it.
 */
const SOURCE_HOOK = `data:text/javascript,${encodeURIComponent(`
  import { registerHooks } from 'node:module';
  registerHooks({
    resolve(specifier, context, next) {
      try {
        return next(specifier, context);
      } catch (error) {
        if (!specifier.startsWith('.') || !specifier.endsWith('.js')) throw error;
        return next(specifier.slice(0, -3) + '.ts', context);
      }
    },
  });
`)}`;

/** The program of a thread, `built` where there is one, else the source beside it. */
export function threadProgram(built: URL): URL {
  return existsSync(built) ? built : new URL(built.href.replace(/\.js$/, '.ts'));
}

/** What Node has to be told to run it. */
export function threadArguments(program: URL): string[] {
  return program.pathname.endsWith('.ts') ? ['--import', SOURCE_HOOK] : [];
}
