/** What an adapter is held to: the contract suites, the reference model and the stories. */
export * from "./arbitraries.ts"
export * from "./given.ts"
export * from "./ReferenceModel.ts"
export * from "./ReplayedStock.ts"
export * from "./StockStoreContract.ts"
export * from "./story.ts"
