import type { Described, Facts, StageOutline } from './stage-outline.ts';
import { block, fill, pathTexts } from './text.ts';

/** The outline as text, ordered by stack and type, then the environment variables with the functions that have them. */
export const renderOutline = ({ stacks, environment }: StageOutline): string =>
  sectionsText([
    ...stacks.flatMap(({ name, byType, outputs }) => [
      `# ${name}`,
      ...[...byType].map(([type, resources]) => typeSection(type, resources)),
      ...(outputs.length > 0 ? [['Outputs', ...fill(outputs, '  ')].join('\n')] : []),
    ]),
    '# Environment',
    environmentSection(environment),
  ]);

/** The differences between a stage and another one, as text; a property or variable that it lacks is `-`. */
export const renderDifferences = (outline: StageOutline, base: StageOutline): string =>
  sectionsText([
    ...outline.stacks.flatMap(({ name, byType }) => {
      const basis = base.stacks.find((stack) => stack.name === name)?.byType;
      const types = [...new Set([...byType.keys(), ...(basis?.keys() ?? [])])];
      return [
        `# ${name}`,
        ...types.flatMap((type) => differenceSection(type, byType.get(type) ?? [], basis?.get(type) ?? [])),
      ];
    }),
    '# Environment',
    ...differenceSection('Variables', outline.environment, base.environment),
  ]);

const sectionsText = (sections: readonly string[]): string => `${sections.join('\n\n')}\n`;

const typeSection = (type: string, resources: readonly Described[]): string => {
  const usual = usualFacts(resources.map(({ facts }) => facts));
  const heading = usual.size > 0 ? `${type}, usually` : type;
  return [
    ...block(heading, factTexts(usual), '    '),
    ...resourceLines(resources.map(({ path, facts }) => ({ path, facts: differences(facts, usual) }))),
  ].join('\n');
};

const differenceSection = (
  type: string,
  resources: readonly Described[],
  basis: readonly Described[],
): string[] => {
  const lines = resources.flatMap(({ path, facts }) => {
    const before = basis.filter((one) => one.path === path);
    if (before.some((one) => differences(facts, one.facts).size === 0)) return [];
    return [{ path, facts: before[0] ? differences(facts, before[0].facts) : facts }];
  });
  const missing = basis.filter(({ path }) => !resources.some((one) => one.path === path));
  if (lines.length + missing.length === 0) return [];
  return [
    [type, ...resourceLines(lines), ...fill(pathTexts(missing.map(({ path }) => path)), '  without ')].join(
      '\n',
    ),
  ];
};

/** The outline shows usual values only for at least this many resources of a type. */
const FEWEST = 4;

/** The facts of more than half of the resources. */
const usualFacts = (all: readonly Facts[]): Facts => {
  if (all.length < FEWEST) return new Map();
  const names = [...new Set(all.flatMap((facts) => [...facts.keys()]))].toSorted();
  return new Map(
    names.flatMap((name): [string, string][] => {
      const values = all.map((facts) => facts.get(name));
      const value = values.find((one) => values.filter((other) => other === one).length > all.length / 2);
      return value === undefined ? [] : [[name, value]];
    }),
  );
};

/** The facts that differ from the others', and `-` for each fact that only the others have. */
const differences = (facts: Facts, others: Facts): Facts =>
  new Map([
    ...[...facts].filter(([name, value]) => others.get(name) !== value),
    ...[...others.keys()].filter((name) => !facts.has(name)).map((name): [string, string] => [name, '-']),
  ]);

const factTexts = (facts: Facts): string[] => [...facts].map(([name, value]) => `${name}=${value}`);

/** Groups resources with the same facts. */
const resourceLines = (resources: readonly Described[]): string[] =>
  Object.values(Object.groupBy(resources, ({ facts }) => factTexts(facts).join('\n')))
    .map((alike = []) => {
      const paths = fill(pathTexts(alike.map(({ path }) => path)), '  ').join('\n');
      const texts = factTexts(alike[0]?.facts ?? new Map());
      return texts.length > 0 ? block(`${paths} `, texts, '      ').join('\n') : paths;
    })
    .toSorted();

/** Groups variables by the functions that have them. A variable with two values appears twice. */
const environmentSection = (environment: readonly Described[]): string => {
  const variables = environment.flatMap(({ path, facts }) =>
    factTexts(facts).map((text) => ({ text, path })),
  );
  const holders = Object.entries(Object.groupBy(variables, ({ text }) => text)).map(([text, ofText = []]) => {
    const paths = pathTexts(ofText.map(({ path }) => path));
    return { text, holders: ofText.length === environment.length ? 'all' : fill(paths, '').join('\n') };
  });
  return Object.entries(Object.groupBy(holders, ({ holders: who }) => who))
    .map(([who, ofHolders = []]) =>
      [who, ...fill(ofHolders.map(({ text }) => text).toSorted(), '    ')].join('\n'),
    )
    .toSorted()
    .join('\n');
};
