import { expect, it } from 'vitest';
import { routeOf } from './routes.ts';

it.each([
  ['', '', '#/start'],
  ['', '#/', '#/start'],
  ['', '#/park', '#/park'],
  ['?park=club', '', '#/park'],
  ['?name=North', '', '#/park'],
  ['?park=club', '#/lab', '#/lab'],
  ['?park=club', '#/start', '#/start'],
  ['?park=club', '#/nonsense', '#/nonsense'],
])('the address %s%s shows %s', (search, hash, shown) => {
  expect(routeOf({ search, hash }).hash).toBe(shown);
});
