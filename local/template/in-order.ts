/** Something that comes after others, named as CloudFormation's DependsOn does. */
export interface Dependent {
  readonly logicalId: string;
  readonly dependsOn: readonly string[];
}

/**
 * The items so that each comes after those that it depends on, otherwise in their own order. Names of anything else are
 * ignored; a cycle, which CloudFormation would refuse, is broken at its first item.
 */
export const inOrder = <T extends Dependent>(items: readonly T[]): T[] => {
  const byId = new Map(items.map((item) => [item.logicalId, item]));
  const ordered = new Set<T>();
  const visited = new Set<T>();
  const visit = (item: T): void => {
    if (visited.has(item)) return;
    visited.add(item);
    for (const id of item.dependsOn) {
      const other = byId.get(id);
      if (other !== undefined) visit(other);
    }
    ordered.add(item);
  };
  for (const item of items) visit(item);
  return [...ordered];
};
