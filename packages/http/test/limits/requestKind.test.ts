import { expect, it } from "vitest"
import { addressKey } from "../../src/limits/addressKey.ts"
import { askingPaths, requestKind } from "../../src/limits/requestKind.ts"

it("knows the paths that only ask although they take a POST", () => {
  expect([...askingPaths()].sort()).toEqual([
    "/api/inventory/check-availability",
    "/api/inventory/reservations/held-options",
    "/api/inventory/stock-status",
    "/api/products/batch-get",
    "/api/products/sku-mappings",
    "/api/stock/batch-get"
  ])
})

it("tells reads from writes, and limits neither health nor preflights", () => {
  expect(requestKind("GET", "/api/skus")).toBe("reads")
  expect(requestKind("HEAD", "/docs")).toBe("reads")
  expect(requestKind("POST", "/api/inventory/stock-status")).toBe("reads")
  expect(requestKind("POST", "/api/inventory/reservations")).toBe("writes")
  expect(requestKind("POST", "/api/webhooks")).toBe("writes")
  expect(requestKind("POST", "/api/imports")).toBe("writes")
  expect(requestKind("POST", "/api/carts")).toBe("writes")
  expect(requestKind("DELETE", "/api/products/p")).toBe("writes")
  expect(requestKind("BREW", "/nothing")).toBe("writes")
  expect(requestKind("GET", "/health/ready")).toBe("free")
  expect(requestKind("OPTIONS", "/api/skus")).toBe("free")
})

it("counts an IPv6 address with its /64, however it is written, and an IPv4 address as itself", () => {
  for (const address of [
    "2001:db8:0:1::1",
    "2001:0DB8:0000:0001:ffff:ffff:ffff:ffff",
    "2001:db8:0:1:2::",
    "2001:db8::1:2:3:4:5%eth0"
  ]) {
    expect([address, addressKey(address)]).toEqual([address, "2001:db8:0:1"])
  }
  expect(addressKey("2001:db8:0:2::1")).toBe("2001:db8:0:2")
  expect(addressKey("::1")).toBe("0:0:0:0")
  expect(addressKey("fe80::1")).toBe("fe80:0:0:0")
  expect(addressKey("203.0.113.7")).toBe("203.0.113.7")
  expect(addressKey("::ffff:203.0.113.7")).toBe("203.0.113.7")
  expect(addressKey(undefined)).toBe("unknown")
})
