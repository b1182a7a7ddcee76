import { defineConfig, type Plugin, type PreviewServer, type ViteDevServer } from 'vite';
import { simplePeer } from './scripts/simple-peer.mjs';
import { configMiddleware } from './signaling/http.ts';
import { attachSignaling } from './signaling/server.ts';
import { readSettings } from './signaling/settings.ts';

/** Signaling and `/config.json` on the port of the dev and preview servers, as in production. */
function signaling(): Plugin {
  return {
    name: 'gatehouse-signaling',
    configureServer: attach,
    configurePreviewServer: attach,
  };
}

function attach({ httpServer, middlewares }: ViteDevServer | PreviewServer): void {
  const { iceServers, ...settings } = readSettings(process.env);
  middlewares.use(configMiddleware(iceServers));
  if (httpServer === null) return; // Vite as a part of another server
  // Vite's own sockets share the port, so upgrades on other paths are left alone.
  attachSignaling(httpServer, { ...settings, otherPaths: 'ignore' });
}

/** What the page loads first is one file: cut where later views share a part of it, it would compress worse. */
const PAGE = { codeSplitting: { groups: [{ name: 'first', tags: ['$initial' as const] }] } };

export default defineConfig(({ isSsrBuild }) => ({
  plugins: [signaling(), simplePeer()],
  server: { port: Number(process.env['PORT'] ?? 8080) },
  // The server is one file that needs no node_modules, but for two optional native helpers of ws.
  ssr: { noExternal: true, external: ['bufferutil', 'utf-8-validate'] },
  build: {
    target: 'es2022',
    outDir: isSsrBuild === true ? 'dist/server' : 'dist/client',
    emptyOutDir: true,
    sourcemap: isSsrBuild !== true,
    // One file has nothing to preload, and later views are fetched without hints by old browsers.
    modulePreload: { polyfill: false },
    ...(isSsrBuild === true ? { copyPublicDir: false } : { rolldownOptions: { output: PAGE } }),
  },
}));
