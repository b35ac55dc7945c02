import * as Redacted from "effect/Redacted"
import * as Result from "effect/Result"
import { describe, expect, it } from "vitest"
import { describePostgresUrl, readPostgresUrl } from "../../src/connection/postgresUrl.ts"

const read = (url: string) => Result.getOrThrow(readPostgresUrl(url))

/** Why a URL is refused. The reason must not contain its secrets. */
const refusal = (url: string): string => {
  const result = readPostgresUrl(url)
  if (Result.isSuccess(result)) throw new Error(`${url} was not refused`)
  expect(result.failure).not.toContain("s3cret")
  expect(result.failure).not.toContain("alice")
  return result.failure
}

describe("O3 a PostgreSQL URL", () => {
  it.each([
    ["postgres://localhost/shop", [{ host: "localhost", port: 5432 }], "any"],
    ["postgresql:///shop", [{ host: "localhost", port: 5432 }], "any"],
    ["postgres://u:p@db:6543/shop", [{ host: "db", port: 6543 }], "any"],
    ["postgres://[::1]:6543/shop", [{ host: "::1", port: 6543 }], "any"],
    [
      "postgres://a:1,b:2/shop",
      [
        { host: "a", port: 1 },
        { host: "b", port: 2 }
      ],
      "read-write"
    ],
    [
      "postgres://a,[fe80::1]:2/shop?target_session_attrs=any",
      [
        { host: "a", port: 5432 },
        { host: "fe80::1", port: 2 }
      ],
      "any"
    ],
    [
      "postgres:///shop?host=a,b&port=7&target_session_attrs=primary",
      [
        { host: "a", port: 7 },
        { host: "b", port: 7 }
      ],
      "primary"
    ],
    ["postgres:///shop?host=/run/postgresql", [{ host: "/run/postgresql", port: 5432 }], "any"],
    ["postgres://a/shop?target_session_attrs=read-write", [{ host: "a", port: 5432 }], "read-write"]
  ])("%s names its hosts, and what a server must be like", (url, targets, need) => {
    expect(read(url)).toMatchObject({ targets, need, database: "shop" })
  })

  it("leaves user, password, database and the driver's parameters to the driver", () => {
    const url = "postgres://alice:s3cret%2F@a:1,b:2/shop?sslmode=require&application_name=till"
    const { applicationName, driverUrl } = read(url)
    expect(Redacted.value(driverUrl)).toBe(
      "postgres://alice:s3cret%2F@localhost/shop?sslmode=require&application_name=till"
    )
    expect(applicationName).toBe("till")
  })

  it.each([
    [
      "postgres://alice:s3cret@a/shop?target_session_attr=any",
      /unknown parameter "target_session_attr"/
    ],
    [
      "postgres://a/shop?pgbouncer=true",
      /unknown parameter "pgbouncer"; known: host, port, target/
    ],
    ["postgres://a/shop?sslmode=require&sslmode=disable", /the parameter sslmode twice/],
    ["postgres://a/shop?target_session_attrs=read-only", /=read-only .* must be writable/],
    ["postgres://a/shop?target_session_attrs=standby", /=standby .* must be writable/],
    ["postgres://a/shop?target_session_attrs=prefer-standby", /prefer-standby .* is not supported/],
    ["postgres://a/shop?sslmode=on", /sslmode .* one of disable, allow, prefer, require/],
    ["postgres://a/shop?connect_timeout=5s", /connect_timeout .* whole number of seconds/],
    ["postgres://a:0/shop", /a number from 1 to 65535/],
    ["postgres://a:70000/shop", /a number from 1 to 65535/],
    ["postgres:///shop?host=a,b,c&port=1,2", /3 hosts and 2 ports/],
    ["mysql://alice:s3cret@a/shop", /starts with postgres:\/\/, not with mysql:\/\//],
    ["", /is empty: is a variable not set/],
    ["localhost/shop", /must look like postgres:\/\/user:password@host/],
    ["alice:s3cret@a", /cannot be read/],
    ["postgres://alice:s3/cret@a/shop", /percent-encoded/],
    ["postgres://alice:x?s3cret@a/shop", /percent-encoded/],
    ["postgres://alice:x#s3cret@a/shop", /percent-encoded/],
    ["postgres://a:b:c/shop", /cannot be read|1 to 65535/]
  ])("%s is refused by name, and nothing of it is ignored", (url, reason) => {
    expect(refusal(url)).toMatch(reason)
  })

  it("H14 is described with hosts and ports, never with user or password", () => {
    expect(describePostgresUrl("postgres://alice:s3cret@a:1,b/shop")).toBe(
      "PostgreSQL at a:1,b:5432/shop"
    )
    expect(describePostgresUrl("postgres://alice:s3/cret@a")).toBe("PostgreSQL")
  })
})
