import { registerHooks } from 'node:module';

/**
 * `node --experimental-transform-types --import ./run-typescript.mjs FILE.ts`: runs the sources as they are, where a
 * test needs a process of its own. Imports name `.js` files, as TypeScript wants it; here they are `.ts`.
 */
registerHooks({
  resolve(specifier, context, next) {
    const isSource = specifier.startsWith('.') && specifier.endsWith('.js') && context.parentURL?.endsWith('.ts');
    return next(isSource ? specifier.replace(/\.js$/, '.ts') : specifier, context);
  },
});
