// Kinds of types that the schemas share.
import { Type, type TProperties, type TSchema, type TSchemaOptions } from 'typebox';

/** An object of these properties and no others. */
export const closed = <T extends TProperties>(properties: T) =>
  Type.Object(properties, { additionalProperties: false });
/** That, or null. */
export const nullable = <T extends TSchema>(type: T, options?: TSchemaOptions) =>
  Type.Union([type, Type.Null()], options);
/** One of these words. */
export const literals = <const T extends string[]>(values: T, options?: TSchemaOptions) =>
  Type.Enum<T>(values, options);
