/** An item that comes after others. `dependsOn` contains logical ids, as CloudFormation's DependsOn. */
export interface Dependent {
  readonly logicalId: string;
  readonly dependsOn: readonly string[];
}

/**
 * Sorts the items so that each comes after its dependencies, and keeps their order otherwise. Unknown ids are ignored.
 * A cycle, which CloudFormation refuses, is broken at its first item.
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
