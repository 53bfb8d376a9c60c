import * as z from 'zod';
import { parseTemplate, type Resource, type StageTemplates } from './synthesize.ts';

/** A resource with its stack and logical id. */
export interface Located {
  readonly stack: string;
  readonly id: string;
  readonly resource: Resource;
}

const Exported = z.looseObject({ Value: z.unknown(), Export: z.object({ Name: z.string() }) });
const DependsOn = z
  .union([z.string(), z.array(z.string())])
  .default([])
  .transform((ids) => [ids].flat());

/** All resources of a stage with the resources that each of them refers to, across stacks too. */
export const referencesOf = (templates: StageTemplates): Map<Located, Located[]> => {
  const stacks = Object.entries(templates).flatMap(([stack, template]) =>
    template ? [{ stack, ...parseTemplate(template) }] : [],
  );
  const all = stacks.flatMap(({ stack, Resources }) =>
    Object.entries(Resources).map(([id, resource]): Located => ({ stack, id, resource })),
  );
  const find = (stack: string, id: string) => all.find((one) => one.stack === stack && one.id === id);
  const exported = new Map(
    stacks.flatMap(({ stack, Outputs }) =>
      Object.values(Outputs).flatMap((output) => {
        const { success, data } = Exported.safeParse(output);
        return success ? [[data.Export.Name, { stack, value: data.Value }] as const] : [];
      }),
    ),
  );
  const named = (stack: string, value: unknown): Located[] =>
    idsIn(value).flatMap(({ id, imported }) => {
      if (!imported) return find(stack, id) ?? [];
      const source = exported.get(id);
      if (!source) throw new Error(`no stack exports ${id}`);
      return named(source.stack, source.value);
    });
  return new Map(
    all.map((one) => {
      const { Properties, DependsOn: dependencies } = one.resource;
      const ids = DependsOn.parse(dependencies).flatMap((id) => find(one.stack, id) ?? []);
      return [one, [...named(one.stack, Properties), ...ids]];
    }),
  );
};

interface Named {
  readonly id: string;
  /** The name of an export, not a logical id. */
  readonly imported: boolean;
}

/** The references of a value, by any of CloudFormation's functions. */
const idsIn = (value: unknown): Named[] => {
  if (Array.isArray(value)) return value.flatMap(idsIn);
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, inner]: [string, unknown]): Named[] => {
    if (key === 'Ref') return [{ id: z.string().parse(inner), imported: false }];
    if (key === 'Fn::ImportValue') return [{ id: z.string().parse(inner), imported: true }];
    if (key === 'Fn::GetAtt') {
      const [id = ''] = z
        .union([z.array(z.unknown()), z.string().transform((text) => text.split('.'))])
        .parse(inner);
      return [{ id: String(id), imported: false }];
    }
    if (key === 'Fn::Sub') {
      const [text, values] = typeof inner === 'string' ? [inner] : z.array(z.unknown()).parse(inner);
      const ids = [...String(text).matchAll(/\$\{(?<id>[A-Za-z0-9]+)[^}]*\}/g)].map(
        ({ groups }) => groups?.id ?? '',
      );
      return [...ids.map((id) => ({ id, imported: false })), ...idsIn(values)];
    }
    return idsIn(inner);
  });
};
