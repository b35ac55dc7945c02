/**
 * The Promise API of the catalog: every command and every read as a method, with plain values in and
 * out. A product is made and changed whole, in one call or not at all.
 *
 * Every method rejects with a `HoldfastError`, as those of the inventory do: each lists its refusals.
 * Beside these, every method may reject with `InvalidInput`, every command with `IdempotencyMismatch`
 * or `AnswerUnreadable`, under a principal every method with `Unauthenticated` or `Forbidden`, and every method when the store cannot do it.
 */

import type { Closable } from "../engine/Closable.ts"
import type { Principal, QuestionOptions, RequestOptions } from "../engine/RequestOptions.ts"
import type {
  SubscribeInTransactionOptions,
  SubscribeOptions,
  Subscription
} from "../engine/Subscription.ts"
import type {
  Attribute,
  AttributeDeleted,
  AttributesPage,
  Category,
  CategoryDeleted,
  CategoryTree,
  ExternalOwner,
  MappingsPage,
  Product,
  ProductAnswer,
  ProductDeleted,
  ProductsAnswer,
  ProductsPage,
  StockFollowed
} from "./CatalogAnswers.ts"
import type {
  CatalogEventPages,
  CatalogEventsOptions,
  CatalogEventType,
  LoggedCatalogEvent
} from "./CatalogEvents.ts"
import type {
  AddOptionInput,
  AttributesOptions,
  CreateAttributeInput,
  CreateCategoryInput,
  CreateProductInput,
  DuplicateProductInput,
  FollowStockInput,
  LocaleOptions,
  MappingsOf,
  MappingsOptions,
  MoveCategoryInput,
  OfAttribute,
  OfCategory,
  OfOption,
  OfProduct,
  ProductsOptions,
  SetCategoriesInput,
  SetImagesInput,
  SetSkuMappingsInput,
  TreeOptions,
  UpdateAttributeInput,
  UpdateCategoryInput,
  UpdateOptionInput,
  UpdateProductInput
} from "./CatalogInputs.ts"
import type { CatalogReports } from "./CatalogReports.ts"

/** A command: what it takes, and what it answers once it is committed. */
type Command<Input, Answer> = (input: Input, options?: RequestOptions) => Promise<Answer>

/** The commands of the catalog. */
export interface CatalogCommands {
  /**
   * Creates a product, whole, with its options, images and categories, or nothing of it.
   * Refusals: `CategoryNotFound`, `AttributeNotFound`, `SkuNotFound`, `IdTaken`, `ExternalIdTaken`,
   * `SlugTaken`, `ProductTooLarge`, `AttributeInactive`, `AttributeNotForType`, `AttributeMismatch`,
   * `MappingsMismatch`, `CurrencyMismatch`, `NothingOnOffer`.
   */
  readonly createProduct: Command<CreateProductInput, Product>
  /**
   * Changes a product; what is left out stays, and null clears.
   * Refusals: `ProductNotFound`, `StaleExpectation`, and those of `createProduct`.
   */
  readonly updateProduct: Command<UpdateProductInput, Product>
  /** Makes a draft that is like a product. Refusals: `ProductNotFound`, `IdTaken`. */
  readonly duplicateProduct: Command<DuplicateProductInput, Product>
  /** Puts a product on sale. Refusals: `ProductNotFound`, `StaleExpectation`, `NothingOnOffer`. */
  readonly activateProduct: Command<OfProduct, Product>
  /**
   * Withdraws a product from sale.
   * Refusals: `ProductNotFound`, `StaleExpectation`, `ProductConflict`.
   */
  readonly deactivateProduct: Command<OfProduct, Product>
  /** Takes a product out of the range. Refusals: `ProductNotFound`, `StaleExpectation`. */
  readonly discontinueProduct: Command<OfProduct, Product>
  /** Deletes a product. Refusals: `ProductNotFound`, `StaleExpectation`, `ProductReserved`. */
  readonly deleteProduct: Command<OfProduct, ProductDeleted>
  /**
   * Adds an option to a product.
   * Refusals: `ProductNotFound`, `SkuNotFound`, `IdTaken`, `StaleExpectation`, `ExternalIdTaken`,
   * `ProductTooLarge`, `MappingsMismatch`, `CurrencyMismatch`.
   */
  readonly addOption: Command<AddOptionInput, Product>
  /**
   * Changes an option; what is left out stays, and null clears.
   * Refusals: `ProductNotFound`, `OptionNotFound`, `SkuNotFound`, `StaleExpectation`,
   * `ExternalIdTaken`, `ProductTooLarge`, `MappingsMismatch`, `CurrencyMismatch`, `NothingOnOffer`.
   */
  readonly updateOption: Command<UpdateOptionInput, Product>
  /**
   * Removes an option.
   * Refusals: `ProductNotFound`, `OptionNotFound`, `StaleExpectation`, `NothingOnOffer`.
   */
  readonly removeOption: Command<OfOption, Product>
  /**
   * Sets the SKUs of an option, all of them.
   * Refusals: `ProductNotFound`, `OptionNotFound`, `SkuNotFound`, `StaleExpectation`,
   * `ProductTooLarge`, `MappingsMismatch`, `NothingOnOffer`.
   */
  readonly setSkuMappings: Command<SetSkuMappingsInput, Product>
  /** Sets the images of a product. Refusals: `ProductNotFound`, `StaleExpectation`. */
  readonly setImages: Command<SetImagesInput, Product>
  /**
   * Sets the categories of a product.
   * Refusals: `ProductNotFound`, `CategoryNotFound`, `StaleExpectation`.
   */
  readonly setCategories: Command<SetCategoriesInput, Product>
  /** Lets the options of a product follow stock. Refusals: `ProductNotFound`, `StaleStock`. */
  readonly followStock: Command<FollowStockInput, StockFollowed>
  /**
   * Creates a category, under a parent or at the top.
   * Refusals: `CategoryNotFound`, `IdTaken`, `ExternalIdTaken`, `CategoryNameTaken`,
   * `CategoryTooDeep`.
   */
  readonly createCategory: Command<CreateCategoryInput, Category>
  /**
   * Changes a category; what is left out stays, and null clears.
   * Refusals: `CategoryNotFound`, `StaleExpectation`, `ExternalIdTaken`, `CategoryNameTaken`.
   */
  readonly updateCategory: Command<UpdateCategoryInput, Category>
  /**
   * Moves a category with all that is below it.
   * Refusals: `CategoryNotFound`, `StaleExpectation`, `CategoryNameTaken`, `CategoryCycle`,
   * `CategoryTooDeep`.
   */
  readonly moveCategory: Command<MoveCategoryInput, Category>
  /**
   * Deletes a category that has neither children nor products.
   * Refusals: `CategoryNotFound`, `StaleExpectation`, `CategoryNotEmpty`.
   */
  readonly deleteCategory: Command<OfCategory, CategoryDeleted>
  /** Creates an attribute. Refusals: `IdTaken`, `AttributeCodeTaken`. */
  readonly createAttribute: Command<CreateAttributeInput, Attribute>
  /**
   * Changes or retires an attribute; what is left out stays, and null clears.
   * Refusals: `AttributeNotFound`, `StaleExpectation`, `AttributeInUse`.
   */
  readonly updateAttribute: Command<UpdateAttributeInput, Attribute>
  /**
   * Deletes an attribute that no product has a value of.
   * Refusals: `AttributeNotFound`, `StaleExpectation`, `AttributeInUse`.
   */
  readonly deleteAttribute: Command<OfAttribute, AttributeDeleted>
}

/** The reads of the catalog. */
export interface CatalogReads {
  /** A product with its options and its stock; undefined when there is none of this id. */
  readonly product: (
    productId: string,
    options?: LocaleOptions
  ) => Promise<ProductAnswer | undefined>
  /** The product that has a slug, or had it before; undefined when there is none. */
  readonly productBySlug: (
    slug: string,
    options?: LocaleOptions
  ) => Promise<ProductAnswer | undefined>
  /** Up to 250 products. */
  readonly productsByIds: (
    productIds: ReadonlyArray<string>,
    options?: LocaleOptions
  ) => Promise<ProductsAnswer>
  /** A page of products. Refusals: `CategoryNotFound`, `AttributeNotFound`. */
  readonly products: (options?: ProductsOptions) => Promise<ProductsPage>
  /** A category; undefined when there is none of this id. */
  readonly category: (categoryId: string, options?: LocaleOptions) => Promise<Category | undefined>
  /** The tree of categories. */
  readonly categoryTree: (options?: TreeOptions) => Promise<CategoryTree>
  /** An attribute; undefined when there is none of this id. */
  readonly attribute: (
    attributeId: string,
    options?: LocaleOptions
  ) => Promise<Attribute | undefined>
  /** A page of attributes, in the order of their codes. */
  readonly attributes: (options?: AttributesOptions) => Promise<AttributesPage>
  /** Which option takes how many of which SKU. */
  readonly skuMappings: (of: MappingsOf, options?: MappingsOptions) => Promise<MappingsPage>
  /** The products, options or categories that have one of up to 1,000 external ids. */
  readonly byExternalIds: (
    kind: "product" | "option" | "category",
    externalIds: ReadonlyArray<string>,
    options?: QuestionOptions
  ) => Promise<ReadonlyArray<ExternalOwner>>
  /**
   * Events of the catalog after a position, in order and without gaps: `await` reads one page, which
   * may be empty; `for await` reads all pages, to the end of the log. Remember the `position` of the
   * last event, and you never miss one. Without `after` it begins with the first event that is kept.
   * Refusals: `PositionGone` when events after the position were dropped, `LogRestored` when the log does
   * not have the event `afterEventId` at the position, or has lost the last page of an iteration.
   */
  readonly events: (options?: CatalogEventsOptions) => CatalogEventPages
  /** Resolves when the store answers. */
  readonly ping: (options?: QuestionOptions) => Promise<void>
}

/** The events of the catalog for handlers of the host. */
export interface CatalogSubscriptions {
  /**
   * Gives the events of the catalog to a handler in this process, in order, under a durable name, as
   * `subscribe` of the inventory does with its own. The names of the two contexts are apart.
   */
  readonly subscribe: <Types extends CatalogEventType = CatalogEventType>(
    name: string,
    options:
      | SubscribeOptions<LoggedCatalogEvent<Types>, Types>
      | SubscribeInTransactionOptions<LoggedCatalogEvent<Types>, Types>
  ) => Promise<Subscription>
}

/** The catalog: every command and every read, and its events. */
export interface CatalogCalls
  extends CatalogCommands,
    CatalogReads,
    CatalogReports,
    CatalogSubscriptions {}

/** The catalog of a host that is trusted. */
export interface CatalogDoor extends CatalogCalls {
  /** The same methods under a principal, who is asked for permission, as `as` of the inventory. */
  readonly as: (principal: Principal) => CatalogCalls
}

/** An open catalog. */
export interface HoldfastCatalog extends CatalogDoor, Closable {}
