/** Lets at most `width` pieces of work run at once, in the order they came. */
export function limit(width: number): <T>(work: () => Promise<T>) => Promise<T> {
  let free = width;
  const waiting: (() => void)[] = [];
  return async (work) => {
    if (free > 0) free -= 1;
    else await new Promise<void>((resolve) => waiting.push(resolve));
    try {
      return await work();
    } finally {
      const next = waiting.shift();
      if (next === undefined) free += 1;
      else next();
    }
  };
}

/** Makes the first failure the only one: what has not begun does not begin, what is cut short says why. */
export function failTogether(stop: () => void): <T>(work: () => Promise<T>) => Promise<T> {
  let first: { error: unknown } | undefined;
  return async (work) => {
    if (first !== undefined) throw first.error;
    try {
      return await work();
    } catch (error) {
      if (first === undefined) {
        first = { error };
        stop();
      }
      throw first.error;
    }
  };
}
