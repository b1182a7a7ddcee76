import { readdirSync } from 'node:fs';
import path from 'node:path';
import { build } from 'vite';
import { PAGES_DIR } from './page-server.ts';

/** Bundles every page in `bench/pages` and `bench/pages/peers`; what they share is in `bench/pages/lib`. */
export async function buildPages(): Promise<void> {
  await build({
    configFile: false,
    logLevel: 'error',
    publicDir: false,
    // Of the product's own imports alone: y-webrtc names the file itself.
    resolve: { alias: [{ find: /^simple-peer$/, replacement: 'simple-peer/simplepeer.min.js' }] },
    build: {
      outDir: PAGES_DIR,
      emptyOutDir: true,
      target: 'es2022',
      modulePreload: false,
      rolldownOptions: {
        input: { ...scriptsIn('pages', ''), ...scriptsIn(path.join('pages', 'peers'), 'peers/') },
        output: { entryFileNames: '[name].js', chunkFileNames: 'shared/[name]-[hash].js' },
      },
    },
  });
}

function scriptsIn(folder: string, prefix: string): Record<string, string> {
  const dir = path.join('bench', folder);
  const files = readdirSync(dir).filter((file) => file.endsWith('.ts') && !file.endsWith('.d.ts'));
  return Object.fromEntries(
    files.map((file) => [prefix + path.basename(file, '.ts'), path.resolve(dir, file)]),
  );
}
