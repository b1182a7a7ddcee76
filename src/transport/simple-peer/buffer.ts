/** What simple-peer takes from `buffer`: the bytes that a channel delivers as an ArrayBuffer of their own. */
export const Buffer = {
  from: (bytes: ArrayBuffer): Uint8Array => new Uint8Array(bytes),
};
