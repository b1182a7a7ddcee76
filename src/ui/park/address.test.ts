import { expect, it } from 'vitest';
import { addressOfAnother, addressOfVisitor, onlyThisDevice } from './address.ts';

it('passes on the park, but not the name and the priority of this gate', () => {
  const here = 'http://10.0.0.7:8080/?park=club&name=Door+1&priority=9&capacity=80#/lab';
  expect(addressOfAnother(here)).toBe('http://10.0.0.7:8080/?park=club&capacity=80#/park');
  expect(addressOfAnother(here, '#/lab')).toBe('http://10.0.0.7:8080/?park=club&capacity=80#/lab');
  expect(addressOfAnother(here, '#/lab', '7')).toBe(
    'http://10.0.0.7:8080/?park=club&capacity=80&priority=7#/lab',
  );
});

it("passes on the park alone to a visitor's tab", () => {
  const here = 'http://10.0.0.7:8080/?park=club&name=Door+1&priority=9&capacity=80#/lab';
  expect(addressOfVisitor(here)).toBe('http://10.0.0.7:8080/?park=club#/visitor');
  expect(addressOfVisitor('http://10.0.0.7:8080/')).toBe('http://10.0.0.7:8080/#/visitor');
});

it.each([
  ['http://localhost:8080/', true],
  ['http://127.0.0.1:8080/', true],
  ['http://[::1]:8080/', true],
  ['http://192.168.1.20:8080/', false],
  ['https://gates.example/', false],
])('%s works on this device only: %s', (address, only) => {
  expect(onlyThisDevice(address)).toBe(only);
});
