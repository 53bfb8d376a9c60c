import type { Command } from 'commander';
import type { LoginOptions } from '../commands/login.ts';
import type { RegisterOptions } from '../commands/register.ts';
import { examples, type Start } from './start.ts';

const PASSWORD_STDIN = ['--password-stdin', 'read the password from stdin instead of asking for it'] as const;

/** Accounts and sessions. */
export const addAccountCommands = (program: Command, start: Start): void => {
  program
    .command('register')
    .summary('create an account and log in')
    .description('Creates an account with the service and logs in. A password has 8 to 128 characters.')
    .option('--email <address>', 'the email address; asked for where it is missing')
    .option('--name <name>', 'your name, as the profile shows it')
    .option(...PASSWORD_STDIN)
    .addHelpText(
      'after',
      examples(
        ['frame-flow register --email me@example.com', 'asks for the password'],
        [
          'pass show frame-flow | frame-flow register --email me@example.com --password-stdin',
          'asks nothing',
        ],
      ),
    )
    .action(
      start<[RegisterOptions]>(async (...args) =>
        (await import('../commands/register.ts')).register(...args),
      ),
    );
  program
    .command('login')
    .summary('log in')
    .description('Starts a session and keeps its tokens in a file that only you can read.')
    .option('--email <address>', 'the email address; asked for where it is missing')
    .option(...PASSWORD_STDIN)
    .addHelpText(
      'after',
      examples(
        ['frame-flow login --email me@example.com', 'asks for the password'],
        ['FRAME_FLOW_TOKEN=$TOKEN frame-flow list', 'a script with an access token needs no login'],
      ),
    )
    .action(start<[LoginOptions]>(async (...args) => (await import('../commands/login.ts')).login(...args)));
  program
    .command('logout')
    .summary('log out')
    .description('Forgets the session and ends it at the service.')
    .addHelpText('after', examples(['frame-flow logout', 'the tokens are of no use any more']))
    .action(start<[]>(async (context) => (await import('../commands/logout.ts')).logout(context)));
  program
    .command('whoami')
    .summary('print who is logged in')
    .description('Prints the email address of the account that is logged in.')
    .addHelpText('after', examples(['frame-flow whoami --json', 'the whole profile']))
    .action(start<[]>(async (context) => (await import('../commands/whoami.ts')).whoami(context)));
};
