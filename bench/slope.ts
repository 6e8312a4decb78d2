/** One measurement: how large it was, and what it took. */
export interface Point {
  size: number;
  seconds: number;
}

/** The slope of the straight line through the logarithms, by least squares: 1 where twice as many take twice as long. */
export function slope(points: Point[]): number {
  const logs = points.map(({ size, seconds }) => [Math.log(size), Math.log(seconds)] as const);
  const mean = (of: 0 | 1) => logs.reduce((sum, log) => sum + log[of], 0) / logs.length;
  const [x, y] = [mean(0), mean(1)];
  const product = logs.reduce((sum, log) => sum + (log[0] - x) * (log[1] - y), 0);
  return product / logs.reduce((sum, log) => sum + (log[0] - x) ** 2, 0);
}
