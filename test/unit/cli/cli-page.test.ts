import { describe, expect, it } from 'vitest';
import { cliPage, commandTree } from '../../support/cli-page.ts';

describe('The command line’s documentation', () => {
  it('is what the tree of commands says (`-u` writes it anew)', async () => {
    await expect(cliPage()).toMatchFileSnapshot('../../../docs/cli.md');
  });

  it.each(commandTree().commands.map((command) => [command.name(), command] as const))(
    'shows examples in the help of %s',
    (name, command) => {
      let text = '';
      command.configureOutput({
        writeOut: (part) => {
          text += part;
        },
      });
      command.outputHelp();
      expect(text).toMatch(new RegExp(`Examples:\\n( .*\\n)*.*frame-flow ${name}`));
    },
  );
});
