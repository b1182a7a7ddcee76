import { expect, it } from 'vitest';
import { TALL, WIDE, between, centre, place } from './geometry.ts';

it.each([
  ['wide', WIDE],
  ['tall', TALL],
])('places all nodes within a %s frame, the first at the top', (_name, frame) => {
  const top = place(frame, 0, 5);
  expect(top.x).toBe(centre(frame).x);
  for (let at = 0; at < 5; at += 1) {
    const { x, y } = place(frame, at, 5);
    // Room for the node and its label.
    expect(x).toBeGreaterThan(50);
    expect(x).toBeLessThan(frame.width - 50);
    expect(y).toBeGreaterThan(80);
    expect(y).toBeLessThan(frame.height - 55);
    expect(y).toBeGreaterThanOrEqual(top.y);
  }
});

it('finds the points between two', () => {
  expect(between({ x: 0, y: 10 }, { x: 10, y: 30 }, 0.5)).toEqual({ x: 5, y: 20 });
});
