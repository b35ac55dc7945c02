/**
 * One process has one copy of core. With two copies, every service and class exists twice, and
 * neither copy knows the objects of the other. So loading a second copy fails, and the error names both.
 */

const key = Symbol.for("@holdfast/core/copy")

/** The folder of a package, from the address of one of its modules. */
const folderOf = (address: string): string =>
  decodeURIComponent(address)
    .replace(/^file:\/\//, "")
    .replace(/\/(?:dist|src)\/.*$/, "")

const refusal = (first: string, second: string): string =>
  `Two copies of @holdfast/core are loaded in this process:
  ${folderOf(first)}
  ${folderOf(second)}
What one copy makes, the other does not know. Install one copy: name @holdfast/core in your own
package.json, give all packages of Holdfast the same version, and install again. The command
\`npm ls @holdfast/core\` or \`pnpm why @holdfast/core\` shows who brings the other copy.`

/**
 * Throws when the module at this address is of another copy than the one that was loaded first. The
 * same file may be loaded again, as tests and hot reloads do.
 */
export const refuseSecondCopy = (address: string): void => {
  const own = address.replace(/[?#].*$/, "")
  // biome-ignore lint/style/noRestrictedGlobals: two copies share nothing else
  const loaded = globalThis as { [key]?: string }
  const first = loaded[key] ?? own
  if (first !== own) throw new Error(refusal(first, own))
  loaded[key] = own
}

/** Throws when another copy of core was loaded before this one. */
export const beOnlyCopy = (): void => {
  // A bundle in CommonJS does not know its own address, so there is nothing to compare.
  const address: string | undefined = import.meta.url
  if (address !== undefined) refuseSecondCopy(address)
}
