import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { SagaEvent, type SagaEventOf, type SagaEventType } from '../../../functions/contracts/events.ts';
import { VideoStatus } from '../../../functions/contracts/http/videos.ts';
import { ROUTES } from '../../../functions/contracts/routes.ts';
import { inboxesFor } from '../../../functions/contracts/routing.ts';
import { ARTIFACT_STATES } from '../../../functions/download/core/artifact.ts';
import { SagaState } from '../../../functions/orchestrator/core/saga.ts';
import { someEvent, somePayload, someSource } from '../../support/events.ts';

const page = readFileSync(new URL('../../../docs/domain.md', import.meta.url), 'utf8');
const board = /```mermaid\n([\s\S]*?)```/.exec(page)?.[1] ?? '';
const prose = page.replace(/```[\s\S]*?```/g, '');
const marked = [...prose.matchAll(/`([^`]+)`/g)].map(([, text = '']) => text);

const operations = Object.keys(ROUTES);
const eventTypes = SagaEvent.options.map(({ shape }) => shape.type.value);
const states: string[] = [
  ...VideoStatus.options,
  ...ARTIFACT_STATES,
  ...SagaState.options.map(({ shape }) => shape.status.value),
];

/** The rows of the table below a heading, as their cells. */
const rowsBelow = (heading: string): string[][] => {
  const section = prose.split(/^## /m).find((text) => text.startsWith(`${heading}\n`)) ?? '';
  const lines = section.split('\n').filter((line) => line.startsWith('|'));
  return lines.slice(2).map((line) =>
    line
      .split('|')
      .slice(1, -1)
      .map((cell) => cell.trim()),
  );
};

const order = (target: 'lambda' | 'fargate') =>
  someEvent('PROCESS_FILE', { attempt: 1, target, source: someSource() });

/** Sample events of each type, one for each case of its routing. */
const SAMPLES: { readonly [Type in SagaEventType]: readonly SagaEventOf<Type>[] } = {
  VIDEO_CREATED: [someEvent('VIDEO_CREATED', {})],
  UPLOAD_EXPIRED: [someEvent('UPLOAD_EXPIRED', {})],
  UPLOAD_REFUSED: [someEvent('UPLOAD_REFUSED', { code: 'SIZE_MISMATCH', message: 'It was refused.' })],
  FILE_UPLOADED: [someEvent('FILE_UPLOADED', somePayload.FILE_UPLOADED())],
  PROCESS_FILE: [order('lambda'), order('fargate')],
  EXTRACTION_STARTED: [someEvent('EXTRACTION_STARTED', { attempt: 1, target: 'lambda' })],
  FILE_PROCESSED: [someEvent('FILE_PROCESSED', somePayload.FILE_PROCESSED())],
  FILE_AVAILABLE: [someEvent('FILE_AVAILABLE', somePayload.FILE_AVAILABLE())],
  FILE_FAILED: [someEvent('FILE_FAILED', somePayload.FILE_FAILED())],
  FILE_DELETED: [someEvent('FILE_DELETED', {})],
  DISCARD_FILE: [someEvent('DISCARD_FILE', { reason: 'DELETED' })],
};

describe('docs/domain.md', () => {
  it.each(operations)('names the operation %s', (id) => {
    expect(marked).toContain(id);
  });

  it('has a row for each event type, and for nothing else', () => {
    expect(rowsBelow('Events').map(([event]) => event)).toEqual(eventTypes.map((type) => `\`${type}\``));
  });

  it.each(eventTypes)('lists the inboxes that receive %s, as the routing table does', (type) => {
    const [, , heardBy = ''] = rowsBelow('Events').find(([event]) => event === `\`${type}\``) ?? [];
    const inboxes = SAMPLES[type].flatMap(inboxesFor);
    expect(heardBy.split(/, | or /).toSorted()).toEqual([...new Set(inboxes)].toSorted());
  });

  it.each(['Commands', 'Queries'])('marks only operations and events as code below "%s"', (name) => {
    const rows = rowsBelow(name);
    expect(rows.length).toBeGreaterThan(0);
    for (const [, text = ''] of rows
      .flat()
      .join(' ')
      .matchAll(/`([^`]+)`/g)) {
      expect([...operations, ...eventTypes]).toContain(text);
    }
  });

  it('names no operation, event or state that does not exist', () => {
    const known = [...operations, ...eventTypes, ...states];
    expect(marked.filter((text) => !known.includes(text))).toEqual([]);
  });

  it('shows every event type on the board, and nothing else in its spelling', () => {
    const shown = board.match(/\b[A-Z]+(?:_[A-Z]+)+\b/g) ?? [];
    expect([...new Set(shown)].toSorted()).toEqual(eventTypes.toSorted());
  });
});
