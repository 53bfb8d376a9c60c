import { afterEach, describe, expect, it, vi } from 'vitest';
import { logger } from '../../../functions/shared/logging/logger.ts';
import { recordMetrics } from '../../../functions/shared/metrics/metrics.ts';

describe('recordMetrics', () => {
  const info = vi.spyOn(logger, 'info').mockImplementation(() => undefined);
  afterEach(() => info.mockClear());

  it('writes one line in CloudWatch’s embedded metric format, with the values at its root', () => {
    recordMetrics({ Attempts: 1, ExtractionSeconds: 2.5 }, { engine: 'ffmpeg-cli', outcome: 'DONE' });
    expect(info.mock.calls).toEqual([
      [
        'Metrics',
        {
          _aws: {
            Timestamp: expect.any(Number),
            CloudWatchMetrics: [
              {
                Namespace: 'FrameFlow',
                Dimensions: [['engine', 'outcome']],
                Metrics: [
                  { Name: 'Attempts', Unit: 'Count' },
                  { Name: 'ExtractionSeconds', Unit: 'Seconds' },
                ],
              },
            ],
          },
          ...{ engine: 'ffmpeg-cli', outcome: 'DONE', Attempts: 1, ExtractionSeconds: 2.5 },
        },
      ],
    ]);
  });
});
