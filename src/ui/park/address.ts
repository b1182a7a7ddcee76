/** Addresses under which other pages of the same park open. */

/** What belongs to one gate alone, and must not be passed on to the next. */
const OWN = ['name', 'priority'];

/** @param priority with which it stands for elections; '' for the usual one */
export function addressOfAnother(address: string, view = '#/park', priority = ''): string {
  const url = new URL(address);
  for (const key of OWN) url.searchParams.delete(key);
  if (priority !== '') url.searchParams.set('priority', priority);
  url.hash = view;
  return url.href;
}

/** A visitor founds nothing, so it needs no more than the park's name. */
export function addressOfVisitor(address: string): string {
  const url = new URL(address);
  const park = url.searchParams.get('park');
  url.search = park === null ? '' : new URLSearchParams({ park }).toString();
  url.hash = '#/visitor';
  return url.href;
}

/** An address that means "this very device" leads no other device here. */
export function onlyThisDevice(address: string): boolean {
  const { hostname } = new URL(address);
  return hostname === 'localhost' || hostname === '[::1]' || hostname.startsWith('127.');
}
