/**
 * The files of this package that are no code. This module stays in `src` itself: one address then
 * serves the sources and the build, which is one file in `dist`.
 */

/** The address of a file of this package, by its path from the package's folder. */
export const packageFile = (path: string): URL => new URL(`../${path}`, import.meta.url)
