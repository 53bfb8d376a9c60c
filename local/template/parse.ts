import * as z from 'zod';
import { DevStackError } from '../errors.ts';
import type { LocatedResource, TemplateResolver } from './resolver.ts';

/** Templates mix booleans, numbers and texts; these schemas accept each form. */
export const Flag = z.union([z.boolean(), z.enum(['true', 'false']).transform((text) => text === 'true')]);
export const Count = z.coerce.number();
export const Text = z.union([z.string(), z.number(), z.boolean()]).transform(String);

/** Names a resource in errors. */
export const titleOf = ({ stack, logicalId, resource }: LocatedResource): string =>
  `${stack.name}/${logicalId} (${resource.Type})`;

/**
 * Resolves and validates the resource's properties.
 * @throws DevStackError TEMPLATE_UNSUPPORTED, naming the resource and the problem
 */
export const parseProperties = <Schema extends z.ZodType>(
  resolver: TemplateResolver,
  located: LocatedResource,
  schema: Schema,
): z.infer<Schema> => {
  const parsed = schema.safeParse(resolver.properties(located));
  if (parsed.success) return parsed.data;
  const problems = z.prettifyError(parsed.error).replaceAll('\n', '; ');
  throw new DevStackError('TEMPLATE_UNSUPPORTED', `${titleOf(located)} cannot be run locally: ${problems}`);
};

/** The error for a resource that the dev stack cannot run: TEMPLATE_UNSUPPORTED. */
export const unsupported = (located: LocatedResource, what: string): DevStackError =>
  new DevStackError('TEMPLATE_UNSUPPORTED', `${titleOf(located)}: the dev stack does not run ${what}`);
