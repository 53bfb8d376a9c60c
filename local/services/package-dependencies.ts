/**
 * Libraries and the parts of the server itself. Other dependencies (init scripts, `adduser`) serve an installed server.
 */
const NEEDED = /^(lib|redis|valkey)/;
/**
 * The C library must match the system's program loader, which cannot be replaced. Node needs it too, so the system has
 * it.
 */
const C_LIBRARY = /^libc6/;

/**
 * Reads the output of `apt-cache --important depends --recurse`: a package at the start of a line, its dependencies in
 * the lines below. The first of several alternatives (`|Depends`) counts. For a virtual package (`<name>`) its first
 * provider counts, which the next line names.
 * @returns the package and everything that it needs to run from its own folder; empty if the text does not contain the
 * package
 */
export const neededPackages = (text: string, name: string): string[] => {
  const dependencies = readDependencies(text);
  if (!dependencies.has(name)) return [];
  const found = new Set([name]);
  // Iterating a set includes elements that are added meanwhile.
  for (const each of found) {
    for (const dependency of dependencies.get(each) ?? []) {
      if (NEEDED.test(dependency) && !C_LIBRARY.test(dependency)) found.add(dependency);
    }
  }
  return [...found];
};

const readDependencies = (text: string): Map<string, string[]> => {
  const dependencies = new Map<string, string[]>();
  let current: string[] = [];
  let alternativeFollows = false;
  let awaitsProvider = false;
  for (const line of text.split('\n')) {
    const dependency = /^ ([ |])(?:Pre)?Depends: (.+)$/.exec(line);
    if (dependency !== null) {
      const [, mark, target = ''] = dependency;
      const virtual = target.startsWith('<');
      awaitsProvider = virtual && !alternativeFollows;
      if (!virtual && !alternativeFollows) current.push(target);
      alternativeFollows = mark === '|';
    } else if (line.startsWith('    ')) {
      if (awaitsProvider) current.push(line.trim());
      awaitsProvider = false;
    } else if (line !== '') {
      current = [];
      dependencies.set(line, current);
    }
  }
  return dependencies;
};
