import { describe, expect, test } from 'vitest';
import { synthesizeStacks } from '../synthesize.ts';
import { renderDifferences, renderOutline } from './render.ts';
import { type OutlinedStack, outlineOf } from './stage-outline.ts';

/*
 * The files beside this test are for a reviewer: dev.txt and local.txt hold everything that shapes.ts does not leave
 * out, prod.txt the differences between prod and dev. `npx vitest run --project infra test/infra/outline -u` rewrites
 * them.
 */
describe('The resources of a stage', () => {
  const dev = outlineOf(synthesizeStacks('dev'));

  test('dev match its outline', async () => {
    await expect(renderOutline(dev)).toMatchFileSnapshot('dev.txt');
  });

  test('prod differ from those of dev as its outline says', async () => {
    const prod = outlineOf(synthesizeStacks('prod'));
    await expect(renderDifferences(prod, dev)).toMatchFileSnapshot('prod.txt');
  });

  test('local match its outline', async () => {
    await expect(renderOutline(outlineOf(synthesizeStacks('local')))).toMatchFileSnapshot('local.txt');
  });
});

type Properties = Record<string, unknown>;

const queue = (name: string, Properties: Properties, policies: Properties = {}) => [
  name,
  {
    ...{ Type: 'AWS::SQS::Queue', Properties, ...policies },
    Metadata: { 'aws:cdk:path': `Stack/Inbox/${name}/Resource` },
  },
];
const stackOf = (...resources: ReturnType<typeof queue>[]): OutlinedStack => ({
  name: 'FrameFlow-test-App',
  template: { Resources: Object.fromEntries(resources), Outputs: {} },
});
const outline = (...resources: ReturnType<typeof queue>[]) => outlineOf([stackOf(...resources)]);

describe('An outline', () => {
  test('shows every property, references by path, and the deletion policies', () => {
    const text = renderOutline(
      outline(
        queue(
          'Queue',
          {
            VisibilityTimeout: 30,
            RedrivePolicy: { deadLetterTargetArn: { 'Fn::GetAtt': ['Letters', 'Arn'] } },
          },
          { DeletionPolicy: 'Retain', UpdateReplacePolicy: 'Delete' },
        ),
        queue('Letters', {}),
      ),
    );
    expect(text).toContain(
      'SQS::Queue\n' +
        '  Inbox/Letters\n' +
        '  Inbox/Queue\n' +
        '      RedrivePolicy={deadLetterTargetArn: <../Letters.Arn>} VisibilityTimeout=30 DeletionPolicy=Retain\n' +
        '      UpdateReplacePolicy=Delete\n',
    );
  });

  test('shows a value of most resources of a type once, and the values of the others beside them', () => {
    const many = ['One', 'Two', 'Three'].map((name) => queue(name, { DelaySeconds: 1 }));
    expect(renderOutline(outline(...many, queue('Four', { DelaySeconds: 2 }), queue('Five', {})))).toContain(
      'SQS::Queue, usually DelaySeconds=1\n' +
        '  Inbox/Five  DelaySeconds=-\n' +
        '  Inbox/Four  DelaySeconds=2\n' +
        '  Inbox/{One,Three,Two}\n',
    );
  });
});

describe('The differences of two outlines', () => {
  test('are changed, lost and gained properties, and resources in only one of them', () => {
    const base = outline(
      queue('Same', { DelaySeconds: 1 }),
      queue('Changed', { DelaySeconds: 1, FifoQueue: true }),
      queue('Lost', {}),
    );
    const other = outline(
      queue('Same', { DelaySeconds: 1 }),
      queue('Changed', { DelaySeconds: 2, KmsMasterKeyId: 'key' }),
      queue('Gained', { DelaySeconds: 9 }),
    );
    expect(renderDifferences(other, base)).toContain(
      'SQS::Queue\n' +
        '  Inbox/Changed  DelaySeconds=2 KmsMasterKeyId=key FifoQueue=-\n' +
        '  Inbox/Gained  DelaySeconds=9\n' +
        '  without Inbox/Lost\n',
    );
  });
});
