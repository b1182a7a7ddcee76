/** What simple-peer takes from `randombytes`: names for itself and for its channel, always asked for as `hex`. */
function randomBytes(size: number): { toString(encoding: 'hex'): string } {
  const bytes = crypto.getRandomValues(new Uint8Array(size));
  return {
    toString: () => Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join(''),
  };
}

// What `require` is to return.
export { randomBytes as 'module.exports' };
