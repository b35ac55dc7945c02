/** Pieces of SQL that statements of every context share. */

/** An instant column as epoch milliseconds. */
export const millis = (column: string): string =>
  `floor(extract(epoch from ${column}) * 1000)::float8`
