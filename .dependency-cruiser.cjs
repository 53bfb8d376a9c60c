/**
 * The import rules of the layout, enforced in `npm run deps`:
 * engine → nothing of ours; contracts → zod and the engine's words; archive → the engine's face and the manifest's schema;
 * core → own core, contracts, shared/errors, shared/sweep/sweep-each, shared/access/core and the pure half of the engine's face
 * and of archive;
 * everything else → the engine's face; never context → context; lib → contracts (other runtime code by file path only);
 * client → the types of contracts; everything else → the client's faces.
 */
const PURE_ENGINE = '^engine/(containers/|plan/|(errors|extraction|policy|pure|video|words)[.]ts$)';
/** File names and manifest of the frames. The ZIP code beside them needs Node. */
const PURE_ARCHIVE = '^archive/(frame-file-name|manifest)[.]ts$';
const CONTEXTS = 'auth|upload|process|download|orchestrator|health|database|self-test';

module.exports = {
  forbidden: [
    {
      name: 'engine-stands-on-the-ground',
      comment:
        'the engine imports only Node and packages: the command line uses it without the rest of the system',
      severity: 'error',
      from: { path: '^engine/' },
      to: { path: '^(archive|functions|lib|bin|layers|local|test|bench|client|cli|web)/' },
    },
    {
      name: 'pure-engine-is-pure',
      comment: 'bundles that start no engine contain these parts; only engine/words.ts needs a package',
      severity: 'error',
      from: { path: PURE_ENGINE },
      to: { pathNot: [PURE_ENGINE, '^node_modules/zod/'] },
    },
    {
      name: 'libav-is-loaded-in-the-child-alone',
      comment:
        'a hostile file may crash the process that decodes it, so that process must not have the credentials',
      severity: 'error',
      from: { pathNot: '^engine/libav/child/' },
      to: { path: '^engine/libav/child/|^node_modules/node-av/' },
    },
    {
      name: 'the-engine-has-one-face',
      comment:
        'tests may import its parts; core imports its pure half and contracts its words (separate rules)',
      severity: 'error',
      from: {
        pathNot: [
          `^engine/`,
          '^test/',
          '^functions/contracts/',
          `^functions/(${CONTEXTS}|shared/access)/core/`,
          PURE_ARCHIVE,
        ],
      },
      to: { path: '^engine/', pathNot: '^engine/index[.]ts$' },
    },
    {
      name: 'contracts-import-zod-and-the-engines-words',
      severity: 'error',
      from: { path: '^functions/contracts/' },
      to: { pathNot: ['^functions/contracts/', '^engine/words[.]ts$', '^node_modules/zod/'] },
    },
    {
      name: 'the-document-comes-from-the-contracts',
      comment:
        'the OpenAPI document contains what the registry contains; no deployed code contains the document',
      severity: 'error',
      from: { path: '^openapi/' },
      to: {
        path: '^(bin|cli|client|engine|functions|layers|lib|local|site|test|bench|web)/',
        pathNot: '^functions/contracts/',
      },
    },
    {
      name: 'what-is-deployed-holds-no-documentation',
      comment: 'texts and examples for people are in modules that no bundle contains',
      severity: 'error',
      from: { path: '^(archive|engine|functions|lib)/' },
      to: { path: '^(openapi|site)/|^functions/contracts/route-(texts|examples)[.]ts$' },
    },
    {
      name: 'core-is-pure',
      comment:
        'core may import its own core, contracts, shared/errors and other pure code; no SDK, Node API or adapter',
      severity: 'error',
      from: { path: `^functions/(${CONTEXTS}|shared/access)/core/` },
      to: {
        pathNot: [
          '^functions/$1/core/',
          '^functions/contracts/',
          '^functions/shared/access/core/',
          '^functions/shared/errors/',
          '^functions/shared/sweep/sweep-each[.]ts$',
          '^engine/pure[.]ts$',
          PURE_ARCHIVE,
          '^node_modules/zod/',
        ],
      },
    },
    {
      name: 'the-archive-knows-the-engine-and-the-manifest',
      comment: 'the process context and the command line create the same ZIP with it',
      severity: 'error',
      from: { path: '^archive/' },
      to: {
        path: '^(archive|engine|functions|lib|bin|layers|local|test|bench|client|cli|web)/',
        pathNot: ['^archive/', '^engine/(pure|index)[.]ts$', '^functions/contracts/manifest[.]ts$'],
      },
    },
    {
      name: 'the-command-line-uses-public-faces',
      comment: 'it is a client of the service, and of the engine as anyone may use it',
      severity: 'error',
      from: { path: '^cli/' },
      to: {
        path: '^(archive|engine|functions|lib|bin|layers|local|test|bench|client|web)/',
        pathNot: [
          '^archive/',
          '^client/(index|next-steps|node)[.]ts$',
          '^engine/index[.]ts$',
          '^functions/contracts/',
        ],
      },
    },
    {
      name: 'programs-are-not-imported',
      comment: 'tests and benchmarks look at the parts of the command line',
      severity: 'error',
      from: { pathNot: '^(cli|test|bench)/' },
      to: { path: '^cli/' },
    },
    {
      name: 'the-pure-archive-is-pure',
      severity: 'error',
      from: { path: PURE_ARCHIVE },
      to: { pathNot: [PURE_ARCHIVE, '^engine/pure[.]ts$', '^functions/contracts/manifest[.]ts$'] },
    },
    {
      name: 'adapters-stay-outside',
      comment: 'adapters import their own core, contracts, shared and SDKs; not entries or routes',
      severity: 'error',
      from: { path: `^functions/(${CONTEXTS})/adapters/` },
      to: {
        path: '^functions/',
        pathNot: ['^functions/$1/(core|adapters)/', '^functions/contracts/', '^functions/shared/'],
      },
    },
    {
      name: 'never-context-to-context',
      severity: 'error',
      comment: 'The self-test has its own rule below.',
      from: { path: `^functions/(${CONTEXTS})/`, pathNot: '^functions/self-test/checks.ts$' },
      to: { path: `^functions/(${CONTEXTS})/`, pathNot: '^functions/$1/' },
    },
    {
      name: 'the-self-test-uses-what-production-runs',
      severity: 'error',
      comment:
        "a check with another hasher or engine than the contexts' own would prove nothing; one file may import these two",
      from: { path: '^functions/self-test/checks.ts$' },
      to: {
        path: `^functions/(${CONTEXTS})/`,
        pathNot: [
          '^functions/self-test/',
          '^functions/auth/adapters/argon2-password-hasher.ts$',
          '^functions/process/engines.ts$',
        ],
      },
    },
    {
      name: 'shared-knows-no-context',
      severity: 'error',
      from: { path: '^functions/shared/' },
      to: { path: `^(functions/(${CONTEXTS})|lib|bin|local|test|bench)/` },
    },
    {
      name: 'lib-imports-contracts-only',
      severity: 'error',
      from: { path: '^lib/' },
      to: { path: '^(archive|engine|functions|local|test|bench|bin)/', pathNot: '^functions/contracts/' },
    },
    {
      name: 'runtime-knows-no-infrastructure',
      severity: 'error',
      from: { path: '^functions/' },
      to: { path: '^(lib|bin|local|test|bench|layers)/|^node_modules/(aws-cdk-lib|constructs)/' },
    },
    {
      name: 'the-client-stands-alone',
      comment: 'a page or a command line bundles it without the rest of the system',
      severity: 'error',
      from: { path: '^client/' },
      to: {
        path: '^(archive|engine|functions|lib|openapi|bin|layers|local|test|bench|cli|web)/|^node_modules/',
        pathNot: ['^functions/contracts/', '^node_modules/zod/'],
      },
    },
    {
      name: 'the-client-takes-only-types-of-contracts',
      comment:
        'its bundle holds neither zod nor a schema; next-steps.ts takes the sentences, which are neither',
      severity: 'error',
      from: { path: '^client/', pathNot: '^client/next-steps[.]ts$' },
      to: { path: '^(functions/contracts|node_modules/zod)/', dependencyTypesNot: ['type-only'] },
    },
    {
      name: 'the-clients-next-steps-come-from-the-catalogue-of-problems',
      severity: 'error',
      from: { path: '^client/next-steps[.]ts$' },
      to: { pathNot: '^client/|^functions/contracts/problems[.]ts$' },
    },
    {
      name: 'the-client-runs-in-browsers',
      comment: "node.ts alone is for Node's own modules",
      severity: 'error',
      from: { path: '^client/', pathNot: '^client/node[.]ts$' },
      to: { dependencyTypes: ['core'] },
    },
    {
      name: 'the-client-has-faces',
      comment:
        'index.ts and next-steps.ts for Node and browsers, node.ts for Node; unit tests look behind them',
      severity: 'error',
      from: { pathNot: ['^client/', '^test/unit/client/'] },
      to: { path: '^client/', pathNot: '^client/(index|node|next-steps)[.]ts$' },
    },
    { name: 'no-cycles', severity: 'error', from: {}, to: { circular: true } },
    {
      name: 'resolvable',
      severity: 'error',
      from: {},
      to: { couldNotResolve: true, pathNot: '^aws-lambda$' },
    },
  ],
  options: {
    parser: 'swc',
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '^(cdk.out|build|\\.local)/' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'node', 'default', 'types'],
    },
  },
};
