/** The start page shows students a visitor's phone: from there it may become a gate. A visitor's own may not, by one tap. */
const TOUR = 'tour';

/** @param search the query of a visitor's address */
export function asTour(search: string): string {
  const query = new URLSearchParams(search);
  query.set(TOUR, '1');
  return `?${query.toString()}`;
}

export function isTour(search: string): boolean {
  return new URLSearchParams(search).has(TOUR);
}
