import lit from 'eslint-plugin-lit';
import { defineConfig, globalIgnores } from 'eslint/config';
import tseslint from 'typescript-eslint';
import boundaries from './scripts/lint/boundaries.mjs';

const PURE = ['src/core/**/*.ts', 'src/machines/**/*.ts'];
const TESTS = ['**/*.test.ts', '**/*.contract.ts', 'e2e/**/*.ts'];

/** Everything by which the world could leak into what is pure. */
const IMPURE_GLOBALS = [
  ...['Date', 'performance', 'crypto', 'Intl'],
  ...['setTimeout', 'setInterval', 'setImmediate', 'queueMicrotask', 'requestAnimationFrame'],
  ...['window', 'document', 'navigator', 'self', 'globalThis', 'process', 'location'],
  ...['console', 'fetch', 'localStorage', 'sessionStorage', 'indexedDB', 'WebSocket'],
].map((name) => ({
  name,
  message: 'The core is pure: take it from an event, or ask by an effect.',
}));

// Its types also cover the old format, so they don't say that this one is flat.
const litRecommended = /** @type {import('eslint').Linter.Config} */ (
  lit.configs?.['flat/recommended']
);

export default defineConfig(
  globalIgnores(['dist/', '.cache/', 'node_modules/', 'test-results/', 'playwright-report/']),
  { linterOptions: { reportUnusedDisableDirectives: 'error' } },
  {
    files: ['**/*.ts', '**/*.mjs', '**/*.js'],
    extends: [tseslint.configs.strictTypeChecked],
    plugins: { gatehouse: { rules: { boundaries } } },
    languageOptions: {
      parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname },
    },
    rules: {
      'gatehouse/boundaries': 'error',
      eqeqeq: 'error',
      'no-console': 'off',
      '@typescript-eslint/switch-exhaustiveness-check': [
        'error',
        { considerDefaultExhaustiveForUnions: true },
      ],
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/consistent-type-exports': 'error',
      '@typescript-eslint/no-unused-vars': [
        'error',
        { argsIgnorePattern: '^_', varsIgnorePattern: '^_' },
      ],
      // Below: where the strict set is noise.
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true }],
      '@typescript-eslint/no-confusing-void-expression': ['error', { ignoreArrowShorthand: true }],
      '@typescript-eslint/no-unnecessary-condition': [
        'error',
        { allowConstantLoopConditions: 'only-allowed-literals' },
      ],
      // The ports are asynchronous even where an implementation is not.
      '@typescript-eslint/require-await': 'off',
    },
  },
  {
    files: PURE,
    ignores: TESTS,
    rules: {
      'no-restricted-globals': ['error', ...IMPURE_GLOBALS],
      'no-restricted-properties': [
        'error',
        { object: 'Math', property: 'random', message: 'Use the seeded generator.' },
      ],
    },
  },
  {
    // A seed must give the same run every time.
    files: ['src/sim/**/*.ts'],
    rules: {
      'no-restricted-properties': [
        'error',
        { object: 'Math', property: 'random', message: 'Use the seeded generator.' },
      ],
    },
  },
  { files: ['src/ui/**/*.ts'], extends: [litRecommended] },
  {
    files: TESTS,
    rules: {
      '@typescript-eslint/no-non-null-assertion': 'off',
      '@typescript-eslint/unbound-method': 'off',
      '@typescript-eslint/no-empty-function': 'off',
    },
  },
  {
    // JSDoc has no word for what a parsed file may hold.
    files: ['**/*.mjs', '**/*.js'],
    rules: {
      '@typescript-eslint/no-unsafe-argument': 'off',
      '@typescript-eslint/no-unsafe-assignment': 'off',
    },
  },
);
