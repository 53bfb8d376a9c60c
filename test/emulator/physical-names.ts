import { ACCOUNT_ID } from '../../local/constants.ts';
import type { StackTemplate } from '../../local/template/assembly.ts';
import { Symbols } from '../infra/symbols.ts';
import type { Clients } from './clients.ts';
import { arnOf, resourcesOf } from './deployed.ts';
import { EmulatorError } from './errors.ts';

/** The physical names of a deployed stage for symbols such as `<Upload/Inbox/Queue.Arn>`. */
export interface PhysicalNames {
  /** The text with every symbol replaced. Symbols that stage local lacks become a name that does not exist. */
  resolve(text: string): string;
  /** The name of the resource with this path, for example of a role. @throws EmulatorError if there is none */
  nameOf(path: string): string;
  /** Paths of all resources of this type. */
  pathsOf(type: string): string[];
}

/** Reads the names that CloudFormation gave to the resources of these templates. */
export const readPhysicalNames = async (
  clients: Clients,
  stacks: readonly StackTemplate[],
  region: string,
): Promise<PhysicalNames> => {
  const symbols = new Symbols(stacks);
  const values = new Map<string, string>([
    ['<region>', region],
    ['<account>', ACCOUNT_ID],
  ]);
  const types = new Map<string, string>();
  for (const stack of stacks) {
    for (const resource of await resourcesOf(clients, stack.name)) {
      // Resources of CDK itself, such as its metadata, have no path.
      if (stack.template.Resources[resource.logicalId] === undefined) continue;
      const path = symbols.pathOf(stack, resource.logicalId);
      types.set(path, resource.type);
      values.set(`<${path}>`, resource.physicalId);
      const arn = arnOf(resource, region);
      if (arn !== undefined) values.set(`<${path}.Arn>`, arn);
    }
  }
  return {
    resolve: (text) => text.replaceAll(/<[^<>]+>/g, (symbol) => values.get(symbol) ?? 'absent'),
    nameOf: (path) => {
      const name = values.get(`<${path}>`);
      if (name === undefined) throw new EmulatorError(`No deployed resource is called ${path}`);
      return name;
    },
    pathsOf: (type) => [...types].filter(([, found]) => found === type).map(([path]) => path),
  };
};
