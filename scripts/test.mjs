/**
 * `npm test`: everything that must pass, on two cores. Lint, which has one core busy, runs beside
 * what needs no more than the other; nothing runs beside the tests in real tabs, whose time-outs a
 * busy machine would meet. A step that fails does not stop the others. The last line counts the
 * tests; a step that failed without naming a test (types, lint, a build) counts as one failure, so
 * that the line never looks better than the exit status.
 */
import { mkdirSync, readFileSync, rmSync } from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import { build } from './build.mjs';
import { runE2e } from './e2e.mjs';
import { failuresOfPlaywright, failuresOfVitest } from './failures.mjs';
import { ensureBrowser } from './find-browser.mjs';
import { root, runAside, runModule } from './lib.mjs';
import { setup } from './setup.mjs';

/** @typedef {{ passed: number, failed: number, failures?: string[] }} Count */
/** @typedef {{ name: string, go: () => Promise<Count> }} Step */

const results = path.join(root, '.cache', 'results');

/** @type {Step} */
const unit = { name: 'unit tests', go: () => vitest('unit') };

/** @type {Step} */
const lint = {
  name: 'lint',
  go: () => check('eslint/bin/eslint.js', ['.', '--max-warnings', '0']),
};

/** @type {Step[]} */
const besideLint = [
  { name: 'browser tests', go: () => vitest('browser') },
  { name: 'build', go: buildStep },
  { name: 'types', go: () => check('typescript/bin/tsc', ['-b']) },
  { name: 'format', go: () => check('prettier/bin/prettier.cjs', ['--check', '.']) },
];

/**
 * Mostly they wait, for elections and time-outs, so two files at a time do well on two cores: with
 * three the machine is so busy that messages come later than nodes wait for them. What is tagged as
 * long is left to `npm run test:e2e`.
 * @type {Step}
 */
const endToEnd = {
  name: 'end-to-end tests',
  go: () => playwright('tabs', ['--workers=2', '--grep-invert=@long']),
};

/**
 * Hidden tabs, which the browser runs last, and the browser chaos: each with the machine to itself.
 * @type {Step}
 */
const alone = { name: 'end-to-end tests, alone', go: () => playwright('alone', []) };

try {
  await setup();
  process.env['CHROME_PATH'] = await ensureBrowser();
  rmSync(results, { recursive: true, force: true });
  mkdirSync(results, { recursive: true });
  const total = await runAll();
  console.log(`\n${total.passed} passed, ${total.failed} failed`);
  process.exitCode = total.failed === 0 ? 0 : 1;
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  console.log('\n0 passed, 1 failed');
  process.exitCode = 1;
}

/** @returns {Promise<Count>} */
async function runAll() {
  const ran = [
    ...(await inOrder([unit])),
    ...(await Promise.all([inOrder([lint]), inOrder(besideLint)])).flat(),
    ...(await inOrder([endToEnd, alone])),
  ];
  console.log(`\n${ran.flatMap(({ failures }) => failures).join('\n')}`);
  console.log(ran.map(({ line }) => line).join('\n'));
  return {
    passed: ran.reduce((sum, { passed }) => sum + passed, 0),
    failed: ran.reduce((sum, { failed }) => sum + failed, 0),
  };
}

/** @param {readonly Step[]} steps */
async function inOrder(steps) {
  const ran = [];
  for (const step of steps) ran.push(await timed(step));
  return ran;
}

/**
 * Runs a step, and makes its line of the summary.
 * @param {Step} step
 */
async function timed({ name, go }) {
  console.log(`\n== ${name}`);
  const started = Date.now();
  const { passed, failed, failures = [] } = await go();
  const seconds = ((Date.now() - started) / 1000).toFixed(1);
  const line = `${failed === 0 ? 'ok    ' : 'FAILED'} ${name} (${seconds} s)`;
  return { passed, failed, failures, line };
}

/**
 * A check with no tests to count.
 * @param {string} file
 * @param {string[]} args
 * @returns {Promise<Count>}
 */
async function check(file, args) {
  const status = await runAside(file, args);
  return { passed: 0, failed: status === 0 ? 0 : 1 };
}

/**
 * @param {string} project
 * @returns {Promise<Count>}
 */
async function vitest(project) {
  const file = path.join(results, `${project}.json`);
  const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${file}`];
  const args = ['run', '--project', project, ...reporters];
  const status = await runModule('vitest/vitest.mjs', args);
  return count(status, file, (report) => {
    const failures = failuresOfVitest(report);
    return { passed: number(report['numPassedTests']), failed: failures.length, failures };
  });
}

/** @returns {Promise<Count>} */
async function buildStep() {
  try {
    await build();
    return { passed: 0, failed: 0 };
  } catch (error) {
    console.error(error instanceof Error ? error.message : error);
    return { passed: 0, failed: 1 };
  }
}

/**
 * @param {string} project
 * @param {string[]} more arguments
 * @returns {Promise<Count>}
 */
async function playwright(project, more) {
  const file = path.join(results, `${project}.json`);
  const args = [`--project=${project}`, ...more, '--reporter=list,json'];
  const status = await runE2e(args, { PLAYWRIGHT_JSON_OUTPUT_FILE: file });
  return count(status, file, (report) => {
    const stats = /** @type {Record<string, unknown>} */ (report['stats'] ?? {});
    const failures = failuresOfPlaywright(report);
    return { passed: number(stats['expected']), failed: number(stats['unexpected']), failures };
  });
}

/**
 * @param {number} status the exit status
 * @param {string} file the report, which is missing when the program died early
 * @param {(report: Record<string, unknown>) => Count} read
 * @returns {Count}
 */
function count(status, file, read) {
  /** @type {Count} */
  let result = { passed: 0, failed: 0 };
  try {
    result = read(JSON.parse(readFileSync(file, 'utf8')));
  } catch {
    // No report: with no tests to run that is fine, and otherwise the status tells.
  }
  return status !== 0 && result.failed === 0 ? { ...result, failed: 1 } : result;
}

/** @param {unknown} value */
function number(value) {
  return typeof value === 'number' ? value : 0;
}
