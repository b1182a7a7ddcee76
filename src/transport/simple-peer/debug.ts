/** What simple-peer takes from `debug`: a place for notes that nobody reads. The trace tells what our links do. */
function debug(): () => void {
  return () => undefined;
}

// What `require` is to return.
export { debug as 'module.exports' };
