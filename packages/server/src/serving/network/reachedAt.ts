/** The host that a client on this machine uses. An address that means "every address" is not one. */
export const reachedAt = (address: string): string => {
  const mine: Readonly<Record<string, string>> = { "0.0.0.0": "127.0.0.1", "::": "::1" }
  return mine[address] ?? address
}
