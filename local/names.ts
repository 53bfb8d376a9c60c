import type { Named } from './template/model.ts';

/** The hash at the end of CDK's logical ids: eight hexadecimal digits. */
const HASH = /[0-9A-F]{8}$/;

/**
 * Finds a resource by its logical id, with or without CDK's hash, or by the beginning or end of the logical id.
 * @throws Error with the candidates, if no resource or more than one matches
 */
export const findNamed = <Resource extends Named>(
  kind: string,
  resources: readonly Resource[],
  name: string,
): Resource => {
  const wanted = name.toLowerCase();
  const plain = ({ logicalId }: Resource): string => logicalId.replace(HASH, '').toLowerCase();
  const ways: ((resource: Resource) => boolean)[] = [
    (resource) => resource.logicalId === name || resource.name === name,
    (resource) => plain(resource) === wanted,
    (resource) => plain(resource).startsWith(wanted) || plain(resource).endsWith(wanted),
  ];
  for (const way of ways) {
    const [found, ...more] = resources.filter(way);
    if (found !== undefined && more.length === 0) return found;
  }
  const known = resources.map(({ logicalId }) => logicalId).join(', ');
  throw new Error(`No unique ${kind} matches "${name}"; candidates: ${known}`);
};
