/** The text of the module that the .proto files give. */
export declare const descriptorsModule: () => string
