import { expect, it } from "vitest"
import { inFlags, inOneSentence, valuesJoined } from "../../src/cli/flagWords.ts"
import { forPeople } from "../../src/cli/log/redacting.ts"
import { commandIn } from "../../src/serving/welcome.ts"

it("names the flags of options, and leaves other words alone", () => {
  expect(inFlags("make it, set `createTopics`, or correct `sasl`; not `other`")).toBe(
    "make it, set --kafka-create-topics, or correct --kafka-user and --kafka-password; not `other`"
  )
})

it("repeats no credentials, with a scheme or without, and leaves places alone", () => {
  expect(forPeople("postgres://u:p@db/shop, app:s3/cr3t@host:9092")).toBe(
    "postgres://…@db/shop, …@host:9092"
  )
  const stack = "at run (file:///shop/node_modules/effect@4/dist/x.js:10:5), k-1:9092,k-2:9092"
  expect(forPeople(stack)).toBe(stack)
})

it("says in one sentence what cannot be understood, and what was meant", () => {
  const unknown = "Unrecognized flag: --prot in command holdfast serve"
  expect(inOneSentence(unknown)).toBe(unknown)
  expect(inOneSentence(`${unknown}\n\n  Did you mean this?\n    --port\n    --host`)).toBe(
    `${unknown} (did you mean --port, or --host?)`
  )
})

it("takes what begins with a minus and a digit for the value of the flag before it, and nothing else", () => {
  expect(valuesJoined(["serve", "--leave-time", "-1s", "--port", "-1", "--json", "-v"])).toEqual([
    "serve",
    "--leave-time=-1s",
    "--port=-1",
    "--json",
    "-v"
  ])
  const apart = ["--port=1", "-1", "sell", "-1", "-1"]
  expect(valuesJoined(apart)).toEqual(apart)
})

it("calls the command what it is called where it was started", () => {
  expect(commandIn({})).toBe("holdfast")
  expect(commandIn({ npm_command: "exec", npm_package_name: "my-shop" })).toBe("npx holdfast")
  const inClone = { npm_command: "start", npm_package_name: "holdfast-workspace" }
  expect(commandIn(inClone)).toBe("npm run -s holdfast --")
})
