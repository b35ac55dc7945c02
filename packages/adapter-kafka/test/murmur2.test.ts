/** The partitions of keys, against values of the Java client's own tests. */
import { expect, it } from "vitest"
import { murmur2, partitionOf } from "../src/messages/murmur2.ts"

const bytesOf = (text: string) => new TextEncoder().encode(text)

it.each([
  ["21", -973_932_308],
  ["foobar", -790_332_482],
  ["a-little-bit-long-string", -985_981_536],
  ["a-little-bit-longer-string", -1_486_304_829],
  ["lkjh234lh9fiuh90y23oiuhsafujhadof229phr9h19h89h8", -58_897_971],
  ["abc", 479_470_107]
])("hashes %s as the Java client does", (key, hash) => {
  expect(murmur2(bytesOf(key))).toBe(hash)
})

it("hashes bytes that do not begin where their buffer does", () => {
  const whole = bytesOf("xyzfoobar")
  expect(murmur2(whole.subarray(3))).toBe(-790_332_482)
})

it("spreads negative hashes over the partitions as the Java client does", () => {
  // (-790332482 & 0x7fffffff) % 12
  expect(partitionOf(bytesOf("foobar"), 12)).toBe(1_357_151_166 % 12)
  expect(partitionOf(bytesOf("abc"), 12)).toBe(479_470_107 % 12)
})
