/** Libraries and the parts of the server itself. All else (init scripts, `adduser`) is for servers that are installed. */
const NEEDED = /^(lib|redis|valkey)/;
/** The C library belongs to the system's program loader, which cannot be replaced. It is there: Node needs it too. */
const C_LIBRARY = /^libc6/;

/**
 * Reads `apt-cache --important depends --recurse`: a package at the start of a line, below it what it depends on.
 * Of alternatives (`|Depends`) the first counts, of a virtual package (`<name>`) its first provider, which the next
 * line names.
 * @returns the package and all that it needs to run from its own folder; empty where the text does not name it
 */
export const neededPackages = (text: string, name: string): string[] => {
  const dependencies = readDependencies(text);
  if (!dependencies.has(name)) return [];
  const found = new Set([name]);
  // A set hands out what is added while it is iterated.
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
