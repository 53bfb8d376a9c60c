import { type KeyObject, sign } from 'node:crypto';

const encode = (value: string | Buffer): string => Buffer.from(value).toString('base64url');

/** A header or claims, as an object or as literal text. */
export type Part = string | Record<string, unknown>;

const text = (part: Part): string => (typeof part === 'string' ? part : JSON.stringify(part));

/** The encoded header and payload: the input of the signature. */
const signingInput = (header: Part, payload: Part): string =>
  `${encode(text(header))}.${encode(text(payload))}`;

/** A JWT of any header and payload, with the signature that `signature` computes. */
export const forge = (header: Part, payload: Part, signature: (input: string) => string | Buffer): string => {
  const input = signingInput(header, payload);
  return `${input}.${encode(signature(input))}`;
};

/** Signs with an Ed25519 private key. */
export const ed25519 =
  (privateKey: KeyObject) =>
  (input: string): Buffer =>
    sign(null, Buffer.from(input), privateKey);
