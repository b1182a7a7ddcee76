/** What failed, in a few lines, out of the reports of the test runners: a long log is often cut down to its end. */

/** Of a message only so much is repeated, in characters. */
const LENGTH = 400;

/**
 * @typedef {{ status?: string, fullName?: string, failureMessages?: string[] }} Assertion
 * @typedef {{ assertionResults?: Assertion[], message?: string, name?: string, status?: string }} TestFile
 * @typedef {{ error?: { message?: string } }} Attempt
 * @typedef {{ title: string, ok: boolean, tests: { results: Attempt[] }[] }} Spec
 * @typedef {{ specs?: Spec[], suites?: Suite[] }} Suite
 */

/**
 * One for each test, and one for a file that failed without a test to name: a syntax error, a missing import.
 * @param {unknown} report the JSON of Vitest
 * @returns {string[]}
 */
export function failuresOfVitest(report) {
  const { testResults = [] } = /** @type {{ testResults?: TestFile[] }} */ (report);
  return testResults.flatMap(({ assertionResults = [], message = '', name = '', status }) => {
    const failed = assertionResults.filter((assertion) => assertion.status === 'failed');
    if (failed.length === 0) return status === 'failed' ? [line(name, message)] : [];
    return failed.map(({ fullName = '', failureMessages = [] }) =>
      line(fullName, failureMessages.join(' ')),
    );
  });
}

/**
 * @param {unknown} suite the JSON of Playwright, or a suite in it
 * @returns {string[]}
 */
export function failuresOfPlaywright(suite) {
  const { specs = [], suites = [] } = /** @type {Suite} */ (suite);
  const own = specs
    .filter(({ ok }) => !ok)
    .map(({ title, tests }) => {
      const attempts = tests.flatMap(({ results }) => results);
      return line(title, attempts.map(({ error }) => error?.message ?? '').join(' '));
    });
  return [...own, ...suites.flatMap(failuresOfPlaywright)];
}

/**
 * @param {string} title
 * @param {string} message
 */
function line(title, message) {
  const plain = message.replace(/\u001b\[[\d;]*m/g, '').replace(/\s+/g, ' ');
  return `${title}: ${plain.slice(0, LENGTH)}`;
}
