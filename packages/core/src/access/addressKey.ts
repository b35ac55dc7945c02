/** Whose bucket an address draws from. Pure. */

const embedded = /^::ffff:(\d{1,3}(?:\.\d{1,3}){3})$/i

/** The first four groups of an IPv6 address, written out. */
const networkOf = (address: string): string => {
  const [head = "", tail] = address.split("%", 1)[0]?.toLowerCase().split("::") ?? []
  const left = head === "" ? [] : head.split(":")
  const right = tail === undefined || tail === "" ? [] : tail.split(":")
  const zeros = tail === undefined ? 0 : Math.max(0, 8 - left.length - right.length)
  const groups = [...left, ...Array.from({ length: zeros }, () => "0"), ...right]
  return groups
    .slice(0, 4)
    .map((group) => group.replace(/^0+(?=.)/, ""))
    .join(":")
}

/**
 * The bucket of an address: an IPv4 address itself, and of an IPv6 address its /64, since one
 * subscriber has all of it. Who comes from nowhere known shares one bucket with all such.
 */
export const addressKey = (address: string | undefined): string => {
  if (address === undefined || address === "") return "unknown"
  const [, ipv4] = embedded.exec(address) ?? []
  if (ipv4 !== undefined) return ipv4
  return address.includes(":") ? networkOf(address) : address
}
