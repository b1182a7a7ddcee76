/**
 * The lint rule `gatehouse/boundaries`: who may import whom. Imports point inward, so that the core
 * can be read, tested and used without anything around it.
 */
import path from 'node:path';
import { root } from '../lib.mjs';

/**
 * A zone is a folder and what its files may import from the repository: paths relative to the root,
 * where a trailing slash means everything below. The first zone that holds a file counts. `pure`
 * zones import no package at all; `node` zones may import Node's modules.
 * @typedef {{ folder: string, may: string[], pure?: boolean, node?: boolean }} Zone
 */

/** @type {Zone[]} */
const ZONES = [
  { folder: 'src/core/', may: ['src/core/'], pure: true },
  { folder: 'src/machines/', may: ['src/core/', 'src/machines/'], pure: true },
  // The clock is a port like the others, and an adapter that waits is given one; so is the keychain.
  {
    folder: 'src/transport/',
    may: ['src/core/', 'src/transport/', 'src/runtime/clock.ts', 'signaling/protocol.ts'],
  },
  {
    folder: 'src/storage/',
    may: [
      'src/core/',
      'src/storage/',
      'src/runtime/clock.ts',
      'src/runtime/keychain.ts',
      'src/runtime/visitor/messages.ts',
    ],
  },
  {
    folder: 'src/runtime/',
    may: [
      'src/core/',
      'src/machines/',
      'src/runtime/',
      'src/transport/transport.ts',
      'src/transport/visitors.ts',
      'src/storage/storage.ts',
    ],
  },
  {
    folder: 'src/sim/',
    may: [
      'src/core/',
      'src/machines/',
      'src/runtime/',
      'src/storage/',
      'src/transport/',
      'src/sim/',
    ],
    node: true,
  },
  // Whole parks in virtual time, for a table in the page.
  {
    folder: 'src/comparison/',
    may: [
      'src/comparison/',
      'src/core/',
      'src/machines/',
      'src/runtime/',
      'src/storage/',
      'src/transport/',
    ],
  },
  // Fires at every boundary there is.
  { folder: 'src/fuzz/', may: ['src/', 'signaling/'], node: true },
  // The console, with the names that it makes and takes, the address and the file of a trace are what a person has of nodes.
  {
    folder: 'src/ui/',
    may: [
      'src/ui/',
      'src/core/',
      'src/runtime/gatehouse.ts',
      'src/runtime/trace.ts',
      'src/runtime/trace-file.ts',
      'src/runtime/address.ts',
      'src/runtime/typed-name.ts',
      'src/runtime/visitor-tag.ts',
      'src/comparison/row.ts',
    ],
  },
  // The composition root.
  { folder: 'src/', may: ['src/'] },
  // The page checks what the server says by the same decoders as all else that comes in.
  { folder: 'signaling/', may: ['signaling/', 'src/core/decoder.ts'], node: true },
];

/** Packages that one place wraps, so that nothing else depends on their quirks. */
const WRAPPED = [
  { package: /^simple-peer$/, only: /^src\/transport\/webrtc[^/]*\.ts$/ },
  { package: /^idb-keyval$/, only: /^src\/storage\/indexeddb[^/]*\.ts$/ },
  { package: /^(lit|lit-html|lit-element|@lit\/|@tanstack\/lit-)/, only: /^src\/ui\// },
];

/**
 * Why a file may not import something, or undefined if it may.
 * @param {string} file relative to the repository, with forward slashes
 * @param {string} source the specifier as written
 * @returns {string | undefined}
 */
export function refusal(file, source) {
  const isTest = /\.(test|contract)\.ts$/.test(file);
  const zone = ZONES.find(({ folder }) => file.startsWith(folder));
  if (source.startsWith('.')) {
    const bare = source.replace(/\?.*$/, ''); // Vite's ?worker, ?url and the like
    if (!/\.(ts|mjs|js|css|json|svg)$/.test(bare)) return 'Relative imports carry their extension.';
    const target = path.posix.join(path.posix.dirname(file), bare);
    if (zone === undefined || mayImport(zone, target)) return undefined;
    // Outside of what is pure, a test may set up what the file it tests may not.
    if (isTest && zone.pure !== true) return undefined;
    return `${zone.folder} may not import ${target}: see scripts/lint/boundaries.mjs.`;
  }
  const wrapped = WRAPPED.find((entry) => entry.package.test(source));
  if (wrapped !== undefined && zone !== undefined && !wrapped.only.test(file)) {
    return `Only ${wrapped.only.source} may import ${source}.`;
  }
  if (zone === undefined || isTest) return undefined;
  if (zone.pure === true) return `${zone.folder} is pure and imports no package.`;
  if (source.startsWith('node:') && zone.node !== true) {
    return `${zone.folder} runs in a browser, which has no ${source}.`;
  }
  return undefined;
}

/**
 * @param {Zone} zone
 * @param {string} target
 */
function mayImport(zone, target) {
  return zone.may.some((entry) =>
    entry.endsWith('/') ? target.startsWith(entry) : target === entry,
  );
}

/** @type {import('eslint').Rule.RuleModule} */
const boundaries = {
  meta: {
    type: 'problem',
    docs: { description: 'Imports point inward.' },
    messages: { refused: '{{ reason }}' },
    schema: [],
  },
  create(context) {
    const file = path.relative(root, context.filename).split(path.sep).join('/');
    /** @param {import('estree').Node | null | undefined} source */
    const check = (source) => {
      if (source?.type !== 'Literal' || typeof source.value !== 'string') return;
      const reason = refusal(file, source.value);
      if (reason !== undefined)
        context.report({ node: source, messageId: 'refused', data: { reason } });
    };
    return {
      ImportDeclaration: (node) => check(node.source),
      ExportNamedDeclaration: (node) => check(node.source),
      ExportAllDeclaration: (node) => check(node.source),
      ImportExpression: (node) => check(node.source),
      // A type named in place: `import('./x.ts').X`.
      TSImportType: (/** @type {{ source?: import('estree').Node }} */ node) => check(node.source),
    };
  },
};

export default boundaries;
