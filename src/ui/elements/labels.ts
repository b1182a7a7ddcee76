/**
 * Where the labels of a chart's lines stand, so that none covers another: each at its line's end, or below the one above
 * it by `gap`, and none below `lowest`. One place for each end, in the order given.
 */
export function apart(ends: readonly number[], gap: number, lowest = Infinity): number[] {
  const places = [...ends];
  const downwards = ends.map((_, at) => at).sort((a, b) => (ends[a] ?? 0) - (ends[b] ?? 0));
  let highest = -Infinity;
  for (const at of downwards) {
    places[at] = Math.max(places[at] ?? 0, highest);
    highest = places[at] + gap;
  }
  let room = lowest;
  for (const at of downwards.reverse()) {
    places[at] = Math.min(places[at] ?? 0, room);
    room = places[at] - gap;
  }
  return places;
}
