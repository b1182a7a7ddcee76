/** Which rows of a long list are in sight, when all are equally high. */

export interface Sight {
  readonly first: number;
  /** One past the last. */
  readonly end: number;
}

/** Rows drawn above and below what is in sight, so that scrolling meets no gap. */
const MARGIN = 6;

export function inSight(list: {
  readonly count: number;
  readonly rowHeight: number;
  readonly top: number;
  readonly height: number;
}): Sight {
  const { count, rowHeight, top, height } = list;
  const first = Math.floor(Math.max(0, top) / rowHeight) - MARGIN;
  const end = Math.ceil((Math.max(0, top) + height) / rowHeight) + MARGIN;
  return {
    first: Math.min(Math.max(0, first), count),
    end: Math.min(Math.max(0, end), count),
  };
}

/** The scroll position that brings a row into sight with the least movement. */
export function scrollTo(list: {
  readonly row: number;
  readonly rowHeight: number;
  readonly top: number;
  readonly height: number;
}): number {
  const { row, rowHeight, top, height } = list;
  const above = row * rowHeight;
  const below = above + rowHeight;
  if (above < top) return above;
  if (below > top + height) return below - height;
  return top;
}
