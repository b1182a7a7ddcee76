/** Where things stand in the picture of the network. */

export interface Point {
  readonly x: number;
  readonly y: number;
}

export interface Frame {
  readonly width: number;
  readonly height: number;
  /** Half axes of the ring on which the nodes stand. */
  readonly rx: number;
  readonly ry: number;
}

export const WIDE: Frame = { width: 720, height: 460, rx: 250, ry: 152 };
export const TALL: Frame = { width: 360, height: 430, rx: 128, ry: 130 };

/** A little below the middle: a leader at the top carries a crown and a label. */
export function centre({ width, height }: Frame): Point {
  return { x: width / 2, y: height / 2 + 8 };
}

/** The place of one of `count` nodes: clockwise on a ring, the first at the top. */
export function place(frame: Frame, at: number, count: number): Point {
  const middle = centre(frame);
  const angle = (2 * Math.PI * at) / count - Math.PI / 2;
  return {
    x: round(middle.x + frame.rx * Math.cos(angle)),
    y: round(middle.y + frame.ry * Math.sin(angle)),
  };
}

/** The point at a share of the way from `a` to `b`. */
export function between(a: Point, b: Point, share: number): Point {
  return { x: round(a.x + (b.x - a.x) * share), y: round(a.y + (b.y - a.y) * share) };
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}
