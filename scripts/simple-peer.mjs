/**
 * How simple-peer comes into the page: from its own source, with small stand-ins for the packages by which it asks for
 * Node's streams and buffers, and for what old browsers lack. Its prebuilt bundle holds those packages whole: a quarter
 * of all that the page loaded.
 */
import path from 'node:path';
import { root } from './lib.mjs';

const STAND_INS = path.join(root, 'src', 'transport', 'simple-peer');
const REPLACED = new Set([
  'buffer',
  'debug',
  'err-code',
  'get-browser-rtc',
  'randombytes',
  'readable-stream',
]);
const SIMPLE_PEER = /[\\/]simple-peer[\\/]index\.js$/;

/** For simple-peer alone: whoever else asks for `buffer` gets what it asks for. */
const resolver = {
  name: 'gatehouse-simple-peer-stand-ins',
  /**
   * @param {string} source
   * @param {string | undefined} importer
   */
  resolveId(source, importer) {
    if (importer === undefined || !SIMPLE_PEER.test(importer) || !REPLACED.has(source)) return null;
    return path.join(STAND_INS, `${source}.ts`);
  },
};

/** @returns {import('vite').Plugin} */
export function simplePeer() {
  return {
    ...resolver,
    enforce: 'pre',
    // The dev server bundles packages beforehand, and leaves the plugins of the page out of that.
    config: () => ({ optimizeDeps: { rolldownOptions: { plugins: [resolver] } } }),
  };
}
