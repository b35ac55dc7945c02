/**
 * The operations that change something, one row each: the command behind it, what it takes (the
 * command without its tag), what it answers, one sentence of what it does, and its refusals in the
 * order of precedence, beside those of any command.
 */
import type * as Schema from "effect/Schema"
import * as Struct from "effect/Struct"
import { ofCatalog, type Permission } from "../../access/Permission.ts"
import { Attribute } from "../state/Attribute.ts"
import { Category } from "../state/Category.ts"
import { Product } from "../state/Product.ts"
import {
  AttributeDeleted,
  CategoryDeleted,
  ProductDeleted,
  StockFollowed
} from "./CatalogAnswer.ts"
import {
  ActivateProduct,
  AddOption,
  type CommandTag,
  CreateAttribute,
  CreateCategory,
  CreateProduct,
  DeactivateProduct,
  DeleteAttribute,
  DeleteCategory,
  DeleteProduct,
  DiscontinueProduct,
  DuplicateProduct,
  FollowStock,
  MoveCategory,
  RemoveOption,
  SetCategories,
  SetImages,
  SetSkuMappings,
  UpdateAttribute,
  UpdateCategory,
  UpdateOption,
  UpdateProduct
} from "./CatalogCommand.ts"
import type { RefusalTag } from "./CatalogError.ts"

/** Keeps the checks of a command that lacks its tag: the checks are about other fields. */
const keepChecks = { unsafePreserveChecks: true } as const

/** The commands. */
export const commandOperations = {
  createProduct: {
    command: "CreateProduct",
    permission: ofCatalog.write,
    summary: "Create a product, whole, with its options, images and categories, or nothing of it",
    input: CreateProduct.mapFields(Struct.omit(["_tag"]), keepChecks),
    answer: Product,
    refusals: [
      "CategoryNotFound",
      "AttributeNotFound",
      "SkuNotFound",
      "IdTaken",
      "ExternalIdTaken",
      "SlugTaken",
      "ProductTooLarge",
      "AttributeInactive",
      "AttributeNotForType",
      "AttributeMismatch",
      "MappingsMismatch",
      "CurrencyMismatch",
      "NothingOnOffer"
    ]
  },
  updateProduct: {
    command: "UpdateProduct",
    permission: ofCatalog.write,
    summary: "Change a product; what is left out stays, and null clears",
    input: UpdateProduct.mapFields(Struct.omit(["_tag"]), keepChecks),
    answer: Product,
    refusals: [
      "ProductNotFound",
      "CategoryNotFound",
      "AttributeNotFound",
      "SkuNotFound",
      "IdTaken",
      "StaleExpectation",
      "ExternalIdTaken",
      "SlugTaken",
      "ProductTooLarge",
      "AttributeInactive",
      "AttributeNotForType",
      "AttributeMismatch",
      "MappingsMismatch",
      "CurrencyMismatch",
      "NothingOnOffer"
    ]
  },
  duplicateProduct: {
    command: "DuplicateProduct",
    permission: ofCatalog.write,
    summary: "Make a draft that is like a product, with options of its own",
    input: DuplicateProduct.mapFields(Struct.omit(["_tag"])),
    answer: Product,
    refusals: ["ProductNotFound", "IdTaken"]
  },
  activateProduct: {
    command: "ActivateProduct",
    permission: ofCatalog.write,
    summary: "Put a product on sale",
    input: ActivateProduct.mapFields(Struct.omit(["_tag"])),
    answer: Product,
    refusals: ["ProductNotFound", "StaleExpectation", "NothingOnOffer"]
  },
  deactivateProduct: {
    command: "DeactivateProduct",
    permission: ofCatalog.write,
    summary: "Withdraw a product from sale",
    input: DeactivateProduct.mapFields(Struct.omit(["_tag"])),
    answer: Product,
    refusals: ["ProductNotFound", "StaleExpectation", "ProductConflict"]
  },
  discontinueProduct: {
    command: "DiscontinueProduct",
    permission: ofCatalog.write,
    summary: "Take a product out of the range; it stays readable",
    input: DiscontinueProduct.mapFields(Struct.omit(["_tag"])),
    answer: Product,
    refusals: ["ProductNotFound", "StaleExpectation"]
  },
  deleteProduct: {
    command: "DeleteProduct",
    permission: ofCatalog.write,
    summary: "Delete a product; not while holds made through its options are open",
    input: DeleteProduct.mapFields(Struct.omit(["_tag"])),
    answer: ProductDeleted,
    refusals: ["ProductNotFound", "StaleExpectation", "ProductReserved"]
  },
  addOption: {
    command: "AddOption",
    permission: ofCatalog.write,
    summary: "Add an option to a product",
    input: AddOption.mapFields(Struct.omit(["_tag"])),
    answer: Product,
    refusals: [
      "ProductNotFound",
      "SkuNotFound",
      "IdTaken",
      "StaleExpectation",
      "ExternalIdTaken",
      "ProductTooLarge",
      "MappingsMismatch",
      "CurrencyMismatch"
    ]
  },
  updateOption: {
    command: "UpdateOption",
    permission: ofCatalog.write,
    summary: "Change an option of a product; what is left out stays, and null clears",
    input: UpdateOption.mapFields(Struct.omit(["_tag"])),
    answer: Product,
    refusals: [
      "ProductNotFound",
      "OptionNotFound",
      "SkuNotFound",
      "StaleExpectation",
      "ExternalIdTaken",
      "ProductTooLarge",
      "MappingsMismatch",
      "CurrencyMismatch",
      "NothingOnOffer"
    ]
  },
  removeOption: {
    command: "RemoveOption",
    permission: ofCatalog.write,
    summary: "Remove an option from a product",
    input: RemoveOption.mapFields(Struct.omit(["_tag"])),
    answer: Product,
    refusals: ["ProductNotFound", "OptionNotFound", "StaleExpectation", "NothingOnOffer"]
  },
  setSkuMappings: {
    command: "SetSkuMappings",
    permission: ofCatalog.write,
    summary: "Set the SKUs of an option, all of them",
    input: SetSkuMappings.mapFields(Struct.omit(["_tag"])),
    answer: Product,
    refusals: [
      "ProductNotFound",
      "OptionNotFound",
      "SkuNotFound",
      "StaleExpectation",
      "ProductTooLarge",
      "MappingsMismatch",
      "NothingOnOffer"
    ]
  },
  setImages: {
    command: "SetImages",
    permission: ofCatalog.write,
    summary: "Set the images of a product, all of them, in their order",
    input: SetImages.mapFields(Struct.omit(["_tag"])),
    answer: Product,
    refusals: ["ProductNotFound", "StaleExpectation"]
  },
  setCategories: {
    command: "SetCategories",
    permission: ofCatalog.write,
    summary: "Set the categories of a product, all of them; one is primary",
    input: SetCategories.mapFields(Struct.omit(["_tag"]), keepChecks),
    answer: Product,
    refusals: ["ProductNotFound", "CategoryNotFound", "StaleExpectation"]
  },
  followStock: {
    command: "FollowStock",
    permission: ofCatalog.write,
    summary: "Let the options of a product follow the stock of their SKUs",
    input: FollowStock.mapFields(Struct.omit(["_tag"])),
    answer: StockFollowed,
    refusals: ["ProductNotFound", "StaleStock"]
  },
  createCategory: {
    command: "CreateCategory",
    permission: ofCatalog.write,
    summary: "Create a category, under a parent or at the top",
    input: CreateCategory.mapFields(Struct.omit(["_tag"])),
    answer: Category,
    refusals: [
      "CategoryNotFound",
      "IdTaken",
      "ExternalIdTaken",
      "CategoryNameTaken",
      "CategoryTooDeep"
    ]
  },
  updateCategory: {
    command: "UpdateCategory",
    permission: ofCatalog.write,
    summary: "Change a category; what is left out stays, and null clears",
    input: UpdateCategory.mapFields(Struct.omit(["_tag"])),
    answer: Category,
    refusals: ["CategoryNotFound", "StaleExpectation", "ExternalIdTaken", "CategoryNameTaken"]
  },
  moveCategory: {
    command: "MoveCategory",
    permission: ofCatalog.write,
    summary: "Move a category with all that is below it under another parent, or to the top",
    input: MoveCategory.mapFields(Struct.omit(["_tag"])),
    answer: Category,
    refusals: [
      "CategoryNotFound",
      "StaleExpectation",
      "CategoryNameTaken",
      "CategoryCycle",
      "CategoryTooDeep"
    ]
  },
  deleteCategory: {
    command: "DeleteCategory",
    permission: ofCatalog.write,
    summary: "Delete a category; not while it has children or products",
    input: DeleteCategory.mapFields(Struct.omit(["_tag"])),
    answer: CategoryDeleted,
    refusals: ["CategoryNotFound", "StaleExpectation", "CategoryNotEmpty"]
  },
  createAttribute: {
    command: "CreateAttribute",
    permission: ofCatalog.write,
    summary: "Create an attribute, of which products may have values",
    input: CreateAttribute.mapFields(Struct.omit(["_tag"])),
    answer: Attribute,
    refusals: ["IdTaken", "AttributeCodeTaken"]
  },
  updateAttribute: {
    command: "UpdateAttribute",
    permission: ofCatalog.write,
    summary: "Change or retire an attribute; what is left out stays, and null clears",
    input: UpdateAttribute.mapFields(Struct.omit(["_tag"])),
    answer: Attribute,
    refusals: ["AttributeNotFound", "StaleExpectation", "AttributeInUse"]
  },
  deleteAttribute: {
    command: "DeleteAttribute",
    permission: ofCatalog.write,
    summary: "Delete an attribute; not while products have a value of it",
    input: DeleteAttribute.mapFields(Struct.omit(["_tag"])),
    answer: AttributeDeleted,
    refusals: ["AttributeNotFound", "StaleExpectation", "AttributeInUse"]
  }
} as const satisfies {
  readonly [name: string]: {
    readonly command: CommandTag
    readonly permission: Permission
    readonly summary: string
    readonly input: Schema.Top
    readonly answer: Schema.Top
    readonly refusals: ReadonlyArray<RefusalTag>
  }
}

/** The name of an operation that changes something. */
export type CommandName = keyof typeof commandOperations
