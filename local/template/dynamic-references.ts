import * as z from 'zod';

/** `{{resolve:service:…}}` anywhere in a text. */
export const DYNAMIC_REFERENCE = /\{\{resolve:[^}]+\}\}/g;

const SECRET_REFERENCE =
  /^\{\{resolve:secretsmanager:(.+?)(?::SecretString:([^:}]*):?([^:}]*):?([^:}]*))?\}\}$/;

/**
 * The value of a reference to a secret: its whole text, or one key of its JSON. Undefined for other references and for
 * unknown secrets.
 */
export const secretField = (
  reference: string,
  secretText: (secret: string) => string | undefined,
): string | undefined => {
  const match = SECRET_REFERENCE.exec(reference);
  const secret = match?.[1];
  if (secret === undefined) return undefined;
  const text = secretText(secret);
  const key = match?.[2];
  if (text === undefined || key === undefined || key === '') return text;
  const fields = z.record(z.string(), z.unknown()).safeParse(JSON.parse(text));
  const value = fields.success ? fields.data[key] : undefined;
  return value === undefined ? undefined : String(value);
};
