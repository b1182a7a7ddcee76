import { expect, it } from 'vitest';
import { isOriginAllowed } from './origin.ts';

const allowed = ['https://park.example'];

it.each([
  ['http://localhost:8080', 'localhost:8080'],
  ['http://192.168.1.7:8080', '192.168.1.7:8080'],
  ['https://gate.example', 'gate.example'],
  ['https://gate.example', 'gate.example:443'],
  ['http://[::1]:8080', '[::1]:8080'],
  ['https://park.example', 'gate.example'],
  [undefined, 'gate.example'],
])('a page of %s may connect to %s', (origin, host) => {
  expect(isOriginAllowed(origin, host, allowed)).toBe(true);
});

it.each([
  ['https://evil.example', 'gate.example'],
  ['http://localhost:3000', 'localhost:8080'],
  ['https://gate.example.evil.example', 'gate.example'],
  ['http://park.example', 'gate.example'],
  ['null', 'gate.example'],
  ['', 'gate.example'],
  ['https://gate.example', undefined],
  ['https://gate.example', 'not a host'],
])('a page of %s may not connect to %s', (origin, host) => {
  expect(isOriginAllowed(origin, host, allowed)).toBe(false);
});
