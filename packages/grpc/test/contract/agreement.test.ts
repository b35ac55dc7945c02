/** The .proto files and the schemas say the same, field by field; a planted fault of any kind is told. */
import { createFileRegistry, type DescMessage, fromBinary } from "@bufbuild/protobuf"
import { base64Decode } from "@bufbuild/protobuf/wire"
import {
  type FieldDescriptorProto,
  FieldDescriptorProto_Type,
  FileDescriptorSetSchema
} from "@bufbuild/protobuf/wkt"
import { EventView } from "@holdfast/core/inventory"
import type * as SchemaAST from "effect/SchemaAST"
import { describe, expect, it } from "vitest"
import { descriptors } from "../../src/contract/descriptors.ts"
import { answerCodec } from "../../src/contract/rpcs.ts"
import { messageCodec } from "../../src/messages/messageCodec.ts"
import { fieldsOf, membersOf, objectsOf } from "../../src/messages/schemaShapes.ts"
import { eventCodec } from "../../src/serving/eventHandlers.ts"
import { operationMethods, orphans } from "./rows.ts"

describe("messages and schemas", () => {
  it("agree for the inputs and the answers of all operations, and for events", () => {
    const faults = operationMethods.flatMap(({ answer, input, request, response }) => [
      ...messageCodec(input.ast, request).faults,
      ...answerCodec(answer.ast, response).faults
    ])
    expect([...faults, ...eventCodec().faults]).toEqual([])
    expect(operationMethods.length).toBeGreaterThan(70)
  })

  it("have no method that is no operation", () => {
    expect(orphans).toEqual([])
  })
})

/** Whether null says something else than leaving out, in what a command changes. */
const clears = (ast: SchemaAST.AST, depth = 0): boolean =>
  depth < 4 &&
  (objectsOf(ast) === undefined
    ? membersOf(ast).some(
        (type) => type._tag === "Arrays" && type.rest.some((one) => clears(one, depth + 1))
      )
    : fieldsOf(objectsOf(ast) ?? []).some(
        ({ mayBeLeftOut, mayBeNull, types }) =>
          (mayBeLeftOut && mayBeNull) || types.some((type) => clears(type, depth + 1))
      ))

it("names what goes in `clear`, in every change of what stays else and nowhere else", () => {
  const withClear = operationMethods
    .filter(({ request }) => request.fields.some(({ name }) => name === "clear"))
    .map(({ rpc }) => rpc)
  const changes = operationMethods
    .filter(({ input, rpc }) => rpc.startsWith("Update") && clears(input.ast))
    .map(({ rpc }) => rpc)
  expect(withClear.toSorted()).toEqual(changes.toSorted())
  expect(withClear.length).toBeGreaterThan(3)
})

/** A message of the contract after its descriptors were changed. */
const changed = (
  file: string,
  message: string,
  change: (fields: Array<FieldDescriptorProto>) => void
): DescMessage => {
  const set = fromBinary(FileDescriptorSetSchema, base64Decode(descriptors))
  const proto = set.file.find(({ name }) => name === file)
  const found = proto?.messageType.find(({ name }) => name === message)
  if (found === undefined) throw new Error(`no ${message} in ${file}`)
  change(found.field)
  const desc = createFileRegistry(set).getMessage(`${proto?.package}.${message}`)
  if (desc === undefined) throw new Error(`no ${message}`)
  return desc
}

const inventoryFile = "holdfast/inventory/v1/inventory.proto"
const rowOf = (wanted: string) => {
  const row = operationMethods.find(({ rpc }) => rpc === wanted)
  if (row === undefined) throw new Error(`no ${wanted}`)
  return row
}
const fieldOf = (fields: ReadonlyArray<FieldDescriptorProto>, wanted: string) => {
  const field = fields.find(({ name }) => name === wanted)
  if (field === undefined) throw new Error(`no ${wanted}`)
  return field
}

describe("a fault is told", () => {
  const told = (change: (fields: Array<FieldDescriptorProto>) => void) =>
    messageCodec(
      rowOf("RegisterSku").input.ast,
      changed(inventoryFile, "RegisterSkuRequest", change)
    ).faults

  it("of a field that is missing", () => {
    expect(told((fields) => fields.splice(2, 1))).toEqual([
      "holdfast.inventory.v1.RegisterSkuRequest has no field for name"
    ])
  })

  it("of a field that no schema has", () => {
    expect(
      told((fields) => {
        const field = fieldOf(fields, "name")
        field.name = "title"
        field.jsonName = "title"
      })
    ).toEqual([
      "holdfast.inventory.v1.RegisterSkuRequest has no field for name",
      "holdfast.inventory.v1.RegisterSkuRequest.title is in no schema"
    ])
  })

  it("of an optional that is lost", () => {
    expect(
      told((fields) => {
        const field = fieldOf(fields, "backorder_limit")
        field.proto3Optional = false
        // The oneof of it stays, with the field as its member.
      })
    ).toEqual(["holdfast.inventory.v1.RegisterSkuRequest.backorder_limit must be optional"])
  })

  it.each([
    ["code", FieldDescriptorProto_Type.INT64, "is int64, and the schema has string"],
    ["backorder_limit", FieldDescriptorProto_Type.DOUBLE, "is double, and the schema has int64"],
    ["weight", FieldDescriptorProto_Type.INT64, "is int64, and the schema has double"]
  ])("of %s with a wrong type", (name, type, words) => {
    expect(
      told((fields) => {
        fieldOf(fields, name).type = type
      })
    ).toEqual([`holdfast.inventory.v1.RegisterSkuRequest.${name} ${words}`])
  })

  it("of an instant that is text, and of text that is an instant", () => {
    const desc = changed(inventoryFile, "ReceiveRequest", (fields) => {
      const [at, reason] = [fieldOf(fields, "occurred_at"), fieldOf(fields, "reason")]
      at.type = FieldDescriptorProto_Type.STRING
      at.typeName = ""
      reason.type = FieldDescriptorProto_Type.MESSAGE
      reason.typeName = ".google.protobuf.Timestamp"
    })
    expect(messageCodec(rowOf("Receive").input.ast, desc).faults).toEqual(
      expect.arrayContaining([
        expect.stringContaining("reason is google.protobuf.Timestamp, and the schema has string"),
        expect.stringContaining(
          "occurred_at is string, and the schema has google.protobuf.Timestamp"
        )
      ])
    )
  })

  it("of a word that an enum lacks, and of a value that is no word", () => {
    const set = fromBinary(FileDescriptorSetSchema, base64Decode(descriptors))
    const file = set.file.find(({ name }) => name === inventoryFile)
    const status = file?.enumType.find(({ name }) => name === "ReservationStatus")
    const value = status?.value.find(({ name }) => name === "RESERVATION_STATUS_EXPIRED")
    if (value === undefined) throw new Error("no value")
    value.name = "RESERVATION_STATUS_LOST"
    const desc = createFileRegistry(set).getMessage("holdfast.inventory.v1.GetReservationResponse")
    if (desc === undefined) throw new Error("no message")
    expect(answerCodec(rowOf("GetReservation").answer.ast, desc).faults).toEqual([
      "holdfast.inventory.v1.ReservationStatus has no value for EXPIRED",
      "RESERVATION_STATUS_LOST is no word of the schema"
    ])
  })

  it("of an event without a field", () => {
    const desc = changed("holdfast/events/v1/events.proto", "Event", (fields) => {
      fields.splice(fields.indexOf(fieldOf(fields, "version")), 1)
    })
    expect(messageCodec(EventView.ast, desc).faults).toEqual([
      "holdfast.events.v1.Event has no field for version"
    ])
  })
})
