/**
 * What simple-peer takes from `err-code`: an error that has a code. The package cares for frozen errors too, which are none
 * of its.
 */
function errCode(error: Error, code: string): Error {
  // The browser's own errors have a `code` that can't be assigned.
  return Object.defineProperty(error, 'code', {
    value: code,
    enumerable: true,
    configurable: true,
  });
}

// What `require` is to return.
export { errCode as 'module.exports' };
