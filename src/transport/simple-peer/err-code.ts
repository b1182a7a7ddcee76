/** What simple-peer takes from `err-code`: an error that has a code. The package cares for frozen errors too, which are none of its. */
function errCode(error: Error, code: string): Error {
  return Object.assign(error, { code });
}

// What `require` is to return.
export { errCode as 'module.exports' };
